import { CelError } from "../cel/cel-engine.ts";
import { record, records, text, texts } from "../crds/definition.ts";
import { matchesLabelSelector } from "../label-selector.ts";
import { type JsonObject, type KubeObject, parseApiVersion } from "../object.ts";
import type { Registry } from "../registry/registry.ts";
import type { Resource } from "../registry/resource.ts";
import { failure, forbidden, type StatusError } from "../status.ts";
import { type Store, storageKey } from "../store.ts";
import type { Table } from "../table.ts";
import type { AdmissionHook, AdmissionRequest, AdmissionVerdict, HookSource } from "./admission.ts";
import { checkConditions, evaluate, type Values, valuesOf } from "./expressions.ts";
import { Selection } from "./selection.ts";

const group = "admissionregistration.k8s.io";

interface Bound {
  readonly policy: KubeObject;
  readonly binding: KubeObject;
}

interface Refusal {
  readonly message: string;
  readonly reason: string;
}

/** The ValidatingAdmissionPolicies that are bound in the cluster, as admission functions. */
export class ConfiguredPolicies implements HookSource {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #selection: Selection;
  readonly #policies: Table;
  readonly #bindings: Table;

  constructor(store: Store, registry: Registry) {
    this.#store = store;
    this.#registry = registry;
    this.#selection = new Selection(store, registry);
    this.#policies = store.table(`validatingadmissionpolicies.${group}`);
    this.#bindings = store.table(`validatingadmissionpolicybindings.${group}`);
  }

  /** Policies themselves, and webhooks, are never looked at by one. */
  matching(request: AdmissionRequest): readonly AdmissionHook[] {
    if (this.#bindings.size === 0 || request.group === group) return [];
    return this.#bindings.list().flatMap(({ object: binding }) => {
      const policy = this.#policies.get(text(record(binding["spec"])["policyName"]))?.object;
      return policy === undefined ? [] : this.#hooks({ policy, binding }, request);
    });
  }

  #hooks(bound: Bound, request: AdmissionRequest): readonly AdmissionHook[] {
    const spec = record(bound.policy["spec"]);
    const version = this.#matched(record(spec["matchConstraints"]), request);
    if (version === undefined) return [];
    const { matchResources } = record(bound.binding["spec"]);
    if (matchResources !== undefined && !this.#isNarrowed(record(matchResources), request)) {
      return [];
    }
    const name = bound.policy.metadata.name ?? "";
    return [{ name, kinds: [], version, validate: (asked) => this.#judge(bound, asked) }];
  }

  #matched(constraints: JsonObject, request: AdmissionRequest): string | undefined {
    const { matchPolicy } = constraints;
    const excluded = records(constraints["excludeResourceRules"]);
    if (this.#selection.version(excluded, matchPolicy, request) !== undefined) return undefined;
    if (!this.#selection.isSelected(constraints, request)) return undefined;
    return this.#selection.version(records(constraints["resourceRules"]), matchPolicy, request);
  }

  /** A binding without rules of its own narrows by its selectors only. */
  #isNarrowed(resources: JsonObject, request: AdmissionRequest): boolean {
    if (records(resources["resourceRules"]).length > 0) {
      return this.#matched(resources, request) !== undefined;
    }
    const excluded = records(resources["excludeResourceRules"]);
    if (this.#selection.version(excluded, resources["matchPolicy"], request) !== undefined) {
      return false;
    }
    return this.#selection.isSelected(resources, request);
  }

  #judge(bound: Bound, request: AdmissionRequest): AdmissionVerdict | undefined {
    const params = this.#paramsOf(bound, request);
    const refusals =
      params === "missing"
        ? [
            {
              message: "no params found for policy binding with `Deny` parameterNotFoundAction",
              reason: "",
            },
          ]
        : params.flatMap((each) => this.#refusals(bound, request, each));
    if (refusals.length === 0) return undefined;
    const actions = texts(record(bound.binding["spec"])["validationActions"]);
    const names = `ValidatingAdmissionPolicy '${bound.policy.metadata.name}' with binding '${bound.binding.metadata.name}'`;
    const [first] = refusals;
    if (actions.includes("Deny") && first !== undefined) throw denied(request, names, first);
    if (!actions.includes("Warn")) return undefined;
    const warnings = refusals.map(({ message }) => `Validation failed for ${names}: ${message}`);
    return { allowed: true, warnings };
  }

  /** The objects that a policy is judged with, one after the other; [undefined] for a policy without parameters. */
  #paramsOf(
    bound: Bound,
    request: AdmissionRequest,
  ): readonly (KubeObject | undefined)[] | "missing" {
    const { paramKind } = record(bound.policy["spec"]);
    const { paramRef } = record(bound.binding["spec"]);
    if (paramKind === undefined || paramRef === undefined) return [undefined];
    const { apiVersion, kind } = record(paramKind);
    const [apiGroup, version] = parseApiVersion(text(apiVersion));
    const resource = this.#registry
      .list()
      .find((each) => each.group === apiGroup && each.version === version && each.kind === kind);
    const there = resource === undefined ? [] : this.#chosen(resource, record(paramRef), request);
    if (there.length > 0) return there;
    return record(paramRef)["parameterNotFoundAction"] === "Deny" ? "missing" : [];
  }

  /** The objects that a binding refers to: one by its name, or all that its selector chooses. */
  #chosen(resource: Resource, reference: JsonObject, request: AdmissionRequest) {
    const { name, namespace, selector } = reference;
    const home = resource.namespaced ? text(namespace) || request.namespace : "";
    const table = this.#store.table(resource.table);
    if (selector === undefined) {
      const entry = table.get(storageKey(home, text(name)));
      return entry === undefined ? [] : [entry.object];
    }
    return table
      .list()
      .filter((entry) => home === "" || entry.namespace === home)
      .map(({ object }) => object)
      .filter(({ metadata }) => matchesLabelSelector(record(selector), metadata.labels));
  }

  #refusals(
    { policy }: Bound,
    request: AdmissionRequest,
    params: KubeObject | undefined,
  ): readonly Refusal[] {
    const spec = record(policy["spec"]);
    const isLenient = spec["failurePolicy"] === "Ignore";
    const namespaceObject = this.#selection.namespaceOf(request);
    const plain = valuesOf(this.#registry, request, {
      ...(params === undefined ? {} : { params }),
      namespaceObject,
    });
    const { result, message } = checkConditions(records(spec["matchConditions"]), plain);
    if (result === "false") return [];
    if (result === "error") return isLenient ? [] : [{ message, reason: "" }];
    const values = withVariables(plain, records(spec["variables"]));
    return records(spec["validations"]).flatMap((validation) =>
      refusalOf(validation, values, isLenient),
    );
  }
}

