import {
  duplicateValue,
  invalidValue,
  tooLong,
  unsupportedValue,
  type FieldError,
} from "../field-error.ts";
import { deepEqual } from "../json.ts";
import { isObject } from "../object.ts";
import type { LocalCheck } from "./findings.ts";
import { checkFormat, isKnownFormat } from "./formats.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { compilePattern } from "./patterns.ts";

/** The checks for the keywords of one node, in the order in which the real server reports them. */
export function keywordChecks(schema: OpenApiSchema): LocalCheck[] {
  return [
    ...typeChecks(schema),
    ...stringChecks(schema),
    ...numberChecks(schema),
    ...listChecks(schema),
    ...enumChecks(schema),
    ...objectChecks(schema),
  ];
}

/** The root of an object has no path. */
function fieldOf(path: string): string {
  return path === "" ? "<nil>" : path;
}

function complaint(path: string, value: unknown, text: string): FieldError {
  return invalidValue(fieldOf(path), value, `${path} in body ${text}`);
}

function wrongType(path: string, wanted: string, actual: string): FieldError {
  const { field, message } = complaint(
    path,
    actual,
    `must be of type ${wanted}: ${JSON.stringify(actual)}`,
  );
  return { type: "TypeInvalid", field, message };
}

function jsonTypeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function goFormatOf(value: unknown): string {
  if (typeof value !== "number") return "";
  return Number.isInteger(value) ? "int64" : "double";
}

function typeChecks(schema: OpenApiSchema): LocalCheck[] {
  const types = typesOf(schema);
  const format = isKnownFormat(schema) ? (schema.format ?? "") : "";
  if (types.length === 0 && format === "") return [];
  const wanted = types.join(",");
  const isNumeric = types.includes("integer") || types.includes("number");
  const isNullable = schema.nullable === true;
  return [
    (value, path, { errors }) => {
      const actual = jsonTypeOf(value);
      if (types.includes(actual)) return;
      if (actual === "integer" && types.includes("number")) return;
      if (actual === "null") {
        if (!isNullable && types.length > 0) errors.push(wrongType(path, wanted, "null"));
        return;
      }
      const isText = typeof value === "string" || Array.isArray(value);
      // Text for a type with a format of its own is judged by the format alone.
      if (format === "" || (isText && isNumeric)) errors.push(wrongType(path, wanted, actual));
      else if (!isText) errors.push(wrongType(path, format, goFormatOf(value)));
    },
  ];
}

function typesOf(schema: OpenApiSchema): readonly string[] {
  if (schema["x-kubernetes-int-or-string"] === true) return ["integer", "string"];
  return schema.type === undefined || schema.type === "" ? [] : [schema.type];
}

function stringChecks(schema: OpenApiSchema): LocalCheck[] {
  const checks: LocalCheck[] = [];
  const { maxLength, minLength, pattern } = schema;
  if (maxLength !== undefined) {
    checks.push((value, path, { errors }) => {
      if (typeof value !== "string" || value.length <= maxLength) return;
      if (runesOf(value) > maxLength) errors.push(tooLong(fieldOf(path), maxLength));
    });
  }
  if (minLength !== undefined) {
    checks.push((value, path, { errors }) => {
      if (typeof value !== "string" || runesOf(value) >= minLength) return;
      errors.push(complaint(path, value, `should be at least ${minLength} chars long`));
    });
  }
  if (pattern !== undefined && pattern !== "") {
    const matches = compilePattern(pattern);
    checks.push((value, path, { errors }) => {
      if (typeof value !== "string" || matches(value)) return;
      errors.push(complaint(path, value, `should match '${pattern}'`));
    });
  }
  return [...checks, ...formatChecks(schema)];
}

function runesOf(text: string): number {
  let runes = 0;
  for (const _rune of text) runes += 1;
  return runes;
}

function formatChecks(schema: OpenApiSchema): LocalCheck[] {
  const { format } = schema;
  if (format === undefined || !isKnownFormat(schema)) return [];
  return [
    (value, path, { errors }) => {
      if (typeof value !== "string" || checkFormat(format, value)) return;
      errors.push(wrongType(path, format, value));
    },
  ];
}

