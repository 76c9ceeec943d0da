import { isIPv4, isIPv6 } from "node:net";
import type { OpenApiSchema } from "./open-api-schema.ts";

type FormatRule = (text: string) => boolean;

const hex8 = "[0-9a-f]{8}-?[0-9a-f]{4}-?";
const uuid = (middle: string) => new RegExp(`^${hex8}${middle}-?[0-9a-f]{12}$`, "i");
const patterns: Readonly<Record<string, RegExp>> = {
  bsonobjectid: /^[0-9a-f]{24}$/i,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/,
  creditcard:
    /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/,
  hexcolor: /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/,
  mac: /^[0-9a-f]{2}(?:(?:[:-][0-9a-f]{2}){5}|(?:[:-][0-9a-f]{2}){7}|(?:[:-][0-9a-f]{2}){19})$/i,
  rgbcolor:
    /^rgb\(\s*(?:0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*(?:,\s*(?:0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*){2}\)$/,
  ssn: /^\d{3}[- ]?\d{2}[- ]?\d{4}$/,
  uuid: uuid("[0-9a-f]{4}-?[0-9a-f]{4}"),
  uuid3: uuid("3[0-9a-f]{3}-?[0-9a-f]{4}"),
  uuid4: uuid("4[0-9a-f]{3}-?[89ab][0-9a-f]{3}"),
  uuid5: uuid("5[0-9a-f]{3}-?[89ab][0-9a-f]{3}"),
};
const hostnamePattern =
  /^(?:[a-zA-Z0-9\p{S}\p{L}](?:-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?|(?:[a-zA-Z0-9\p{S}\p{L}](?:[a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63})$/u;
const datePattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const clockPattern = /^\d{2}:\d{2}:\d{2}(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/i;
const shortNamePattern = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

const rules: Readonly<Record<string, FormatRule>> = {
  cidr: isCidr,
  date: isDate,
  datetime: isDateTime,
  duration: isDuration,
  email: (text) =>
    /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/.test(text.replace(/^[^<]*<(.*)>$/, "$1")),
  hostname: (text) =>
    hostnamePattern.test(text) && text.split(".").every((part) => part.length <= 63),
  ipv4: (text) => isIPv4(text.replaceAll(/(^|\.)0+(?=\d)/g, "$1")),
  ipv6: isIPv6,
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  k8slongname: (text) =>
    text.length <= 253 && text.split(".").every((part) => shortNamePattern.test(part)),
  k8sshortname: (text) => text.length <= 63 && shortNamePattern.test(text),
  password: () => true,
  uri: (text) => URL.canParse(text) || (text.startsWith("/") && URL.canParse(text, "http://x")),
};

function normalize(format: string): string {
  return format.replaceAll("-", "");
}

/** Whether the format of this node means anything to the API server; unknown ones are ignored. */
export function isKnownFormat(schema: OpenApiSchema): boolean {
  const { type = "", format = "" } = schema;
  if (type === "integer") return format === "int32" || format === "int64";
  if (type === "number") return format === "float" || format === "double";
  if (type !== "string" && type !== "") return false;
  const name = normalize(format);
  return Object.hasOwn(rules, name) || Object.hasOwn(patterns, name);
}

export function checkFormat(format: string, text: string): boolean {
  const name = normalize(format);
  const pattern = patterns[name];
  if (pattern === undefined) return rules[name]?.(text) ?? true;
  return pattern.test(name === "creditcard" ? text.replaceAll(/\D/g, "") : text);
}

function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  const day = Number(text.slice(8));
  if (day <= 28) return true;
  const year = Number(text.slice(0, 4));
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[Number(text.slice(5, 7)) - 1] ?? 0);
}

function isDateTime(text: string): boolean {
  const letter = text.charAt(10);
  if (letter !== "T" && letter !== "t") return false;
  return isDate(text.slice(0, 10)) && clockPattern.test(text.slice(11));
}

const goUnit = "(?:ns|us|µs|μs|ms|s|m|h)";
const goDuration = new RegExp(`^[-+]?(?:\\d+(?:\\.\\d*)?${goUnit}|\\.\\d+${goUnit})+$`);
const wordDuration =
  /^(?:\d+\s*(?:ns?|nanoseconds?|nanos?|us|µs|microseconds?|micros?|ms|millis?|milliseconds?|s|seconds?|secs?|m|minutes?|mins?|h|hours?|hrs?|d|days?|w|weeks?|wks?)\s*)+$/;

function isDuration(text: string): boolean {
  return text === "0" || goDuration.test(text) || wordDuration.test(text);
}

function isCidr(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  if (bits === undefined || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (checkFormat("ipv4", address)) return Number(bits) <= 32;
  return isIPv6(address) && Number(bits) <= 128;
}

function isIsbn10(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, "");
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  const sum = digits
    .split("")
    .reduce((total, digit, index) => total + (digit === "X" ? 10 : Number(digit)) * (index + 1), 0);
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, "");
  if (!/^\d{13}$/.test(digits)) return false;
  const sum = digits
    .split("")
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
