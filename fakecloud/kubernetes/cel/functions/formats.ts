import { Optional } from "@marcbachmann/cel-js";
import { checkFormat } from "../../schema/formats.ts";
import {
  checkPrefix,
  checkQualifiedName,
  checkLabelValue,
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  type NameRule,
} from "../../names.ts";
import type { Functions } from "./register.ts";

/** A named check of text: `format.dns1123Label().validate(self)` is none, or what is wrong. */
export class FormatValue {
  readonly check: (text: string) => readonly string[];

  constructor(check: (text: string) => readonly string[]) {
    this.check = check;
  }
}

const prefixOf =
  (rule: NameRule): NameRule =>
  (text) =>
    checkPrefix(rule, text);

const openApi =
  (format: string, wording: string): NameRule =>
  (text) =>
    checkFormat(format, text) ? [] : [wording];

const formats: Readonly<Record<string, NameRule>> = {
  dns1123Label: dnsLabel,
  dns1123LabelPrefix: prefixOf(dnsLabel),
  dns1123Subdomain: dnsSubdomain,
  dns1123SubdomainPrefix: prefixOf(dnsSubdomain),
  dns1035Label,
  dns1035LabelPrefix: prefixOf(dns1035Label),
  qualifiedName: checkQualifiedName,
  labelValue: checkLabelValue,
  uri: openApi("uri", "invalid URI"),
  uuid: openApi("uuid", "does not match the UUID format"),
  byte: openApi("byte", "invalid base64"),
  date: openApi("date", "invalid date"),
  datetime: openApi("date-time", "invalid datetime"),
};

const accessors: Functions = Object.fromEntries(
  Object.entries(formats).map(([name, check]) => [
    `FormatNamespace.${name}(): NamedFormat`,
    () => new FormatValue(check),
  ]),
);

export const formatFunctions: Functions = {
  ...accessors,
  "FormatNamespace.named(string): optional<NamedFormat>": (_format: unknown, name: string) => {
    const check = Object.hasOwn(formats, name) ? formats[name] : undefined;
    return check === undefined ? Optional.none() : Optional.of(new FormatValue(check));
  },
  "NamedFormat.validate(string): optional<list<string>>": (format: FormatValue, text: string) => {
    const errors = format.check(text);
    return errors.length === 0 ? Optional.none() : Optional.of([...errors]);
  },
};
