import { formatTime } from "../../kernel/clock.ts";
import { randomHex } from "../../kernel/random.ts";
import type { ControllerContext } from "./context.ts";
import type { Meta } from "./objects.ts";

export interface Occurrence {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** Who reports: "default-scheduler". */
  readonly component: string;
}

/** Tells people what happened to an object; nobody's work depends on it, so a failure to write it is of no account. */
export async function recordEvent(
  context: Pick<ControllerContext, "call" | "clock" | "name" | "random">,
  about: { readonly kind: "Node" | "Pod"; readonly metadata: Meta },
  occurrence: Occurrence,
): Promise<void> {
  const { name, uid, namespace = "default" } = about.metadata;
  const { type, reason, message, component } = occurrence;
  const now = formatTime(context.clock.now());
  const suffix = randomHex(context.random, "event-name", `${context.name}/${name}`, 16);
  const event = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${suffix}`, namespace },
    involvedObject: {
      apiVersion: "v1",
      kind: about.kind,
      name,
      ...(about.kind === "Pod" ? { namespace } : {}),
      // For Nodes the name stands for the uid, as the real controllers have it.
      uid: about.kind === "Node" ? name : uid,
    },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    reportingInstance: "",
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  await context
    .call()
    .create(`/api/v1/namespaces/${namespace}/events`, event)
    .catch(() => undefined);
}
