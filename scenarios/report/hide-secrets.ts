import { isList, isMap, type Json, type JsonObject } from "./patch.ts";

/** Fields that hold secrets wherever they stand. */
const secretFields = new Set([
  "token",
  "password",
  "certificateKey",
  "secretAccessKey",
  "caBundle",
]);
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * An object as a report may show it to anybody: no secret values; no managed fields and versions, because the report knows who
 * wrote what and when; and no schema of a definition, because that is longer than everything else.
 */
export function hideSecrets(object: JsonObject): JsonObject {
  const kind = object["kind"];
  if (kind === "CustomResourceDefinition") return withoutSchema(object);
  const shown = hideFields(object) as JsonObject;
  const metadata = isMap(shown["metadata"])
    ? withoutKeys(shown["metadata"], "managedFields", "resourceVersion")
    : {};
  if (kind !== "Secret") return { ...shown, metadata };
  const annotations = isMap(metadata["annotations"])
    ? { annotations: withoutKeys(metadata["annotations"], lastApplied) }
    : {};
  return {
    ...shown,
    metadata: { ...metadata, ...annotations },
    ...(shown["data"] === undefined ? {} : { data: hideValues(shown["data"]) }),
    ...(shown["stringData"] === undefined ? {} : { stringData: hideValues(shown["stringData"]) }),
  };
}

function withoutSchema(object: JsonObject): JsonObject {
  const metadata = isMap(object["metadata"])
    ? withoutKeys(object["metadata"], "managedFields", "resourceVersion")
    : {};
  const spec = isMap(object["spec"]) ? withoutKeys(object["spec"], "versions") : {};
  return { ...object, metadata, spec };
}

function hideFields(value: Json): Json {
  if (isList(value)) {
    const items = value.map(hideFields);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isMap(value)) return value;
  let changed = false;
  const fields = Object.entries(value).map(([key, item]) => {
    const shown =
      secretFields.has(key) && typeof item === "string" ? hidden(item) : hideFields(item);
    changed ||= shown !== item;
    return [key, shown] as const;
  });
  return changed ? Object.fromEntries(fields) : value;
}

function hideValues(data: Json): Json {
  if (!isMap(data)) return {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      hidden(typeof value === "string" ? value : ""),
    ]),
  );
}

function hidden(text: string): string {
  return `(hidden, ${text.length} characters)`;
}

function withoutKeys(map: JsonObject, ...gone: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !gone.includes(key)));
}
