import { formatTime } from "../kernel/clock.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import type { Admission } from "./admission/admission.ts";
import type { Authorizer } from "./authorization/authorize.ts";
import type { ClusterState } from "./cluster-state.ts";
import { managerOf, type RequestContext } from "./context.ts";
import type { Entry } from "./history.ts";
import type { KubeObject } from "./object.ts";
import { withConversions } from "./registry/remote-conversion.ts";
import { present, rememberView } from "./registry/views.ts";
import type { Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";
import type { Table } from "./table.ts";

/** What all handlers of one API server share. */
export interface Core {
  readonly state: ClusterState;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: Admission;
  readonly authorizer: Authorizer;
  readonly tokens: Tokens;
}

export function tableOf(core: Core, context: RequestContext): Table {
  return core.store.table(context.resource.table);
}

/** The time of a write. */
export function nowText(core: Core): string {
  return formatTime(core.clock.now());
}

/** Who the trace says has written: the client by its name, else by the manager that it declares. */
export function actorOf(context: RequestContext): string {
  const agent = context.request.headers["user-agent"]?.split(" ")[0]?.split("/v")[0] ?? "";
  return agent === "" ? managerOf(context) : agent;
}

export function traceName(
  context: RequestContext,
  object: { readonly namespace: string; readonly name: string },
): string {
  const { plural } = context.resource;
  const { namespace, name } = object;
  return namespace === "" ? `${plural}/${name}` : `${plural}/${namespace}/${name}`;
}

export interface WriteRecord {
  readonly verb: "apply" | "create" | "delete" | "patch" | "update";
  readonly namespace: string;
  readonly name: string;
}

export function traceWrite(
  core: Core,
  context: RequestContext,
  write: WriteRecord,
  entry: Entry,
): void {
  core.state.trace.record({
    kind: "kube.write",
    actor: actorOf(context),
    object: traceName(context, write),
    verb: write.verb,
    detail: {
      cluster: core.state.name,
      resourceVersion: entry.object.metadata.resourceVersion,
      ...(context.subresource === "" ? {} : { subresource: context.subresource }),
    },
  });
}

/**
 * Stores an object that all checks have passed, and says so in the trace. Returns it as the request's version shows it; a
 * promise only where a webhook has to say how that is.
 */
export function commit(
  core: Core,
  context: RequestContext,
  write: WriteRecord,
  stored: KubeObject,
): KubeObject | Promise<KubeObject> {
  const { resource } = context;
  const note = (object: KubeObject) => rememberView(resource, object);
  const entry = core.store.put(tableOf(core, context), write, stored, note);
  traceWrite(core, context, write, entry);
  const view = () => present(resource, entry.object);
  return resource.conversion.isRemote === true ? withConversions(view) : view();
}