/** A variable that cannot be computed is missing; whoever uses it is told so. */
function withVariables(values: Values, variables: readonly JsonObject[]): Values {
  const computed: Record<string, unknown> = {};
  for (const { name, expression } of variables) {
    try {
      computed[text(name)] = evaluate(text(expression), { ...values, variables: computed });
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
    }
  }
  return { ...values, variables: computed };
}

function refusalOf(validation: JsonObject, values: Values, isLenient: boolean): readonly Refusal[] {
  const expression = text(validation["expression"]);
  const reason = text(validation["reason"]);
  try {
    if (evaluate(expression, values) === true) return [];
    return [{ message: messageOf(validation, values), reason }];
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (isLenient) return [];
    return [
      { message: `expression '${expression}' resulted in error: ${error.message}`, reason: "" },
    ];
  }
}

function messageOf({ message, messageExpression, expression }: JsonObject, values: Values): string {
  const fallback = text(message).trim() || `failed expression: ${text(expression).trim()}`;
  if (typeof messageExpression !== "string" || messageExpression === "") return fallback;
  try {
    const computed = evaluate(messageExpression, values);
    return typeof computed === "string" && computed.trim() !== "" ? computed.trim() : fallback;
  } catch {
    return fallback; // The real server logs it and says the rest.
  }
}

const codes: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Invalid: 422,
  RequestEntityTooLarge: 413,
  Unauthorized: 401,
};

function denied(
  request: AdmissionRequest,
  names: string,
  { message, reason }: Refusal,
): StatusError {
  const why = `${names} denied request: ${message}`;
  const { status } = forbidden(request, request.name, why, [{ message: why }]);
  const word = reason === "" ? "Invalid" : reason;
  return failure({
    code: codes[word] ?? 422,
    reason: word,
    message: status.message ?? why,
    ...(status.details === undefined ? {} : { details: status.details }),
  });
}
