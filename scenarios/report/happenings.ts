import { formatSpan } from "./format-time.ts";
import { at, textAt } from "./fields.ts";
import { isMap, type Json } from "./patch.ts";
import type { Playback, PlayedEvent } from "./playback.ts";

/** Something that people or nature do: a flag at its time, or a shade over as long as it lasts. */
export interface Happening {
  readonly who: "nature" | "people";
  readonly fromMs: number;
  /** The same as `fromMs` for what happens at once. */
  readonly toMs: number;
  /** "zone b is down", "sets spec.version to v1.35.0 on kubeadmcontrolplane/x". */
  readonly label: string;
  readonly event: number;
  /** Times at which a fault has struck. */
  readonly strikes: readonly number[];
}

export function computeHappenings(playback: Playback): readonly Happening[] {
  const steps = playback
    .eventsOf("step")
    .filter(({ verb }) => verb !== "fault" && verb !== "chooses")
    .map((event): Happening => ({
      who: "people",
      fromMs: event.atMs,
      toMs: event.atMs,
      label: describeStep(event),
      event: event.index,
      strikes: [],
    }));
  return [...steps, ...faultsOf(playback)].toSorted((a, b) => a.fromMs - b.fromMs);
}

function faultsOf(playback: Playback): readonly Happening[] {
  const found: { -readonly [field in keyof Happening]: Happening[field] }[] = [];
  const active = new Map<string, (typeof found)[number]>();
  for (const event of playback.eventsOf("fault")) {
    const id = event.object.replace(/^fault\//, "");
    if (event.verb === "begins") {
      const fault = {
        who: "nature" as const,
        fromMs: event.atMs,
        toMs: playback.recording.run.virtualMs,
        label: describeFault(event.detail),
        event: event.index,
        strikes: [],
      };
      found.push(fault);
      active.set(id, fault);
    } else if (event.verb === "ends" || event.verb === "is removed") {
      const fault = active.get(id);
      if (fault !== undefined) fault.toMs = event.atMs;
    } else {
      const cause = textAt(event.detail, "cause");
      const fault = active.get(cause) ?? (active.size === 1 ? [...active.values()][0] : undefined);
      if (fault !== undefined) fault.strikes = [...fault.strikes, event.atMs];
    }
  }
  return found;
}

const steps: Readonly<Record<string, (detail: Json | undefined) => string>> = {
  apply: (detail) => {
    const manifests = at(detail, "manifests");
    const files = Array.isArray(manifests)
      ? manifests.map((path) => String(path).split("/").at(-1)).join(", ")
      : "";
    const cluster = textAt(detail, "cluster");
    return cluster === "" ? `applies ${files}` : `applies ${files} in ${cluster}`;
  },
  patch: (detail) => {
    const set = at(detail, "set");
    const changes = Object.entries(isMap(set) ? set : {}).map(([path, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `${path} to ${text}`;
    });
    return `sets ${changes.join(" and ")} on ${textAt(detail, "target")}`;
  },
  scale: (detail) =>
    `scales ${textAt(detail, "target")} to ${JSON.stringify(at(detail, "replicas"))}`,
  delete: (detail) => `deletes ${textAt(detail, "target")}`,
  pause: (detail) => `pauses ${textAt(detail, "target")}`,
  unpause: (detail) => `unpauses ${textAt(detail, "target")}`,
  deleteMachine: () => "deletes a Machine",
  terminateInstance: () => "terminates an instance behind everybody's back",
  restartControllers: () => "kills the controllers",
};

function describeStep({ verb, detail }: PlayedEvent): string {
  return steps[verb]?.(detail) ?? verb;
}

const faults: Readonly<Record<string, (main: string, call: string) => string>> = {
  zoneOutage: (zone) => `zone ${zone} is down`,
  consistencyLag: (lag) => `reads of the cloud lag by up to ${lag}`,
  loseResponse: (_, call) => `answers to ${call} are lost`,
  fail: (code, call) => `${call} fails with ${code}`,
  delay: (time, call) => `${call} is slow by ${time}`,
};

/** "zone b is down"; a kind that has no words of its own is spelled out: "spot interruption (b)". */
function describeFault(source: Json | undefined): string {
  const what = at(source, "do");
  const [kind = "fault", fields] = Object.entries(isMap(what) ? what : {})[0] ?? [];
  const values = isMap(fields) ? Object.values(fields) : [fields];
  const main = values
    .filter((value) => value !== undefined && value !== null)
    .map(String)
    .join(", ");
  const call = at(source, "call");
  const calls = isMap(call) ? Object.values(call).map(String).join(" ") : "calls";
  const spelled = kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const words = faults[kind]?.(main, calls) ?? (main === "" ? spelled : `${spelled} (${main})`);
  const chance = at(source, "chance");
  const often = typeof chance === "number" ? `, ${Math.round(chance * 100)} % of the time` : "";
  return `${words}${often}`;
}

/** "for 30 min", or nothing for what happens at once. */
export function lasting({ fromMs, toMs }: Happening): string {
  return toMs > fromMs ? ` for ${formatSpan(toMs - fromMs)}` : "";
}
