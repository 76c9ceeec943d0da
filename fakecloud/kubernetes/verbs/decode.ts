import type { FieldValidation, RequestContext } from "../context.ts";
import { type FieldError, invalid, invalidValue } from "../field-error.ts";
import { gvOf, isObject, type JsonObject, type KubeObject, type ObjectMeta } from "../object.ts";
import { applyBuiltinDefaults, builtinKinds, fieldSchema, type OpenApiSchema } from "../library.ts";
import { badRequest } from "../status.ts";

type MetaCheck = (value: unknown) => boolean;

const isText: MetaCheck = (value) => typeof value === "string";
const isNumber: MetaCheck = (value) => typeof value === "number";
const isList: MetaCheck = (value) => Array.isArray(value);
const isTextMap: MetaCheck = (value) => {
  if (!isObject(value)) return false;
  for (const key in value) if (typeof value[key] !== "string") return false;
  return true;
};
const isTextList: MetaCheck = (value) =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const metaFields: ReadonlyMap<string, readonly [MetaCheck, string]> = new Map([
  ["name", [isText, "string"]],
  ["namespace", [isText, "string"]],
  ["generateName", [isText, "string"]],
  ["uid", [isText, "types.UID"]],
  ["resourceVersion", [isText, "string"]],
  ["selfLink", [isText, "string"]],
  ["generation", [isNumber, "int64"]],
  ["creationTimestamp", [isText, "v1.Time"]],
  ["deletionTimestamp", [isText, "v1.Time"]],
  ["deletionGracePeriodSeconds", [isNumber, "int64"]],
  ["labels", [isTextMap, "map[string]string"]],
  ["annotations", [isTextMap, "map[string]string"]],
  ["finalizers", [isTextList, "[]string"]],
  ["ownerReferences", [isList, "[]v1.OwnerReference"]],
  ["managedFields", [isList, "[]v1.ManagedFieldsEntry"]],
]);

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return value === null ? "null" : typeof value;
}

/** What Go leaves out of an ObjectMeta: null, empty text, and maps and lists with nothing in them. */
function isNothing(value: unknown): boolean {
  if (typeof value !== "object") return value === "";
  for (const _key in value) return false;
  return true;
}

/** For maps and lists the complaint is about the first part that does not fit. */
function wrongMetaType(field: string, value: unknown, type: string): TypeError {
  const inner = isObject(value) || Array.isArray(value) ? Object.values(value) : [];
  const wrong = inner.find((each) => typeof each !== "string");
  const isTextual = type === "map[string]string" || type === "[]string";
  return isTextual && wrong !== undefined
    ? wrongType(wrong, `metadata.${field}`, "string")
    : wrongType(value, `metadata.${field}`, type);
}

function wrongType(value: unknown, path: string, type: string): TypeError {
  return new TypeError(
    `json: cannot unmarshal ${jsonType(value)} into Go struct field ObjectMeta.${path} of type ${type}`,
  );
}

/** Metadata with what an ObjectMeta has, and nothing else; what is empty counts as absent. */
function decodeMeta(raw: unknown, kind: string, unknownFields: string[]): ObjectMeta {
  if (raw === undefined || raw === null) return {};
  if (!isObject(raw)) {
    throw new TypeError(
      `json: cannot unmarshal ${jsonType(raw)} into Go struct field ${kind}.metadata of type v1.ObjectMeta`,
    );
  }
  let clean: Record<string, unknown> | undefined;
  for (const field of Object.keys(raw)) {
    const value = raw[field];
    const known = metaFields.get(field);
    if (known === undefined) unknownFields.push(`metadata.${field}`);
    if (known === undefined || isNothing(value) || field === "selfLink") {
      clean ??= { ...raw };
      delete clean[field];
    } else if (!known[0](value)) {
      throw wrongMetaType(field, value, known[1]);
    }
  }
  return clean ?? raw;
}

export interface DecodeOptions {
  readonly validation: FieldValidation;
  /** Nulls that no default replaces stay, for validation to refuse: what is applied is meant as it is written. */
  readonly keepsNulls?: boolean;
  /** An object that was pruned and defaulted before: what the body shares with it is passed over. */
  readonly known?: KubeObject | undefined;
  /** Makes the error for fields that strict validation refuses. */
  readonly strictError: (problems: string) => Error;
}

export function cannotBeHandled(context: RequestContext, problem: string): Error {
  const { resource } = context;
  return badRequest(
    `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${problem}`,
  );
}

/**
 * An object out of a request body: identified, stripped of unknown fields, defaulted. What is malformed beyond that is a
 * matter of validation.
 */
