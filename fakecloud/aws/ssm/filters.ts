import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import { ssmError } from "./errors.ts";
import type { ParameterRecord } from "./parameter-store.ts";

const readers: Readonly<Record<string, (record: ParameterRecord) => readonly string[]>> = {
  DataType: ({ versions }) => [versions.at(-1)?.dataType ?? ""],
  KeyId: ({ versions }) => [versions.at(-1)?.keyId ?? ""],
  Label: ({ versions }) => versions.flatMap(({ labels }) => labels),
  Name: ({ name }) => [name],
  Path: ({ name }) => [name],
  Tier: ({ versions }) => [versions.at(-1)?.tier ?? ""],
  Type: ({ versions }) => [versions.at(-1)?.type ?? ""],
};

/** Filters are joined by AND, their values by OR; a key that is not among `allowed` is an error that names it. */
export function compileFilters(
  filters: readonly ParameterStringFilter[] | undefined,
  allowed: readonly string[],
): (record: ParameterRecord) => boolean {
  const tests = (filters ?? []).map((filter) => compile(filter, allowed));
  return (record) => tests.every((test) => test(record));
}

function compile(
  filter: ParameterStringFilter,
  allowed: readonly string[],
): (record: ParameterRecord) => boolean {
  const { Key: key = "", Option: option = "Equals", Values: values = [] } = filter;
  if (key.startsWith("tag:")) return tagTest(key.slice(4), values);
  const read = readers[key];
  if (read === undefined || !allowed.includes(key)) {
    const message = `The following filter key is not valid: ${key}. Valid filter keys include: [${allowed.join(", ")}]`;
    throw ssmError("InvalidFilterKey", message);
  }
  const match = matcher(key, option);
  return (record) => read(record).some((text) => values.some((value) => match(text, value)));
}

function tagTest(key: string, values: readonly string[]): (record: ParameterRecord) => boolean {
  return ({ tags }) => {
    const value = tags.get(key);
    return value !== undefined && (values.length === 0 || values.includes(value));
  };
}

function matcher(key: string, option: string): (text: string, value: string) => boolean {
  switch (option) {
    case "Equals":
      return (text, value) => text === value || text === value.replace(/^\//, "");
    case "BeginsWith":
      return (text, value) => text.startsWith(value);
    case "Contains":
      return (text, value) => text.includes(value);
    case "Recursive":
    case "OneLevel":
      return (text, value) => {
        const prefix = value.endsWith("/") ? value : `${value}/`;
        if (!text.startsWith(prefix)) return false;
        return option === "Recursive" || !text.slice(prefix.length).includes("/");
      };
    default:
      throw ssmError(
        "InvalidFilterOption",
        `The following filter option is not valid: ${option} for ${key}.`,
      );
  }
}
