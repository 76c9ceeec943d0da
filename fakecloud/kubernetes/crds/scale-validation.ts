import { type FieldError, invalidValue } from "../field-error.ts";
import { isObject, type KubeObject } from "../object.ts";
import type { ScalePaths } from "../registry/resource.ts";

const mostReplicas = 2_147_483_647;

/** What is found at a simple path, or why there can be nothing. */
function lookUp(
  object: KubeObject,
  path: string,
): { readonly value?: unknown; readonly error?: string } {
  let value: unknown = object;
  const steps = path.replace(/^\./, "").split(".");
  for (const [index, step] of steps.entries()) {
    if (value === undefined) return {};
    if (!isObject(value)) {
      const reached = `.${steps.slice(0, index + 1).join(".")}`;
      return { error: wrongType(reached, value, "map[string]interface{}") };
    }
    value = value[step];
  }
  return { value };
}

function goType(value: unknown): string {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  if (Array.isArray(value)) return "[]interface {}";
  return value === null ? "<nil>" : "map[string]interface {}";
}

function wrongType(path: string, value: unknown, expected: string): string {
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return `${path} accessor error: ${shown} is of the type ${goType(value)}, expected ${expected}`;
}

function replicaErrors(object: KubeObject, path: string): readonly FieldError[] {
  const { value, error } = lookUp(object, path);
  if (error !== undefined) return [invalidValue(path, 0, error)];
  if (value === undefined) return [];
  if (typeof value !== "number" || !Number.isInteger(value)) {
    return [invalidValue(path, 0, wrongType(path, value, "int64"))];
  }
  if (value < 0) return [invalidValue(path, value, "should be a non-negative integer")];
  if (value <= mostReplicas) return [];
  return [invalidValue(path, value, `should be less than or equal to ${mostReplicas}`)];
}

/** Complaints about the numbers that the scale endpoint will have to show. Their fields begin with a dot, as they do upstream. */
export function scaleErrors(scale: ScalePaths, object: KubeObject): readonly FieldError[] {
  return [
    ...replicaErrors(object, scale.specReplicasPath),
    ...replicaErrors(object, scale.statusReplicasPath),
  ];
}