export function decodeObject(
  context: RequestContext,
  body: unknown,
  options: DecodeOptions,
): KubeObject {
  if (!isObject(body)) throw notAnObject(context, body);
  const identified = identify(context, body);
  const unknownFields: string[] = [];
  const isKnown = identified["metadata"] === options.known?.metadata;
  const metadata =
    isKnown && options.known !== undefined
      ? options.known.metadata
      : metaOf(context, identified, unknownFields);
  const object = metadata === identified["metadata"] ? identified : { ...identified, metadata };
  const pruned = context.resource.schema.prune(object, options.known);
  unknownFields.push(...pruned.unknownFields);
  if (unknownFields.length > 0) reportUnknown(context, unknownFields, options);
  const defaulted = applyDefaults(context, pruned.value as KubeObject, options.known);
  if (options.keepsNulls !== true || !context.resource.custom) return defaulted;
  return withNulls(defaulted, pruned.value) as KubeObject;
}

/** An object with the nulls that it had before, where nothing has taken their place. */
function withNulls(after: unknown, before: unknown): unknown {
  if (after === before || !isObject(after) || !isObject(before)) return after;
  let copy: Record<string, unknown> | undefined;
  for (const [field, value] of Object.entries(before)) {
    const is = value === null && !Object.hasOwn(after, field) ? null : after[field];
    const next = withNulls(is, value);
    if (next === after[field]) continue;
    copy ??= { ...after };
    copy[field] = next;
  }
  return copy ?? after;
}

/** `known` has its defaults already, and with it all that the object shares with it. */
export function applyDefaults(
  { resource }: RequestContext,
  object: KubeObject,
  known?: KubeObject,
): KubeObject {
  return resource.custom
    ? (resource.schema.applyDefaults(object, known) as KubeObject)
    : applyBuiltinDefaults(resource, object, known);
}

function metaOf(context: RequestContext, body: JsonObject, unknownFields: string[]): ObjectMeta {
  try {
    return decodeMeta(body["metadata"], context.resource.kind, unknownFields);
  } catch (error) {
    throw cannotBeHandled(context, (error as Error).message);
  }
}

