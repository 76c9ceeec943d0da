import { deepFreeze } from "../json.ts";
import type { KubeObject } from "../object.ts";
import type { Resource } from "./resource.ts";

/**
 * A stored object as this version of its kind shows it. Custom objects are pruned and defaulted anew when the definition
 * has changed since they were written; the outcome is remembered with the object, so readers share it.
 */
export function present(resource: Resource, stored: KubeObject): KubeObject {
  if (!resource.custom && stored.apiVersion === resource.apiVersion) return stored;
  const known = resource.views.get(stored);
  if (known !== undefined) return known;
  const [converted = stored] =
    stored.apiVersion === resource.apiVersion
      ? [stored]
      : resource.conversion.convert([stored], resource.apiVersion);
  const view = resource.custom ? read(resource, converted) : converted;
  const frozen = deepFreeze(keepIdentity(view, stored));
  resource.views.set(stored, frozen);
  return frozen;
}

function read(resource: Resource, object: KubeObject): KubeObject {
  const { value } = resource.schema.prune(object);
  return resource.schema.applyDefaults(value) as KubeObject;
}

/** A converter decides about labels and annotations; who the object is stays as it was. */
export function keepIdentity(view: KubeObject, stored: KubeObject): KubeObject {
  if (view.metadata === stored.metadata) return view;
  const { labels, annotations } = view.metadata;
  const { labels: _labels, annotations: _annotations, ...rest } = stored.metadata;
  return {
    ...view,
    metadata: {
      ...rest,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

/** The object in the version in which it is stored. */
export function toStorage(resource: Resource, object: KubeObject): KubeObject {
  if (object.apiVersion === resource.storageApiVersion) return object;
  const [converted = object] = resource.conversion.convert([object], resource.storageApiVersion);
  return { ...converted, metadata: keepIdentity(converted, object).metadata };
}

/** Says that a stored object was written by this very definition: reading it needs no second pass. */
export function rememberView(resource: Resource, stored: KubeObject): void {
  if (resource.custom && stored.apiVersion === resource.apiVersion) {
    resource.views.set(stored, stored);
  }
}
