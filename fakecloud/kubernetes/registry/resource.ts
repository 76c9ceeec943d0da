import type { Clock } from "../../kernel/clock.ts";
import type { UserInfo } from "../contract.ts";
import type { FieldError } from "../field-error.ts";
import type { SelectableFields } from "../field-selector.ts";
import type { CompiledSchema, OpenApiSchema } from "../library.ts";
import type { NameRule } from "../names.ts";
import type { KubeObject } from "../object.ts";
import type { Store } from "../store.ts";

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** What a kind may look at when it prepares an object. */
export interface KindEnvironment {
  readonly clock: Clock;
  readonly store: Store;
  readonly user: UserInfo;
}

/** What is peculiar to one kind, beyond its schema. */
export interface KindRules {
  /** An update without resourceVersion overwrites whatever is there. */
  readonly unconditionalUpdate: boolean;
  /** A PUT to a missing name creates it. */
  readonly createOnUpdate: boolean;
  readonly generation: boolean;
  /** DELETE answers with the object rather than with a Status. */
  readonly returnsDeleted: boolean;
  readonly nameRule: NameRule;
  /** What the status endpoint takes over from the request besides the status. */
  readonly statusMetadata: boolean;
  /** A new object keeps the status that it comes with, although the status has an endpoint of its own. */
  readonly keepsStatusOnCreate?: boolean;
  /** Changes that creating makes to the object, after defaults. */
  readonly prepareCreate?: (object: KubeObject, environment: KindEnvironment) => KubeObject;
  readonly prepareUpdate?: (object: KubeObject, live: KubeObject) => KubeObject;
  /** Marks that deleting leaves while something holds the object. */
  readonly prepareDelete?: (live: KubeObject, environment: KindEnvironment) => KubeObject;
  readonly validate?: (object: KubeObject, live: KubeObject | undefined) => readonly FieldError[];
}

/** One served kind in one version: all that handlers need to know. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Where its objects are stored; the same for all versions of a kind. */
  readonly table: string;
  readonly storageApiVersion: string;
  /** Defined by a CustomResourceDefinition. */
  readonly custom: boolean;
  /** A CRD that is being deleted serves no more creates. */
  readonly terminating: boolean;
  readonly verbs: readonly string[];
  readonly subresources: ReadonlySet<string>;
  readonly openApi: OpenApiSchema;
  readonly schema: CompiledSchema;
  readonly rules: KindRules;
  readonly selectable: SelectableFields;
  readonly scale?: ScalePaths;
  readonly columns?: readonly PrinterColumn[];
  /** The text of the warning that every request to a deprecated version gets. */
  readonly deprecation?: string;
  /** Turns an object of the storage version into this version, and back. */
  readonly conversion: Conversion;
  /** Of a custom kind: the schemas of all its versions by apiVersion, for objects are given defaults as what they are stored. */
  readonly schemas?: ReadonlyMap<string, CompiledSchema>;
  /** What reading made of stored objects: converted, pruned and defaulted once, then shared. */
  readonly views: WeakMap<KubeObject, KubeObject>;
}

export interface Conversion {
  /** Somebody has to be asked: `convert` throws ConversionNeeded until that has happened. */
  readonly isRemote?: true;
  convert(objects: readonly KubeObject[], apiVersion: string): readonly KubeObject[];
}

/** Only the apiVersion changes. */
export const noConversion: Conversion = {
  convert: (objects, apiVersion) =>
    objects.map((object) =>
      object.apiVersion === apiVersion ? object : { ...object, apiVersion },
    ),
};

export function resourceKey(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}

export function tableId(group: string, plural: string): string {
  return group === "" ? plural : `${plural}.${group}`;
}

export const allVerbs: readonly string[] = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
];
