import { deepFreeze } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { withConversions } from "./remote-conversion.ts";
import type { Resource } from "./resource.ts";

/**
 * A stored object as this version of its kind shows it. Custom objects are pruned and defaulted anew when the definition
 * has changed since they were written; the outcome is remembered with the object, so readers share it. What a webhook
 * converts is not remembered: the real server asks again each time.
 */
export function present(resource: Resource, stored: KubeObject): KubeObject {
  const isSame = stored.apiVersion === resource.apiVersion;
  if (!resource.custom && isSame) return stored;
  const known = resource.views.get(stored);
  if (known !== undefined) return known;
  const view = isSame ? asStored(resource, stored) : converted(resource, stored);
  const frozen = deepFreeze(keepIdentity(view, stored));
  if (isSame || resource.conversion.isRemote !== true) resource.views.set(stored, frozen);
  return frozen;
}

/** As the schema of its own version shows it: defaults are those of the version that is stored. */
function asStored(resource: Resource, stored: KubeObject): KubeObject {
  const schema = resource.schemas?.get(stored.apiVersion);
  if (schema === undefined) return stored;
  return schema.applyDefaults(schema.prune(stored).value) as KubeObject;
}

function converted(resource: Resource, stored: KubeObject): KubeObject {
  const source = asStored(resource, stored);
  const [object = source] = resource.conversion.convert([source], resource.apiVersion);
  return resource.custom ? (resource.schema.prune(object).value as KubeObject) : object;
}

/** Has a webhook convert at once what would else be asked for one by one. */
export function prepareViews(resource: Resource, stored: readonly KubeObject[]): void {
  if (resource.conversion.isRemote !== true) return;
  const sources = stored.map((each) => asStored(resource, each));
  resource.conversion.convert(sources, resource.apiVersion);
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

/** The same where a webhook may have to be asked: a promise only then. */
export function forStorage(
  resource: Resource,
  object: KubeObject,
): KubeObject | Promise<KubeObject> {
  if (resource.conversion.isRemote !== true) return toStorage(resource, object);
  return withConversions(() => toStorage(resource, object));
}

/** Says that a stored object was written by this very definition: reading it needs no second pass. */
export function rememberView(resource: Resource, stored: KubeObject): void {
  if (resource.custom && stored.apiVersion === resource.apiVersion) {
    resource.views.set(stored, stored);
  }
}
