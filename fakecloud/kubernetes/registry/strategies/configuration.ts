import { record, text } from "../../crds/definition.ts";
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  requiredValue,
  tooLong,
} from "../../field-error.ts";
import { deepEqual } from "../../json.ts";
import { isObject, type KubeObject } from "../../object.ts";
import type { Strategy } from "./strategy.ts";

const mostBytes = 1_048_576;
const keyPattern = /^[-._a-zA-Z0-9]+$/;
const keyMessage =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function keyErrors(field: string, data: unknown): readonly FieldError[] {
  return Object.keys(record(data))
    .filter((key) => !keyPattern.test(key) || key.length > 253)
    .map((key) => invalidValue(`${field}[${key}]`, key, keyMessage));
}

function immutabilityErrors(
  object: KubeObject,
  live: KubeObject | undefined,
  fields: readonly string[],
): readonly FieldError[] {
  if (live?.["immutable"] !== true) return [];
  const why = "field is immutable when `immutable` is set";
  return ["immutable", ...fields]
    .filter((field) => !deepEqual(object[field], live[field]))
    .map((field) => forbiddenValue(field, why));
}

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
};

/** Some types of Secret promise what is inside. */
function typeErrors(secret: KubeObject): readonly FieldError[] {
  const type = text(secret["type"]);
  const data = record(secret["data"]);
  const errors: FieldError[] = (requiredKeys[type] ?? [])
    .filter((key) => !Object.hasOwn(data, key))
    .map((key) => requiredValue(`data[${key}]`));
  if (type === "kubernetes.io/service-account-token") {
    const account = secret.metadata.annotations?.["kubernetes.io/service-account.name"] ?? "";
    if (account === "") {
      errors.push(requiredValue("metadata.annotations[kubernetes.io/service-account.name]"));
    }
  }
  if (type === "kubernetes.io/basic-auth" && !("username" in data) && !("password" in data)) {
    errors.push(requiredValue("data[username]"), requiredValue("data[password]"));
  }
  if (type === "kubernetes.io/dockerconfigjson") errors.push(...dockerErrors(data));
  return errors;
}

function dockerErrors(data: Readonly<Record<string, unknown>>): readonly FieldError[] {
  const key = ".dockerconfigjson";
  const encoded = data[key];
  if (typeof encoded !== "string") return [requiredValue(`data[${key}]`)];
  try {
    if (isObject(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")))) return [];
  } catch {
    // What does not parse is refused below, without repeating what may be a password.
  }
  return [
    invalidValue(
      `data[${key}]`,
      "<secret contents redacted>",
      "invalid character in what should be JSON",
    ),
  ];
}

function sizeOf(data: unknown): number {
  let total = 0;
  for (const value of Object.values(record(data))) total += Buffer.byteLength(text(value));
  return total;
}

export const secrets: Strategy = {
  validate: (secret, live) => [
    ...keyErrors("data", secret["data"]),
    ...((sizeOf(secret["data"]) * 3) / 4 > mostBytes ? [tooLong("data", mostBytes)] : []),
    ...typeErrors(secret),
    ...(live !== undefined && live["type"] !== secret["type"]
      ? [invalidValue("type", secret["type"] ?? "", "field is immutable")]
      : []),
    ...immutabilityErrors(secret, live, ["data"]),
  ],
};

export const configMaps: Strategy = {
  validate: (map, live) => [
    ...keyErrors("data", map["data"]),
    ...keyErrors("binaryData", map["binaryData"]),
    ...(sizeOf(map["data"]) + sizeOf(map["binaryData"]) > mostBytes
      ? [tooLong("", mostBytes)]
      : []),
    ...immutabilityErrors(map, live, ["data", "binaryData"]),
  ],
};
