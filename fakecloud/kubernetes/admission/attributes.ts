import { query, type RequestContext } from "../context.ts";
import { gvOf, isObject, type JsonObject, type KubeObject } from "../object.ts";
import { withConversions } from "../registry/remote-conversion.ts";
import { keepIdentity } from "../registry/views.ts";
import type { Attributes, AdmissionRequest } from "./admission.ts";

/** What is peculiar to one write, beside the request that asks for it. */
export type AboutWrite = Pick<AdmissionRequest, "dryRun" | "object" | "oldObject" | "operation">;

/** What admission is asked about a write. */
export function admissionRequest(context: RequestContext, about: AboutWrite): AdmissionRequest {
  const { group, version, kind, plural } = context.resource;
  return {
    ...about,
    group,
    version,
    kind,
    plural,
    subresource: context.subresource,
    namespace: context.namespace,
    name: about.operation === "CREATE" ? (about.object?.metadata.name ?? "") : context.name,
    user: context.user,
    options: () => optionsOf(context, about.operation),
    warn: (text) => context.warnings.push(text),
  };
}

/** The options of a write as an object; those of a patch are shown as those of what it comes to. */
function optionsOf(context: RequestContext, operation: AdmissionRequest["operation"]): JsonObject {
  const apiVersion = "meta.k8s.io/v1";
  const { dryRun } = context.request.query;
  if (operation === "DELETE") {
    const { body } = context.request;
    const given = isObject(body) ? body : dryRun === undefined ? {} : { dryRun };
    return { ...given, kind: "DeleteOptions", apiVersion };
  }
  const kind = operation === "CREATE" ? "CreateOptions" : "UpdateOptions";
  const named = ["fieldManager", "fieldValidation"].flatMap((name) => {
    const value = query(context, name);
    return value === "" ? [] : [[name, value] as const];
  });
  const dry = dryRun === undefined ? {} : { dryRun };
  return { kind, apiVersion, ...dry, ...Object.fromEntries(named) };
}

/** A request together with how its objects are converted for hooks that want another version. */
export function attributesOf(context: RequestContext, request: AdmissionRequest): Attributes {
  const { resource } = context;
  const convert = (object: KubeObject, version: string) => {
    const apiVersion = gvOf(resource.group, version);
    if (object.apiVersion === apiVersion) return object;
    const run = (): KubeObject => {
      const [converted = object] = resource.conversion.convert([object], apiVersion);
      return keepIdentity(converted, object);
    };
    return resource.conversion.isRemote === true ? withConversions(run) : run();
  };
  return { resource, request, warnings: context.warnings, convert };
}
