import { CelError } from "../cel/cel-engine.ts";
import { compileRequestExpression } from "../cel/request-expressions.ts";
import { toCelOf } from "../cel/values.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import type { Registry } from "../registry/registry.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import type { AdmissionRequest } from "./admission.ts";

export type Values = Readonly<Record<string, unknown>>;

const anything: OpenApiSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

function schemaOf(registry: Registry, request: AdmissionRequest): OpenApiSchema {
  const { group, version, plural } = request;
  return registry.find(group, version, plural)?.schema.schema ?? anything;
}

/** The request as expressions see it: numbers and times by the schema of the kind. */
export function valuesOf(
  registry: Registry,
  request: AdmissionRequest,
  more: { readonly params?: KubeObject; readonly namespaceObject?: KubeObject | undefined } = {},
): Values {
  const { object, oldObject, group, version, kind, plural, subresource, user } = request;
  const toCel = toCelOf(schemaOf(registry, request));
  const free = toCelOf(anything);
  const about = {
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    subResource: subresource,
    name: request.name,
    namespace: request.namespace,
    operation: request.operation,
    userInfo: { username: user.username, uid: user.uid ?? "", groups: user.groups ?? [] },
    dryRun: request.dryRun,
  };
  return {
    object: object === undefined ? null : toCel(object),
    oldObject: oldObject === undefined ? null : toCel(oldObject),
    request: free(about),
    params: more.params === undefined ? null : free(more.params),
    namespaceObject: more.namespaceObject === undefined ? null : free(more.namespaceObject),
    variables: {},
  };
}

/** Throws CelError for what does not compile or cannot be evaluated. */
export function evaluate(expression: string, values: Values): unknown {
  return compileRequestExpression(expression).evaluate(values);
}

export type Conditions = "error" | "false" | "true";

export interface Outcome {
  readonly result: Conditions;
  /** Of an error. */
  readonly message: string;
}

/** Whether all match conditions hold: one that does not decides, whatever is wrong with the others. */
export function checkConditions(conditions: readonly JsonObject[], values: Values): Outcome {
  let message = "";
  for (const { expression } of conditions) {
    const text = typeof expression === "string" ? expression : "";
    try {
      if (evaluate(text, values) !== true) return { result: "false", message: "" };
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      message = `expression '${text}' resulted in error: ${error.message}`;
    }
  }
  return message === "" ? { result: "true", message } : { result: "error", message };
}
