import { admission } from "../api/admission.ts";
import type { FieldError } from "../api/admission/field-error.ts";
import type { AdmissionRule } from "../api/admission/rule.ts";
import { convert } from "../api/conversion.ts";

/** An object of the API, as it comes in a review. */
interface ReviewedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

interface AdmissionRequest {
  readonly uid: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly operation: string;
  readonly name?: string;
  readonly object?: ReviewedObject | null;
  readonly oldObject?: ReviewedObject | null;
}

interface ConversionRequest {
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly ReviewedObject[];
}

type Answer = Readonly<Record<string, unknown>>;

/** Where the API server finds what: paths of the webhook configurations and of the CRDs. */
export const paths = { convert: "/convert", mutate: "/mutate", validate: "/validate" } as const;

/**
 * Answers one review of an API server: conversion, defaulting or validation. Undefined for a path that is none of them;
 * throws for a body that is no review.
 */
export function review(path: string, body: unknown): Answer | undefined {
  if (path === paths.convert) return answer(body, convertObjects);
  if (path === paths.mutate) return answer(body, mutate);
  if (path === paths.validate) return answer(body, validate);
  return undefined;
}

function answer<T extends { readonly uid: string }>(
  body: unknown,
  respond: (request: T) => Answer,
): Answer {
  const { apiVersion, kind, request } = (body ?? {}) as {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly request?: T;
  };
  if (request?.uid === undefined) throw new Error("the body is no review: it has no request");
  return { apiVersion, kind, response: { uid: request.uid, ...respond(request) } };
}

function convertObjects({ objects, desiredAPIVersion }: ConversionRequest): Answer {
  try {
    const convertedObjects = objects.map((object) => convert(object, desiredAPIVersion));
    return { convertedObjects, result: { status: "Success" } };
  } catch (error) {
    return { result: { status: "Failed", message: (error as Error).message } };
  }
}

const rules = new Map(admission.map((rule) => [`${rule.kind}.${rule.group}`, rule]));

function ruleOf({ kind }: AdmissionRequest): AdmissionRule | undefined {
  return rules.get(`${kind.kind}.${kind.group}`);
}

/** Rules know v1beta2. An older object comes only where a webhook was configured for its version. */
function toHub(object: ReviewedObject): ReviewedObject {
  return object.apiVersion.endsWith("/v1beta1")
    ? convert(object, object.apiVersion.replace(/v1beta1$/, "v1beta2"))
    : object;
}

function mutate(request: AdmissionRequest): Answer {
  const rule = ruleOf(request);
  const { object, oldObject } = request;
  if (rule?.default === undefined || object == null) return { allowed: true };
  const before = toHub(object);
  const context = {
    operation: request.operation === "UPDATE" ? ("UPDATE" as const) : ("CREATE" as const),
    ...(oldObject == null ? {} : { old: toHub(oldObject) }),
  };
  const defaulted = rule.default(before, context) as ReviewedObject;
  const after = convert(defaulted, object.apiVersion);
  const operations = patchOf(object, after);
  if (operations.length === 0) return { allowed: true };
  const patch = Buffer.from(JSON.stringify(operations)).toString("base64");
  return { allowed: true, patchType: "JSONPatch", patch };
}

/** Defaults touch labels, annotations and the spec; each is replaced as a whole where it changed. */
function patchOf(before: ReviewedObject, after: ReviewedObject): readonly object[] {
  const places: readonly (readonly [path: string, from: unknown, to: unknown])[] = [
    ["/spec", before["spec"], after["spec"]],
    ["/metadata/labels", before.metadata["labels"], after.metadata["labels"]],
    ["/metadata/annotations", before.metadata["annotations"], after.metadata["annotations"]],
  ];
  return places
    .filter(([, from, to]) => to !== undefined && JSON.stringify(from) !== JSON.stringify(to))
    .map(([path, , value]) => ({ op: "add", path, value }));
}

function validate(request: AdmissionRequest): Answer {
  const rule = ruleOf(request);
  const errors = rule === undefined ? [] : errorsOf(rule, request);
  if (errors.length === 0) return { allowed: true };
  const texts = errors.map(({ field, message }) => `${field}: ${message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const { group, kind } = request.kind;
  const message = `${kind}.${group} "${request.name ?? ""}" is invalid: ${list}`;
  const causes = errors.map(({ type, field, message: text }) => ({
    reason: `FieldValue${type}`,
    field,
    message: text,
  }));
  const details = { group, kind, name: request.name ?? "", causes };
  return {
    allowed: false,
    status: { code: 422, reason: "Invalid", message, details },
  };
}

function errorsOf(rule: AdmissionRule, request: AdmissionRequest): readonly FieldError[] {
  const { operation, object, oldObject } = request;
  if (operation === "DELETE") {
    return oldObject == null ? [] : (rule.validateDelete?.(toHub(oldObject)) ?? []);
  }
  if (object == null) return [];
  if (operation === "UPDATE" && oldObject != null) {
    return rule.validateUpdate?.(toHub(oldObject), toHub(object)) ?? [];
  }
  return rule.validateCreate?.(toHub(object)) ?? [];
}
