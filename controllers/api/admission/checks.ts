import { isSame } from "../conversion/json.ts";
import { type FieldError, forbidden, invalid } from "./field-error.ts";

// Semantic Versioning 2.0.0, with the "v" that Kubernetes versions carry.
const kubernetesVersion =
  /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
}

export function parseVersion(text: string): KubernetesVersion | undefined {
  const match = kubernetesVersion.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

export function validateVersion(text: string | undefined, field: string): readonly FieldError[] {
  if (text === undefined || parseVersion(text) !== undefined) return [];
  return [invalid(field, text, "must be a valid semantic version")];
}

export function immutable(field: string, old: unknown, value: unknown): readonly FieldError[] {
  return isSame(old, value) ? [] : [forbidden(field, "field is immutable")];
}

/** 3 or "30%"; a string of digits is neither. */
export function validateIntOrPercent(
  value: number | string | undefined,
  field: string,
): readonly FieldError[] {
  if (value === undefined || (typeof value === "number" && value >= 0)) return [];
  if (typeof value === "string" && /^\d+%$/.test(value)) return [];
  return [invalid(field, value, "must be either an int or a percentage")];
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Templates of names must hold a random part and render to a valid name. */
export function validateNaming(
  template: string | undefined,
  field: string,
  variables: readonly string[],
): readonly FieldError[] {
  if (template === undefined) return [];
  if (!/\{\{\s*\.random\s*\}\}/.test(template)) {
    return [invalid(field, template, "invalid template, {{ .random }} is missing")];
  }
  let unknown: string | undefined;
  const rendered = template.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (action, path: string) => {
    if (!variables.includes(path)) unknown ??= action;
    return "a";
  });
  if (unknown !== undefined) {
    return [invalid(field, template, `invalid template, ${unknown} is not known`)];
  }
  return dnsLabel.test(rendered)
    ? []
    : [invalid(field, template, "invalid template, the generated name is not a valid name")];
}
