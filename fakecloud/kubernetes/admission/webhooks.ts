import { type Random, randomUuid } from "../../kernel/random.ts";
import { record, records, text, texts } from "../crds/definition.ts";
import { applyJsonPatch } from "../library.ts";
import { isObject, type JsonObject, type KubeObject } from "../object.ts";
import type { Registry } from "../registry/registry.ts";
import { badRequest, failure, forbidden, internalError } from "../status.ts";
import type { Store } from "../store.ts";
import type { Table } from "../table.ts";
import type { AdmissionHook, AdmissionRequest } from "./admission.ts";
import { checkConditions, valuesOf } from "./expressions.ts";
import { Selection } from "./selection.ts";

/** One call of a webhook: where to, how long it may take, and what to say. */
export interface WebhookCall {
  /** Of the webhook, for logs and faults. */
  readonly name: string;
  /** `url` or `service` with `caBundle`, as the configuration gives them. */
  readonly clientConfig: JsonObject;
  readonly timeoutSeconds: number;
  /** An AdmissionReview. */
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
        const response = await ask(request);
        if (response === undefined) return undefined;
        if (response["patch"] !== undefined) {
          throw internalError(
            `failed calling webhook "${name}": received invalid webhook response: validating webhook may not return response.patch`,
          );
        }
        return { allowed: true, warnings: texts(response["warnings"]) };
      };
      return { name, kinds: [], version, validate };
    }
    const mutate = async (request: AdmissionRequest) => {
      const response = await ask(request);
      return response === undefined ? undefined : patched(name, request, response);
    };
    const reinvoke = webhook["reinvocationPolicy"] === "IfNeeded";
    return { name, kinds: [], version, mutate, ...(reinvoke ? { reinvoke } : {}) };
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
    const effects = text(webhook["sideEffects"]);
    if (request.dryRun && effects !== "None" && effects !== "NoneOnDryRun") {
      throw badRequest(`admission webhook "${name}" does not support dry run`);
    }
    const uid = randomUuid(this.#parts.random, "admission", `${name} ${request.name}`);
    let response: JsonObject;
    try {
      const { timeoutSeconds } = webhook;
      const review = await this.#parts.call({
        name,
        clientConfig: record(webhook["clientConfig"]),
        timeoutSeconds: typeof timeoutSeconds === "number" ? timeoutSeconds : 10,
        review: reviewOf(uid, request),
      });
      response = responseOf(uid, review);
    } catch (error) {
      if (text(webhook["failurePolicy"]) === "Ignore") return undefined;
      const why = error instanceof Error ? error.message : String(error);
      throw internalError(`failed calling webhook "${name}": ${why}`);
    }
    if (response["allowed"] !== true) throw refusal(name, record(response["status"]));
    return response;
  }
}

function webhooksOf(table: Table): readonly JsonObject[] {
  return table.list().flatMap(({ object }) => records(object["webhooks"]));
}

function reviewOf(uid: string, request: AdmissionRequest): JsonObject {
  const { group: apiGroup, version, kind, plural, subresource } = request;
  const gvk = { group: apiGroup, version, kind };
  const gvr = { group: apiGroup, version, resource: plural };
  const below = subresource === "" ? {} : { subResource: subresource };
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid,
      kind: gvk,
      resource: gvr,
      ...below,
      requestKind: gvk,
      requestResource: gvr,
      ...(subresource === "" ? {} : { requestSubResource: subresource }),
      name: request.name,
      namespace: request.namespace,
      operation: request.operation,
      userInfo: request.user,
      object: request.object ?? null,
      oldObject: request.oldObject ?? null,
      dryRun: request.dryRun,
      options: null,
    },
  };
}

/** The part of an answer that counts; throws what is wrong with it. */
function responseOf(uid: string, review: unknown): JsonObject {
  const { response, kind } = record(review);
  const broken = (why: string) => new Error(`received invalid webhook response: ${why}`);
  if (kind !== "AdmissionReview") {
    throw broken(
      `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${text(kind)}`,
    );
  }
  if (!isObject(response)) throw broken("webhook response was absent");
  if (response["uid"] !== uid) {
    throw broken(
      `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response["uid"] ?? "")}`,
    );
  }
  const { patch, patchType } = response;
  if (patch !== undefined && patchType === undefined) {
    throw broken("webhook returned response.patch but not response.patchType");
  }
  if (patch === undefined && patchType !== undefined) {
    throw broken("webhook returned response.patchType but not response.patch");
  }
  return response;
}

function patched(
  name: string,
  { object, operation }: AdmissionRequest,
  { patch }: JsonObject,
): KubeObject | undefined {
  if (patch === undefined) return undefined;
  if (object === undefined) {
    throw internalError(
      `admission webhook "${name}" attempted to modify the object, which is not supported for this operation: ${operation}`,
    );
  }
  const operations: unknown = JSON.parse(Buffer.from(text(patch), "base64").toString("utf8"));
  return applyJsonPatch(object, operations) as unknown as KubeObject;
}

function refusal(name: string, { code, reason, message, details }: JsonObject): Error {
  const by = `admission webhook "${name}" denied the request`;
  const why = text(message) || text(reason);
  return failure({
    code: typeof code === "number" && code >= 400 ? code : 400,
    reason: text(reason),
    message: why === "" ? `${by} without explanation` : `${by}: ${why}`,
    ...(isObject(details) ? { details } : {}),
  });
}
