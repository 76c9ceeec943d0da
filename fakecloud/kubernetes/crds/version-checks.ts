import { type FieldError, invalidValue, requiredValue } from "../field-error.ts";
import { deepEqual } from "../json.ts";
import { dns1035Label } from "../names.ts";
import type { JsonObject } from "../object.ts";
import { record, records, text } from "./definition.ts";
import { checkStructural } from "./structural-checks.ts";

/** Complaints about the versions of a definition. */
export function versionErrors(spec: JsonObject): readonly FieldError[] {
  const versions = records(spec["versions"]);
  const errors: FieldError[] = [];
  const names = versions.map(({ name }) => text(name));
  if (new Set(names).size < names.length) {
    errors.push(invalidValue("spec.versions", inGo(versions), "must contain unique version names"));
  }
  const stored = versions.filter(({ storage }) => storage === true);
  if (stored.length !== 1) {
    const why = "must have exactly one version marked as storage version";
    errors.push(invalidValue("spec.versions", inGo(versions), why));
  }
  for (const [index, version] of versions.entries()) {
    const at = `spec.versions[${index}]`;
    const name = text(version["name"]);
    errors.push(...dns1035Label(name).map((why) => invalidValue(`${at}.name`, name, why)));
  }
  errors.push(...partErrors(versions));
  if (stored.length === 0) {
    errors.push(
      invalidValue("status.storedVersions", null, "must have at least one stored version"),
    );
  }
  return errors;
}

const parts = ["additionalPrinterColumns", "schema", "selectableFields", "subresources"];

/** Versions as the real server prints them: its own structure, without what all versions share. */
function inGo(versions: readonly JsonObject[]): readonly JsonObject[] {
  const shared = sharedParts(versions);
  const shown = (version: JsonObject, part: string) =>
    shared.has(part) ? null : (version[part] ?? null);
  return versions.map((version) => ({
    Name: version["name"],
    Served: version["served"] === true,
    Storage: version["storage"] === true,
    Deprecated: version["deprecated"] === true,
    DeprecationWarning: version["deprecationWarning"] ?? null,
    Schema: shown(version, "schema"),
    Subresources: shown(version, "subresources"),
    AdditionalPrinterColumns: shown(version, "additionalPrinterColumns"),
    SelectableFields: shown(version, "selectableFields"),
  }));
}

function sharedParts(versions: readonly JsonObject[]): ReadonlySet<string> {
  const [first] = versions;
  return new Set(
    parts.filter((part) => versions.every((each) => deepEqual(each[part], first?.[part]))),
  );
}

/** Complaints about what all versions share are made once, at the place where the old API had it. */
function partErrors(versions: readonly JsonObject[]): readonly FieldError[] {
  const shared = sharedParts(versions);
  return versions.flatMap((version, index) => {
    const at = (part: string) => (shared.has(part) ? "spec" : `spec.versions[${index}]`);
    const wanted = (part: string) => index === 0 || !shared.has(part);
    const schemaAt = shared.has("schema") ? "spec.validation" : `${at("schema")}.schema`;
    const missing = record(version["schema"])["openAPIV3Schema"] === undefined;
    const where = missing ? `spec.versions[${index}].schema` : schemaAt;
    return [
      ...(missing || wanted("schema") ? schemaErrors(`${where}.openAPIV3Schema`, version) : []),
      ...(wanted("additionalPrinterColumns")
        ? columnErrors(at("additionalPrinterColumns"), version)
        : []),
      ...(wanted("subresources") ? scalePathErrors(at("subresources"), version) : []),
      ...(wanted("selectableFields") ? selectableErrors(at("selectableFields"), version) : []),
    ];
  });
}

function schemaErrors(at: string, version: JsonObject): readonly FieldError[] {
  const schema = record(version["schema"])["openAPIV3Schema"];
  if (schema === undefined) return [requiredValue(at)];
  return checkStructural(schema).map((error) => ({
    ...error,
    field: error.field === "" ? at : `${at}.${error.field}`,
  }));
}

const columnTypes = ["boolean", "date", "integer", "number", "string"];

function columnErrors(at: string, version: JsonObject): readonly FieldError[] {
  return records(version["additionalPrinterColumns"]).flatMap((column, index) => {
    const where = `${at}.additionalPrinterColumns[${index}]`;
    const { name, type, jsonPath } = column;
    const why = `must be one of ${columnTypes.join(",")}`;
    return [
      ...(text(name) === "" ? [requiredValue(`${where}.name`)] : []),
      ...(text(type) === "" ? [requiredValue(`${where}.type`, why)] : []),
      ...(text(type) === "" || columnTypes.includes(text(type))
        ? []
        : [invalidValue(`${where}.type`, type, why)]),
      ...(text(jsonPath) === "" ? [requiredValue(`${where}.JSONPath`)] : []),
    ];
  });
}

function scalePathErrors(at: string, version: JsonObject): readonly FieldError[] {
  const { scale } = record(version["subresources"]);
  if (scale === undefined) return [];
  const paths = record(scale);
  return [
    ...pathErrors(at, "specReplicasPath", paths["specReplicasPath"], ".spec"),
    ...pathErrors(at, "statusReplicasPath", paths["statusReplicasPath"], ".status"),
  ];
}

function pathErrors(
  at: string,
  field: string,
  value: unknown,
  root: string,
): readonly FieldError[] {
  const where = `${at}.subresources.scale.${field}`;
  const path = text(value);
  if (path === "") return [requiredValue(where)];
  if (!/^(\.[A-Za-z_][\w-]*)+$/.test(path)) {
    return [invalidValue(where, path, "must be a simple json path starting with .")];
  }
  return path.startsWith(`${root}.`)
    ? []
    : [invalidValue(where, path, `should be a json path under ${root}`)];
}

const mostSelectable = 8;
const selectableTypes = ["boolean", "integer", "string"];

function selectableErrors(at: string, version: JsonObject): readonly FieldError[] {
  const fields = records(version["selectableFields"]);
  const errors: FieldError[] = [];
  if (fields.length > mostSelectable) {
    errors.push({
      type: "TooMany",
      field: `${at}.selectableFields`,
      message: `Too many: ${fields.length}: must have at most ${mostSelectable} items`,
    });
  }
  for (const [index, { jsonPath }] of fields.entries()) {
    const where = `${at}.selectableFields[${index}].jsonPath`;
    const why = selectableProblem(version, text(jsonPath));
    if (why !== undefined) errors.push(invalidValue(where, jsonPath ?? "", why));
  }
  return errors;
}

function selectableProblem(version: JsonObject, path: string): string | undefined {
  if (path.startsWith(".metadata.")) return "must not point to fields in metadata";
  let node = record(record(version["schema"])["openAPIV3Schema"]);
  for (const step of path.replace(/^\./, "").split(".")) {
    const properties = record(node["properties"]);
    if (!Object.hasOwn(properties, step)) {
      return "is an invalid path: does not refer to a valid field";
    }
    node = record(properties[step]);
  }
  return selectableTypes.includes(text(node["type"]))
    ? undefined
    : "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
}
