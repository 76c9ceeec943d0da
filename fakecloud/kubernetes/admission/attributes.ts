import type { RequestContext } from "../context.ts";
import { gvOf, type KubeObject } from "../object.ts";
import { keepIdentity } from "../registry/views.ts";
import type { Attributes, AdmissionRequest } from "./admission.ts";

/** A request together with how its objects are converted for hooks that want another version. */
export function attributesOf(context: RequestContext, request: AdmissionRequest): Attributes {
  const { resource } = context;
  const convert = (object: KubeObject, version: string): KubeObject => {
    const apiVersion = gvOf(resource.group, version);
    if (object.apiVersion === apiVersion) return object;
    const [converted = object] = resource.conversion.convert([object], apiVersion);
    return keepIdentity(converted, object);
  };
  return { resource, request, warnings: context.warnings, convert };
}
