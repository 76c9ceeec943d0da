import type { ApiRequest, UserInfo } from "./contract.ts";
import type { FieldError } from "./field-error.ts";
import { invalid, unsupportedValue } from "./field-error.ts";
import type { Resource } from "./registry/resource.ts";
import type { ResourcePath } from "./request-path.ts";
import { badRequest } from "./status.ts";

export type Verb =
  | "create"
  | "delete"
  | "deletecollection"
  | "get"
  | "list"
  | "patch"
  | "update"
  | "watch";

/** One request for a served resource. */
export interface RequestContext {
  readonly request: ApiRequest;
  readonly resource: Resource;
  readonly path: ResourcePath;
  readonly verb: Verb;
  /** Empty for cluster-scoped kinds: where the object is stored. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly user: UserInfo;
  /** Texts for `Warning` headers, in order. */
  readonly warnings: string[];
}

export function query(context: RequestContext, name: string): string {
  return context.request.query[name]?.[0] ?? "";
}

export function isTrue(text: string): boolean {
  return text === "true" || text === "1" || text === "True" || text === "TRUE" || text === "t";
}

/** A whole number from the query; undefined if there is none. */
export function queryInteger(context: RequestContext, name: string): number | undefined {
  const text = query(context, name);
  if (text === "") return undefined;
  if (!/^[+-]?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Number(text);
}

/** What nearly all managers are called: fast to test, and all of it printable. */
const plainName = /^[ -~]{1,128}$/;
const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

function managerErrors(manager: string): readonly FieldError[] {
  if (manager === "" || plainName.test(manager)) return [];
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > 128) {
    errors.push({
      type: "TooLong",
      field: "fieldManager",
      message: "Too long: may not be more than 128 bytes",
    });
  }
  let position = 0;
  for (const character of manager) {
    if (!printable.test(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      errors.push({
        type: "Invalid",
        field: "fieldManager",
        message: `Invalid value: ${JSON.stringify(manager)}: invalid character U+${code} (at position ${position})`,
      });
    }
    position += 1;
  }
  return errors;
}

export type FieldValidation = "Ignore" | "Strict" | "Warn";

/** The options that all writes share. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly manager: string;
}

const noOptions = { dryRun: false, fieldValidation: "Warn" } as const;

/** `kind` names the options in complaints: "CreateOptions". */
export function writeOptions(context: RequestContext, kind: string): WriteOptions {
  const manager = managerOf(context);
  const { dryRun, fieldManager, fieldValidation } = context.request.query;
  if (dryRun === undefined && fieldManager === undefined && fieldValidation === undefined) {
    return { ...noOptions, manager };
  }
  const errors: FieldError[] = [...dryRunErrors(dryRun)];
  errors.push(...managerErrors(fieldManager?.[0] ?? ""));
  const validation = fieldValidation?.[0] ?? "";
  if (!["", "Ignore", "Strict", "Warn"].includes(validation)) {
    errors.push(unsupportedValue("fieldValidation", validation, ["", "Ignore", "Strict", "Warn"]));
  }
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", kind, name: "" }, errors);
  return {
    dryRun: dryRun !== undefined && dryRun.length > 0,
    fieldValidation: validation === "" ? "Warn" : (validation as FieldValidation),
    manager,
  };
}

export function dryRunErrors(dryRun: readonly string[] | undefined): readonly FieldError[] {
  if (dryRun === undefined || dryRun.every((value) => value === "All")) return [];
  return [unsupportedValue("dryRun", dryRun, ["All"])];
}

/** Who is recorded as the owner of the fields that a request changes. */
export function managerOf(context: RequestContext): string {
  const given = query(context, "fieldManager");
  if (given !== "") return given;
  const agent = (context.request.headers["user-agent"] ?? "").split("/")[0] ?? "";
  if (agent === "") return "unknown";
  return plainName.test(agent) ? agent : cleanAgent(agent);
}

function cleanAgent(agent: string): string {
  let clean = "";
  for (const character of agent) {
    if (!printable.test(character)) continue;
    if (Buffer.byteLength(clean + character) > 128) break;
    clean += character;
  }
  return clean === "" ? "unknown" : clean;
}