function numberChecks(schema: OpenApiSchema): LocalCheck[] {
  const checks: LocalCheck[] = [];
  const { maximum, minimum, multipleOf } = schema;
  const add = (isWrong: (value: number) => boolean, text: string) => {
    checks.push((value, path, { errors }) => {
      if (typeof value === "number" && isWrong(value)) errors.push(complaint(path, value, text));
    });
  };
  if (schema.type === "integer" || schema.type === "number") checks.push(checkRange(schema));
  if (multipleOf !== undefined) {
    add((value) => value % multipleOf !== 0, `should be a multiple of ${multipleOf}`);
  }
  if (maximum !== undefined) {
    if (schema.exclusiveMaximum === true) {
      add((value) => value >= maximum, `should be less than ${maximum}`);
    } else add((value) => value > maximum, `should be less than or equal to ${maximum}`);
  }
  if (minimum !== undefined) {
    if (schema.exclusiveMinimum === true) {
      add((value) => value <= minimum, `should be greater than ${minimum}`);
    } else add((value) => value < minimum, `should be greater than or equal to ${minimum}`);
  }
  return checks;
}

/** The native ranges of the numeric types; their complaint is attached to no field. */
function checkRange(schema: OpenApiSchema): LocalCheck {
  const { type = "", format = "" } = schema;
  const suffix = format === "" ? "(default format)" : `with format ${format}`;
  return (value, path, { errors }) => {
    if (typeof value !== "number" || fitsRange(value, type, format)) return;
    const text = `Checked value must be of type ${type} ${suffix} in ${path}`;
    errors.push(invalidValue("<nil>", "", text));
  };
}

function fitsRange(value: number, type: string, format: string): boolean {
  if (type === "number") return format !== "float" || Math.abs(value) <= 3.4028235677973366e38;
  if (!Number.isInteger(value)) return false;
  return format !== "int32" || (value >= -2147483648 && value <= 2147483647);
}

function listChecks(schema: OpenApiSchema): LocalCheck[] {
  const checks: LocalCheck[] = [];
  const { maxItems, minItems } = schema;
  if (minItems !== undefined) {
    checks.push((value, path, { errors }) => {
      if (!Array.isArray(value) || value.length >= minItems) return;
      errors.push(complaint(path, value.length, `should have at least ${minItems} items`));
    });
  }
  if (maxItems !== undefined) {
    checks.push((value, path, { errors }) => {
      if (!Array.isArray(value) || value.length <= maxItems) return;
      errors.push(tooMany(path, value.length, maxItems));
    });
  }
  if (schema.uniqueItems === true) {
    checks.push((value, path, { errors }) => {
      if (!Array.isArray(value)) return;
      const twice = value.findIndex((item, index) =>
        value.slice(0, index).some((earlier) => deepEqual(earlier, item)),
      );
      if (twice >= 0) errors.push(duplicateValue(`${path}[${twice}]`, value[twice]));
    });
  }
  return checks;
}

function tooMany(path: string, actual: number, most: number): FieldError {
  const unit = most === 1 ? "item" : "items";
  return {
    type: "TooMany",
    field: fieldOf(path),
    message: `Too many: ${actual}: must have at most ${most} ${unit}`,
  };
}

function enumChecks(schema: OpenApiSchema): LocalCheck[] {
  const allowed = schema.enum;
  if (allowed === undefined || allowed.length === 0) return [];
  const scalars = new Set(allowed);
  const printed = allowed.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
  return [
    (value, path, { errors }) => {
      if (scalars.has(value)) return;
      if (typeof value === "object" && allowed.some((each) => deepEqual(each, value))) return;
      errors.push(unsupportedValue(fieldOf(path), value, printed));
    },
  ];
}

function objectChecks(schema: OpenApiSchema): LocalCheck[] {
  const checks: LocalCheck[] = [];
  const { maxProperties, minProperties } = schema;
  if (minProperties !== undefined) {
    checks.push((value, path, { errors }) => {
      const count = isObject(value) ? Object.keys(value).length : minProperties;
      if (count >= minProperties) return;
      errors.push(complaint(path, count, `should have at least ${minProperties} properties`));
    });
  }
  if (maxProperties !== undefined) {
    checks.push((value, path, { errors }) => {
      const count = isObject(value) ? Object.keys(value).length : 0;
      if (count > maxProperties) errors.push(tooMany(path, count, maxProperties));
    });
  }
  return checks;
}
