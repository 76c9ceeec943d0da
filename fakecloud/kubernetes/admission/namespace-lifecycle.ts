import type { RequestContext } from "../context.ts";
import type { Core } from "../core.ts";
import type { KubeObject } from "../object.ts";
import { forbidden, notFound } from "../status.ts";

const immortal = new Set(["default", "kube-public", "kube-system"]);
const namespaces = { group: "", plural: "namespaces" };

/** Nothing is created in a namespace that does not exist or is being deleted. */
export function requireLiveNamespace(
  core: Core,
  context: RequestContext,
  operation: "CREATE" | "UPDATE",
  object: KubeObject,
): void {
  const { namespace, resource } = context;
  if (namespace === "") return;
  const live = core.store.table("namespaces").get(namespace);
  if (live === undefined) throw notFound(namespaces, namespace);
  if (operation === "UPDATE" || live.object.metadata.deletionTimestamp === undefined) return;
  const name = object.metadata.name ?? object.metadata.generateName ?? "Unknown";
  throw forbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ],
  );
}

/** The namespaces that the cluster itself lives in can't be deleted. */
export function requireMortal(context: RequestContext): void {
  if (context.resource.table === "namespaces" && immortal.has(context.name)) {
    throw forbidden(namespaces, context.name, "this namespace may not be deleted");
  }
}
