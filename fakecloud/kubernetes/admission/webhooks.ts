import { type Random, randomUuid } from "../../kernel/random.ts";
import { record, records, text, texts } from "../crds/definition.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import type { Registry } from "../registry/registry.ts";
import type { Resource } from "../registry/resource.ts";
import { asScale, withScale } from "../registry/scale-view.ts";
import { forbidden, internalError } from "../status.ts";
import type { Store } from "../store.ts";
import type { Table } from "../table.ts";
import type { AdmissionHook, AdmissionRequest } from "./admission.ts";
import { typeProblem } from "../verbs/decode.ts";
import { notCalled, patched, refusal, responseOf, reviewOf } from "./admission-review.ts";
import { checkConditions, valuesOf } from "./expressions.ts";
import { Selection } from "./selection.ts";

/** One call of a webhook: where to, how long it may take, and what to say. */
export interface WebhookCall {
  /** Of the webhook, for logs and faults. */
  readonly name: string;
  /** `url` or `service` with `caBundle`, as the configuration gives them. */
  readonly clientConfig: JsonObject;
  readonly timeoutSeconds: number;
  /** An AdmissionReview or a ConversionReview. */
  readonly review: JsonObject;
}

/** Carries a review to a webhook and returns its answer; rejects with an error whose message says what went wrong. */
export type WebhookCaller = (call: WebhookCall) => Promise<unknown>;

const group = "admissionregistration.k8s.io";
const mutatingTable = `mutatingwebhookconfigurations.${group}`;
const validatingTable = `validatingwebhookconfigurations.${group}`;

interface Parts {
  readonly store: Store;
  readonly registry: Registry;
  readonly random: Random;
  readonly call: WebhookCaller;
}

/** The webhooks that are configured in the cluster, as admission functions. */
export class ConfiguredWebhooks {
  readonly #parts: Parts;
  readonly #selection: Selection;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#selection = new Selection(parts.store, parts.registry);
  }

  /** Configurations by name, webhooks in the order of their list; the kinds of webhooks themselves are never sent. */
  matching(request: AdmissionRequest): readonly AdmissionHook[] {
    const { store } = this.#parts;
    const [mutating, validating] = [store.table(mutatingTable), store.table(validatingTable)];
    if ((mutating.size === 0 && validating.size === 0) || request.group === group) return [];
    return [
      ...webhooksOf(mutating).flatMap((webhook) => this.#hooks(webhook, request, true)),
      ...webhooksOf(validating).flatMap((webhook) => this.#hooks(webhook, request, false)),
    ];
  }

  #hooks(
    webhook: JsonObject,
    request: AdmissionRequest,
    mutates: boolean,
  ): readonly AdmissionHook[] {
    const { matchPolicy } = webhook;
    const version = this.#selection.version(records(webhook["rules"]), matchPolicy, request);
    if (version === undefined || !this.#selection.isSelected(webhook, request)) return [];
    return [this.#hook(webhook, { version, mutates })];
  }

  #hook(
    webhook: JsonObject,
    { version, mutates }: { readonly version: string; readonly mutates: boolean },
  ): AdmissionHook {
    const name = text(webhook["name"]);
    const ask = (request: AdmissionRequest) => this.#ask(webhook, request);
    if (!mutates) {
      const validate = async (request: AdmissionRequest) => {
        const response = await ask(this.#shown(request));
        if (response?.["patch"] === undefined) return undefined;
        throw internalError(
          `failed calling webhook "${name}": received invalid webhook response: validating webhook may not return response.patch`,
        );
      };
      return { name, kinds: [], version, validate };
    }
    const mutate = async (request: AdmissionRequest) => {
      const shown = this.#shown(request);
      const response = await ask(shown);
      const changed = response === undefined ? undefined : patched(name, shown, response);
      return changed === undefined ? undefined : this.#accepted(request, changed);
    };
    const reinvoke = webhook["reinvocationPolicy"] === "IfNeeded";
    return { name, kinds: [], version, mutate, ...(reinvoke ? { reinvoke } : {}) };
  }

  /** Who writes a scale shows the scale, not what is scaled. */
  #shown(request: AdmissionRequest): AdmissionRequest {
    const resource = this.#resource(request);
    return resource === undefined ? request : asScale(resource, request);
  }

  #resource({ group: apiGroup, version, plural }: AdmissionRequest): Resource | undefined {
    return this.#parts.registry.find(apiGroup, version, plural);
  }

  /** What a webhook has made of an object is decoded like what a client sends: unknown fields go, wrong types do not pass. */
  #accepted(request: AdmissionRequest, changed: KubeObject): KubeObject | undefined {
    const { object } = request;
    const resource = this.#resource(request);
    if (resource === undefined || object === undefined) return changed;
    if (request.subresource === "scale") return withScale(resource, object, changed);
    const { errors } = resource.schema.validateWithWarnings(changed);
    const problem = resource.custom ? undefined : typeProblem(resource, errors);
    if (problem !== undefined) throw internalError(problem);
    return resource.schema.prune(changed).value as KubeObject;
  }

  async #call(call: WebhookCall): Promise<unknown> {
    try {
      return await this.#parts.call(call);
    } catch (error) {
      throw notCalled(error);
    }
  }

  /** Throws if that cannot be told, and the webhook must not be passed by. */
  #meetsConditions(webhook: JsonObject, request: AdmissionRequest): boolean {
    const conditions = records(webhook["matchConditions"]);
    if (conditions.length === 0) return true;
    const values = valuesOf(this.#parts.registry, request);
    const { result, message } = checkConditions(conditions, values);
    if (result !== "error") return result === "true";
    if (text(webhook["failurePolicy"]) === "Ignore") return false;
    throw forbidden(request, request.name, message);
  }

  /** What the webhook answers; undefined if it is not concerned, or failed and may. Throws its refusal. */
  async #ask(webhook: JsonObject, request: AdmissionRequest): Promise<JsonObject | undefined> {
    const name = text(webhook["name"]);
    if (!this.#meetsConditions(webhook, request)) return undefined;
    const uid = randomUuid(this.#parts.random, "admission", `${name} ${request.name}`);
    let response: JsonObject;
    try {
      const { timeoutSeconds } = webhook;
      const answer = await this.#call({
        name,
        clientConfig: record(webhook["clientConfig"]),
        timeoutSeconds: typeof timeoutSeconds === "number" ? timeoutSeconds : 10,
        review: reviewOf(uid, request),
      });
      response = responseOf(uid, answer);
    } catch (error) {
      if (text(webhook["failurePolicy"]) === "Ignore") return undefined;
      const why = error instanceof Error ? error.message : String(error);
      throw internalError(`failed calling webhook "${name}": ${why}`);
    }
    for (const warning of texts(response["warnings"])) request.warn(warning);
    if (response["allowed"] !== true) throw refusal(name, response);
    return response;
  }
}

function webhooksOf(table: Table): readonly JsonObject[] {
  return table.list().flatMap(({ object }) => records(object["webhooks"]));
}
