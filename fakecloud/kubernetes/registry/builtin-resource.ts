import { metadataFieldsOnly, type SelectableFields } from "../field-selector.ts";
import { type BuiltinKind, compileSchema } from "../library.ts";
import { dnsLabel, dnsSubdomain, type NameRule, pathSegment } from "../names.ts";
import { gvOf } from "../object.ts";
import {
  conditionalUpdateKinds,
  createOnUpdateKinds,
  generationKinds,
  pathSegmentKinds,
  returnDeletedKinds,
  selectableFields,
  statusWithoutMetadataKinds,
} from "../tables/kind-rules.ts";
import { autoscalerConversion } from "./autoscaler-conversion.ts";
import { eventConversion } from "./event-conversion.ts";
import { builtinStrategies } from "./strategies/strategies.ts";
import {
  allVerbs,
  type Conversion,
  type KindRules,
  noConversion,
  type Resource,
  tableId,
} from "./resource.ts";

/** Kinds whose versions differ in more than their names. */
const conversions: Readonly<Record<string, Conversion>> = {
  Event: eventConversion,
  HorizontalPodAutoscaler: autoscalerConversion,
};

/** Kinds that are asked and answered, never stored. */
const createOnlyKinds: ReadonlySet<string> = new Set([
  "Binding",
  "LocalSubjectAccessReview",
  "SelfSubjectAccessReview",
  "SelfSubjectReview",
  "SelfSubjectRulesReview",
  "SubjectAccessReview",
  "TokenReview",
]);

function verbsOf(kind: string): readonly string[] {
  if (createOnlyKinds.has(kind)) return ["create"];
  if (kind === "ComponentStatus") return ["get", "list"];
  return kind === "Namespace" ? allVerbs.filter((verb) => verb !== "deletecollection") : allVerbs;
}

function nameRuleOf(id: string): NameRule {
  if (id === "Namespace") return dnsLabel;
  // The relaxed rule for names of Services is on by default from 1.36.
  if (id === "Service") return dnsLabel;
  return pathSegmentKinds.has(id) ? pathSegment : dnsSubdomain;
}

function selectableOf(id: string, kind: string): SelectableFields {
  const paths = selectableFields[id];
  if (paths === undefined) return metadataFieldsOnly;
  return {
    ...(kind === "Namespace" || kind === "Node" ? { withoutNamespace: true } : {}),
    paths: Object.fromEntries(
      Object.entries(paths).map(([field, path]) => [field, path.split(".")]),
    ),
    refusal: (field) =>
      kind === "Job"
        ? `field label "${field}" not supported for Job`
        : `field label not supported: ${field}`,
  };
}

function rulesOf(id: string): KindRules {
  return {
    unconditionalUpdate: !conditionalUpdateKinds.has(id),
    createOnUpdate: createOnUpdateKinds.has(id),
    generation: generationKinds.has(id),
    returnsDeleted: returnDeletedKinds.has(id),
    nameRule: nameRuleOf(id),
    statusMetadata: !statusWithoutMetadataKinds.has(id),
    ...builtinStrategies[id],
  };
}

/** The kinds of `types/` as the registry serves them. All versions of a kind are stored in the first one listed. */
export function builtinResources(kinds: readonly BuiltinKind[]): readonly Resource[] {
  const storageVersions = new Map<string, string>();
  return kinds.map((kind) => {
    // Events have two faces: what is written through one is read through the other.
    const isEvent = kind.kind === "Event";
    const table = isEvent ? "events" : tableId(kind.group, kind.plural);
    const apiVersion = gvOf(kind.group, kind.version);
    const storageApiVersion = storageVersions.get(table) ?? apiVersion;
    storageVersions.set(table, storageApiVersion);
    const id = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
    return {
      group: kind.group,
      version: kind.version,
      apiVersion,
      kind: kind.kind,
      listKind: kind.listKind,
      plural: kind.plural,
      singular: kind.singular,
      shortNames: kind.shortNames,
      categories: kind.categories,
      namespaced: kind.namespaced,
      table,
      storageApiVersion,
      custom: false,
      terminating: false,
      verbs: verbsOf(kind.kind),
      subresources: new Set(kind.subresources),
      openApi: kind.schema,
      schema: compileSchema(kind.schema),
      ...(id === "Endpoints"
        ? {
            deprecation:
              "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
          }
        : {}),
      rules: rulesOf(id),
      selectable: selectableOf(id, kind.kind),
      conversion: conversions[kind.kind] ?? noConversion,
      views: new WeakMap(),
    };
  });
}
