import type { OpenApiSchema } from "../library.ts";
import { isObject, type JsonObject, type KubeObject } from "../object.ts";
import type { PrinterColumn, ScalePaths } from "../registry/resource.ts";

/** The parts of a CustomResourceDefinition that serving needs, with the defaults filled in. */
export interface DefinitionNames {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated: boolean;
  readonly deprecationWarning?: string;
  readonly schema: OpenApiSchema;
  readonly status: boolean;
  readonly scale?: ScalePaths;
  readonly columns?: readonly PrinterColumn[];
  readonly selectableFields: readonly string[];
}

export interface Definition {
  readonly group: string;
  readonly namespaced: boolean;
  readonly names: DefinitionNames;
  readonly versions: readonly DefinitionVersion[];
  readonly conversion: string;
}

export function record(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

export function records(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function versionOf(version: JsonObject): DefinitionVersion {
  const subresources = record(version["subresources"]);
  const { scale } = subresources;
  const columns = version["additionalPrinterColumns"];
  return {
    name: text(version["name"]),
    served: version["served"] === true,
    storage: version["storage"] === true,
    deprecated: version["deprecated"] === true,
    ...(typeof version["deprecationWarning"] === "string"
      ? { deprecationWarning: version["deprecationWarning"] }
      : {}),
    schema: record(record(version["schema"])["openAPIV3Schema"]),
    status: isObject(subresources["status"]),
    ...(isObject(scale) ? { scale: scale as unknown as ScalePaths } : {}),
    ...(Array.isArray(columns) && columns.length > 0
      ? { columns: columns as readonly PrinterColumn[] }
      : {}),
    selectableFields: records(version["selectableFields"]).map((each) => text(each["jsonPath"])),
  };
}

/** Names as a controller would accept them: singular and list kind have defaults. */
function namesOf(names: JsonObject): DefinitionNames {
  const kind = text(names["kind"]);
  return {
    plural: text(names["plural"]),
    singular: text(names["singular"]) || kind.toLowerCase(),
    kind,
    listKind: text(names["listKind"]) || `${kind}List`,
    shortNames: texts(names["shortNames"]),
    categories: texts(names["categories"]),
  };
}

export function definitionOf(crd: KubeObject): Definition {
  const spec = record(crd["spec"]);
  return {
    group: text(spec["group"]),
    namespaced: spec["scope"] === "Namespaced",
    names: namesOf(record(spec["names"])),
    versions: records(spec["versions"]).map(versionOf),
    conversion: text(record(spec["conversion"])["strategy"]) || "None",
  };
}

export interface Condition {
  readonly type: string;
  readonly status: "False" | "True" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
}

export function conditionsOf(object: KubeObject): readonly Condition[] {
  const { conditions } = record(object["status"]);
  return Array.isArray(conditions) ? (conditions as readonly Condition[]) : [];
}

export function hasCondition(object: KubeObject, type: string): boolean {
  return conditionsOf(object).some((each) => each.type === type && each.status === "True");
}
