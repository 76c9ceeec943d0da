import { isObject } from "../object.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { anyBelow, perNode } from "../schema/per-node.ts";
import { listTransform, recordTransform, type Transform } from "../schema/prune.ts";

const holdsQuantity = anyBelow(({ format }) => format === "quantity");
const keep: Transform = (value) => value;

/** The object with all its quantities as Kubernetes writes them: "1000m" → "1", 2 → "2". */
export function canonicalizeQuantities(
  object: unknown,
  schema: OpenApiSchema,
  known?: unknown,
): unknown {
  return transformOf(schema)(object, known);
}

/** What holds no quantities is not looked at, and what a value does not have is not asked for any. */
const transformOf = perNode((schema): Transform => {
  if (schema.format === "quantity") return canonicalizeQuantity;
  if (!holdsQuantity(schema)) return keep;
  let built: Transform | undefined;
  return (value, known) => (built ??= build(schema))(value, known);
});

function build({ items, properties = {}, additionalProperties: rest }: OpenApiSchema): Transform {
  if (items !== undefined) return listTransform(transformOf(items));
  if (typeof rest === "object") return recordTransform(transformOf(rest));
  const fields = Object.entries(properties)
    .filter(([, property]) => holdsQuantity(property))
    .map(([name, property]) => [name, transformOf(property)] as const);
  return (value, known) => {
    if (!isObject(value) || value === known) return value;
    const done = isObject(known) ? known : undefined;
    let copy: Record<string, unknown> | undefined;
    for (const [name, transform] of fields) {
      if (!Object.hasOwn(value, name)) continue;
      const after = transform(value[name], done?.[name]);
      if (after === value[name]) continue;
      copy ??= { ...value };
      copy[name] = after;
    }
    return copy ?? value;
  };
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:(m|k|M|G|T|P|E|n|u|[KMGTPE]i)|[eE]([+-]?\d+))?$/;
const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** Anything that is no quantity stays as it is: refusing it is not the job of this function. */
export function canonicalizeQuantity(value: unknown): unknown {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return value;
  // The common cases are canonical: a plain number that is no multiple of 1000 in another unit.
  if (/^[1-9]\d{0,2}(?:m|Ki|Mi|Gi|k|M|G)?$/.test(text)) return text;
  const parsed = parseQuantity(text);
  return parsed === undefined ? value : printQuantity(parsed);
}

export interface Quantity {
  /** In billionths. */
  readonly nanos: bigint;
  readonly style: "binary" | "decimal" | "exponent";
}

const nano = 1_000_000_000n;

export function parseQuantity(text: string): Quantity | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", suffix = "", exponent] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(`${whole}${fraction}` || "0") * nano;
  const scaled = scale(digits, suffix, exponent, fraction.length);
  return { nanos: sign === "-" ? -scaled : scaled, style: styleOf(suffix, exponent) };
}

function styleOf(suffix: string, exponent: string | undefined): Quantity["style"] {
  if (suffix.endsWith("i")) return "binary";
  return exponent === undefined ? "decimal" : "exponent";
}

function scale(
  digits: bigint,
  suffix: string,
  exponent: string | undefined,
  decimals: number,
): bigint {
  if (suffix.endsWith("i")) {
    const factor = 1024n ** BigInt(binarySuffixes.indexOf(suffix));
    return divideUp(digits * factor, 10n ** BigInt(decimals));
  }
  const thousands = decimalSuffixes.indexOf(suffix) - 3;
  const power = (exponent === undefined ? thousands * 3 : Number(exponent)) - decimals;
  if (Math.abs(power) > 40) return power > 0 ? digits * 10n ** 40n : 0n;
  return power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
}

/** Precision below the smallest unit is rounded up, away from zero. */
function divideUp(value: bigint, divisor: bigint): bigint {
  return value % divisor === 0n ? value / divisor : value / divisor + 1n;
}

export function printQuantity({ nanos, style }: Quantity): string {
  const sign = nanos < 0n ? "-" : "";
  const size = nanos < 0n ? -nanos : nanos;
  if (size === 0n) return "0";
  const whole = size / nano;
  if (style === "binary" && size % nano === 0n && whole >= 1024n) {
    return `${sign}${printBinary(whole)}`;
  }
  return `${sign}${printDecimal(size, style)}`;
}

function printBinary(whole: bigint): string {
  let value = whole;
  let index = 0;
  while (value % 1024n === 0n && index < binarySuffixes.length - 1) {
    value /= 1024n;
    index += 1;
  }
  return `${value}${binarySuffixes[index]}`;
}

function printDecimal(size: bigint, style: Quantity["style"]): string {
  let value = size;
  let index = 0;
  while (value % 1000n === 0n && index < decimalSuffixes.length - 1) {
    value /= 1000n;
    index += 1;
  }
  const power = (index - 3) * 3;
  if (style !== "exponent") return `${value}${decimalSuffixes[index]}`;
  return power === 0 ? `${value}` : `${value}e${power}`;
}