/** Parsers of the real server look for kind and version first, and give up on anything that can't have them. */
function notAnObject({ resource }: RequestContext, body: unknown): Error {
  const text = body === undefined ? "" : (JSON.stringify(body) ?? "");
  const problem =
    body === undefined
      ? "unexpected end of JSON input"
      : `json: cannot unmarshal ${jsonType(body)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
  const hex = Buffer.from(text, "utf8").toString("hex");
  const summary = text === "" ? "<empty>" : hex.length > 60 ? `${hex.slice(0, 60)} ...` : hex;
  return badRequest(
    `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind; json parse error: ${problem} (${summary})`,
  );
}

function missingField({ resource }: RequestContext, field: string, body: unknown): Error {
  const whole = JSON.stringify(body) ?? "";
  const summary = Buffer.byteLength(whole) > 30 ? `${whole.slice(0, 30)} ...` : whole;
  return badRequest(
    `the object provided is unrecognized (must be of type ${resource.kind}): Object '${field}' is missing in '${whole}' (${summary})`,
  );
}

/** Checks apiVersion and kind against the path. Built-in kinds may leave them out. */
function identify(context: RequestContext, body: JsonObject): JsonObject {
  const { resource } = context;
  const { apiVersion, kind } = body;
  if (apiVersion === resource.apiVersion && kind === resource.kind) return body;
  if (resource.custom && isEmpty(kind)) throw missingField(context, "Kind", body);
  if (resource.custom && isEmpty(apiVersion)) throw missingField(context, "apiVersion", body);
  const given = orElse(apiVersion, resource.apiVersion);
  const givenKind = orElse(kind, resource.kind);
  if (given !== resource.apiVersion) {
    if (!resource.custom && givenKind === resource.kind)
      throw unknownKind(context, given, givenKind);
    throw badRequest(
      `the API version in the data (${given}) does not match the expected API version (${resource.apiVersion})`,
    );
  }
  if (givenKind !== resource.kind) throw wrongKind(context, givenKind, body);
  // In front, where clients expect to read them.
  const { apiVersion: _version, kind: _kind, ...rest } = body;
  return { kind: givenKind, apiVersion: given, ...rest };
}

function isEmpty(value: unknown): boolean {
  return typeof value !== "string" || value === "";
}

function orElse(value: unknown, fallback: string): string {
  if (value === undefined || value === "") return fallback;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function unknownKind({ resource }: RequestContext, apiVersion: string, kind: string): Error {
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  return badRequest(
    `${kind} in version "${version}" cannot be handled as a ${resource.kind}: no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`,
  );
}

function wrongKind(context: RequestContext, kind: string, body: JsonObject): Error {
  const { resource } = context;
  if (!resource.custom) {
    return isBuiltin(resource.apiVersion, kind)
      ? inconvertible(context, kind)
      : unknownKind(context, resource.apiVersion, kind);
  }
  const { name } = (body["metadata"] ?? {}) as ObjectMeta;
  const error: FieldError = invalidValue("kind", kind, `must be ${resource.kind}`);
  return invalid({ group: resource.group, kind, name: name ?? "" }, [error]);
}

let builtin: ReadonlySet<string> | undefined;

function isBuiltin(apiVersion: string, kind: string): boolean {
  builtin ??= new Set(builtinKinds.map((each) => `${gvOf(each.group, each.version)} ${each.kind}`));
  return builtin.has(`${apiVersion} ${kind}`);
}

function inconvertible({ resource }: RequestContext, kind: string): Error {
  const { version } = resource;
  const internal = resource.group === "" ? "core" : (resource.group.split(".")[0] ?? "");
  return badRequest(
    `${kind} in version "${version}" cannot be handled as a ${resource.kind}: converting (${version}.${kind}) to (${internal}.${resource.kind}): unknown conversion`,
  );
}

function reportUnknown(
  context: RequestContext,
  fields: readonly string[],
  options: DecodeOptions,
): void {
  if (options.validation === "Ignore") return;
  const problems = fields.toSorted().map((field) => `unknown field "${field}"`);
  if (options.validation === "Strict") throw options.strictError(problems.join(", "));
  context.warnings.push(...problems);
}

/** The Go struct that declares a field, and its path as Go names it: "Container.spec.containers.image". Keys of maps are no fields. */
function goPath(schema: OpenApiSchema, path: string): string {
  let node: OpenApiSchema | undefined = schema;
  let name = schema["x-seatrial-definition"] ?? "";
  const fields: string[] = [];
  for (const step of path.split(".").flatMap((each) => each.split(/(?=\[)/))) {
    const isKey = step.startsWith("[") || node?.properties?.[step] === undefined;
    if (!isKey) {
      name = node?.["x-seatrial-definition"] ?? name;
      fields.push(step);
    }
    node = step.startsWith("[") ? node?.items : fieldSchema(node, step);
  }
  return [name.slice(name.lastIndexOf(".") + 1), ...fields].join(".");
}

/** Schemas of built-in kinds only say what can be decoded; what is valid their strategies know. */
export function relevant(
  resource: RequestContext["resource"],
  errors: readonly FieldError[],
): readonly FieldError[] {
  return resource.custom ? errors : errors.filter(({ type }) => type === "TypeInvalid");
}

const goTypes: Readonly<Record<string, string>> = {
  array: "[]interface {}",
  boolean: "bool",
  integer: "int32",
  number: "float64",
  object: "map[string]interface {}",
  string: "string",
};

const microTimes = new Set(["acquireTime", "eventTime", "lastObservedTime", "renewTime"]);

/** Text that should have been a time or encoded bytes. */
function unreadableText({ field, message }: FieldError): string | undefined {
  const [, type, value = ""] = /must be of type (byte|date-time): "(.*)"$/.exec(message) ?? [];
  if (type === "byte") {
    const at = value.search(/[^A-Za-z0-9+/]/);
    return `illegal base64 data at input byte ${at < 0 ? value.length : at}`;
  }
  if (type !== "date-time") return undefined;
  const name = field.slice(field.lastIndexOf(".") + 1);
  const layout = microTimes.has(name)
    ? "2006-01-02T15:04:05.000000Z07:00"
    : "2006-01-02T15:04:05Z07:00";
  return `parsing time "${value}" as "${layout}": cannot parse "${value}" as "2006"`;
}

/** A built-in kind whose fields have the wrong types never gets as far as validation: it can't be decoded. */
export function requireTypes(
  context: RequestContext,
  object: KubeObject,
  errors: readonly FieldError[],
): void {
  if (context.resource.custom) return;
  const problem = typeProblem(context.resource, errors);
  if (problem === undefined) return;
  const type = context.request.headers["content-type"] ?? "";
  const patched = context.verb === "patch" && !type.startsWith("application/apply-patch");
  if (!patched) throw cannotBeHandled(context, problem);
  // What a patch has made of an object is shown whole.
  throw invalid({ group: "", kind: "", name: "" }, [
    invalidValue("patch", JSON.stringify(object), problem),
  ]);
}

/** The first field of a wrong type, in the words of Go's decoder. */
export function typeProblem(
  resource: RequestContext["resource"],
  errors: readonly FieldError[],
): string | undefined {
  const wrong = errors.find(({ type }) => type === "TypeInvalid");
  if (wrong === undefined) return undefined;
  return unreadableText(wrong) ?? unmarshalText(resource, wrong);
}

function unmarshalText(resource: RequestContext["resource"], wrong: FieldError): string {
  const match = /must be of type (\w+): "(\w+)"/.exec(wrong.message);
  const [, wanted = "", found = ""] = match ?? [];
  const given = found === "boolean" ? "bool" : found === "integer" ? "number" : found;
  const place = goPath(resource.openApi, wrong.field);
  return `json: cannot unmarshal ${given} into Go struct field ${place} of type ${goTypes[wanted] ?? wanted}`;
}
