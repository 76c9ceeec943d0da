import type { Random } from "../../kernel/random.ts";
import type { WebhookCaller } from "../admission/webhooks.ts";
import type { SelectableFields } from "../field-selector.ts";
import { compileSchema } from "../library.ts";
import { dnsSubdomain } from "../names.ts";
import { gvOf, type KubeObject } from "../object.ts";
import {
  type Conversion,
  type KindRules,
  noConversion,
  type Resource,
  tableId,
} from "../registry/resource.ts";
import { RemoteConversion } from "../registry/remote-conversion.ts";
import { conversionWebhook } from "./conversion-webhook.ts";
import { scaleErrors } from "./scale-validation.ts";
import { compareVersions } from "../registry/version-order.ts";
import {
  definitionOf,
  type Definition,
  type DefinitionVersion,
  hasCondition,
} from "./definition.ts";

/**
 * Converts custom objects whose definition says `strategy: Webhook`. In process this is the function behind the webhook;
 * it must be pure, and give the same object for the same input.
 */
export type ConvertObjects = (
  objects: readonly KubeObject[],
  apiVersion: string,
  definition: KubeObject,
) => readonly KubeObject[];

const customRules: KindRules = {
  unconditionalUpdate: false,
  createOnUpdate: false,
  generation: true,
  returnsDeleted: false,
  nameRule: dnsSubdomain,
  statusMetadata: false,
};

// The order in which discovery names them; it differs from that of built-in kinds.
const customVerbs = [
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "create",
  "update",
  "watch",
];

function rulesOf({ scale }: DefinitionVersion): KindRules {
  if (scale === undefined) return customRules;
  return { ...customRules, validate: (object) => scaleErrors(scale, object) };
}

function selectableOf(version: DefinitionVersion): SelectableFields {
  return {
    paths: Object.fromEntries(
      version.selectableFields.map((path) => {
        const plain = path.replace(/^\./, "");
        return [plain, plain.split(".")];
      }),
    ),
    refusal: (field) => `field label not supported: ${field}`,
  };
}

function deprecationOf(definition: Definition, version: DefinitionVersion): string | undefined {
  if (!version.deprecated) return undefined;
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const { group, names, versions } = definition;
  const newer = versions
    .filter(({ served, deprecated }) => served && !deprecated)
    .map(({ name }) => name)
    .filter((name) => compareVersions(name, version.name) < 0)
    .sort(compareVersions)[0];
  const advice = newer === undefined ? "" : `; use ${group}/${newer} ${names.kind}`;
  return `${group}/${version.name} ${names.kind} is deprecated${advice}`;
}

/** Who converts objects of definitions with `strategy: Webhook`. */
export interface Converters {
  /** In this process, and preferred to those that definitions name. */
  readonly convert: ConvertObjects | undefined;
  readonly callWebhook: WebhookCaller | undefined;
  readonly random: Random;
}

function conversionOf(crd: KubeObject, definition: Definition, converters: Converters): Conversion {
  const { convert, callWebhook, random } = converters;
  if (definition.conversion !== "Webhook") return noConversion;
  if (convert !== undefined) {
    return { convert: (objects, apiVersion) => convert(objects, apiVersion, crd) };
  }
  if (callWebhook === undefined) return noConversion;
  return new RemoteConversion(conversionWebhook(crd, { call: callWebhook, random }));
}

/** What a definition serves now: nothing before its names are accepted. */
export function customResources(crd: KubeObject, converters: Converters): readonly Resource[] {
  if (!hasCondition(crd, "Established")) return [];
  const definition = definitionOf(crd);
  const { group, names, namespaced, versions } = definition;
  const storage = versions.find((version) => version.storage);
  if (storage === undefined) return [];
  const conversion = conversionOf(crd, definition, converters);
  const schemas = new Map(
    versions.map(({ name, schema }) => [gvOf(group, name), compileSchema(schema)] as const),
  );
  const terminating = crd.metadata.deletionTimestamp !== undefined;
  return versions
    .filter(({ served }) => served)
    .map((version) => {
      const deprecation = deprecationOf(definition, version);
      return {
        group,
        version: version.name,
        apiVersion: gvOf(group, version.name),
        ...names,
        namespaced,
        table: tableId(group, names.plural),
        storageApiVersion: gvOf(group, storage.name),
        custom: true,
        terminating,
        verbs: customVerbs,
        subresources: new Set([
          ...(version.status ? ["status"] : []),
          ...(version.scale === undefined ? [] : ["scale"]),
        ]),
        openApi: version.schema,
        schema: schemas.get(gvOf(group, version.name)) ?? compileSchema(version.schema),
        schemas,
        rules: rulesOf(version),
        selectable: selectableOf(version),
        ...(version.scale === undefined ? {} : { scale: version.scale }),
        ...(version.columns === undefined ? {} : { columns: version.columns }),
        ...(deprecation === undefined ? {} : { deprecation }),
        conversion,
        views: new WeakMap(),
      };
    });
}
