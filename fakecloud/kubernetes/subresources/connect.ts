import { query, type RequestContext } from "../context.ts";
import { type Core, tableOf } from "../core.ts";
import { record, records, text } from "../crds/definition.ts";
import { badRequest, notFound } from "../status.ts";
import { storageKey } from "../store.ts";
import type { SubresourceAnswer } from "./subresource.ts";

/**
 * Streams into a pod: logs, exec, attach, port-forward. Here only who may and whether there is such a pod is decided; 101
 * hands the connection to the adapter, which knows the backend.
 */
export async function connect(core: Core, context: RequestContext): Promise<SubresourceAnswer> {
  const entry = tableOf(core, context).get(storageKey(context.namespace, context.name));
  if (entry === undefined) throw notFound(context.resource, context.name);
  if (query(context, "dryRun") !== "") throw badRequest("dryRun is not supported");
  const spec = record(entry.object["spec"]);
  const names = records(spec["containers"]).map(({ name }) => text(name));
  const others = [...records(spec["initContainers"]), ...records(spec["ephemeralContainers"])].map(
    ({ name }) => text(name),
  );
  requireContainer(context, names, others);
  return { status: 101, object: undefined };
}

function requireContainer(
  context: RequestContext,
  names: readonly string[],
  others: readonly string[],
): void {
  if (context.subresource === "portforward") return;
  const wanted = query(context, "container");
  if (wanted === "") {
    if (names.length <= 1) return;
    const init = others.length === 0 ? "" : ` or one of the init containers: [${others.join(" ")}]`;
    throw badRequest(
      `a container name must be specified for pod ${context.name}, choose one of: [${names.join(" ")}]${init}`,
    );
  }
  if (!names.includes(wanted) && !others.includes(wanted)) {
    throw badRequest(`container ${wanted} is not valid for pod ${context.name}`);
  }
}
