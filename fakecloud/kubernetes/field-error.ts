import { failure, type StatusCause, type StatusError } from "./status.ts";

/** One complaint about one field. `message` is the whole text behind the field's name. */
export interface FieldError {
  readonly type:
    | "Duplicate"
    | "Forbidden"
    | "Internal"
    | "Invalid"
    | "NotFound"
    | "NotSupported"
    | "Required"
    | "TooFew"
    | "TooLong"
    | "TooMany"
    | "TooShort"
    | "TypeInvalid";
  readonly field: string;
  readonly message: string;
}

const causeReasons: Readonly<Record<FieldError["type"], string>> = {
  Duplicate: "FieldValueDuplicate",
  Forbidden: "FieldValueForbidden",
  Internal: "InternalError",
  Invalid: "FieldValueInvalid",
  NotFound: "FieldValueNotFound",
  NotSupported: "FieldValueNotSupported",
  Required: "FieldValueRequired",
  TooFew: "FieldValueTooFew",
  TooLong: "FieldValueTooLong",
  TooMany: "FieldValueTooMany",
  TooShort: "FieldValueTooShort",
  TypeInvalid: "FieldValueTypeInvalid",
};

function withDetail(head: string, detail: string): string {
  return detail === "" ? head : `${head}: ${detail}`;
}

/** Text with quotes, anything else as compact JSON: how field errors print a value. */
export function printValue(value: unknown): string {
  const json = JSON.stringify(value) ?? "null";
  if (typeof value === "string") return json;
  // Go's encoder is careful about text that might end up in HTML.
  return json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
}

export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return {
    type: "Invalid",
    field,
    message: withDetail(`Invalid value: ${printValue(value)}`, detail),
  };
}

export function requiredValue(field: string, detail = ""): FieldError {
  return { type: "Required", field, message: withDetail("Required value", detail) };
}

export function forbiddenValue(field: string, detail: string): FieldError {
  return { type: "Forbidden", field, message: withDetail("Forbidden", detail) };
}

export function tooLong(field: string, most: number): FieldError {
  const unit = most === 1 ? "byte" : "bytes";
  return { type: "TooLong", field, message: `Too long: may not be more than ${most} ${unit}` };
}

export function unsupportedValue(
  field: string,
  value: unknown,
  supported: readonly string[],
): FieldError {
  const list = supported.map((each) => JSON.stringify(each)).join(", ");
  return {
    type: "NotSupported",
    field,
    message: `Unsupported value: ${printValue(value)}: supported values: ${list}`,
  };
}

export function duplicateValue(field: string, value: unknown): FieldError {
  return { type: "Duplicate", field, message: `Duplicate value: ${printValue(value)}` };
}

/** A 422 about one object. The kind is empty for complaints about a patch or its options. */
export function invalid(
  about: { readonly group: string; readonly kind: string; readonly name: string },
  errors: readonly FieldError[],
): StatusError {
  const texts = [
    ...new Set(errors.map(({ field, message }) => `${field === "" ? "[]" : field}: ${message}`)),
  ];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const kind = about.group === "" ? about.kind : `${about.kind}.${about.group}`;
  const causes: StatusCause[] = errors.map(({ type, field, message }) => ({
    reason: causeReasons[type],
    message,
    field,
  }));
  return failure({
    code: 422,
    reason: "Invalid",
    message: `${kind} "${about.name}" is invalid: ${list}`,
    details: {
      ...(about.name === "" ? {} : { name: about.name }),
      ...(about.group === "" ? {} : { group: about.group }),
      ...(about.kind === "" ? {} : { kind: about.kind }),
      causes,
    },
  });
}
