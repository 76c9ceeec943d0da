import { record, records, text } from "../crds/definition.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import { column, type Column } from "./column.ts";
import { ageOf } from "./duration.ts";

/** Short ways to look into objects for what a cell shows. */

export function spec(object: KubeObject): JsonObject {
  return record(object["spec"]);
}

export function status(object: KubeObject): JsonObject {
  return record(object["status"]);
}

export function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

export function orNone(value: unknown, none = "<none>"): string {
  return typeof value === "string" && value !== "" ? value : none;
}

export function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}

export function age(object: KubeObject, nowMs: number): string {
  return ageOf(object.metadata.creationTimestamp, nowMs);
}

export const ageColumn: Column = column("Age", age);

export function joined(values: readonly string[], none = "<none>"): string {
  return values.length === 0 ? none : values.join(",");
}

export function labelsText(labels: unknown): string {
  return joined(
    Object.entries(record(labels))
      .map(([key, value]) => `${key}=${text(value)}`)
      .sort(),
  );
}

export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = record(selector);
  const equal = Object.entries(record(matchLabels)).map(([key, value]) => `${key}=${text(value)}`);
  const expressions = records(matchExpressions).map(({ key, operator, values }) => {
    const list = Array.isArray(values) ? ` (${values.map(show).join(",")})` : "";
    return `${text(key)} ${text(operator).toLowerCase()}${list}`;
  });
  return joined([...equal, ...expressions].sort());
}

export function containers(object: KubeObject): readonly JsonObject[] {
  return records(record(record(spec(object)["template"])["spec"])["containers"]);
}

export const workloadColumns: readonly Column[] = [
  column(
    "Containers",
    (object) =>
      joined(
        containers(object).map(({ name }) => text(name)),
        "",
      ),
    {
      wide: true,
    },
  ),
  column(
    "Images",
    (object) =>
      joined(
        containers(object).map(({ image }) => text(image)),
        "",
      ),
    {
      wide: true,
    },
  ),
];

export const selectorColumn: Column = column(
  "Selector",
  (object) => selectorText(spec(object)["selector"]),
  { wide: true },
);

export function condition(object: KubeObject, type: string): JsonObject | undefined {
  return records(status(object)["conditions"]).find((each) => each["type"] === type);
}
