import { formatClock, formatSpan } from "../format-time.ts";
import type { Capacity, CapacityPoint } from "../capacity.ts";
import type { Happening } from "../happenings.ts";
import type { Lane, Segment } from "../lanes.ts";
import type { EtcdFacts } from "../recording.ts";
import { shape } from "./dom.ts";
import { type View, xOf } from "./view.ts";

/** One line of the timeline: a label and what is drawn beside it. */
export interface Row {
  readonly title: string;
  /** Smaller, under or behind the title. */
  readonly note: string;
  /** What a screen reader says of the drawing. */
  readonly description: string;
  readonly height: number;
  draw(view: View): readonly SVGElement[];
  /** The event that a click at this time means, where it hits nothing. */
  pick?(ms: number): number | undefined;
}

export interface RowGroup {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly isOpen: boolean;
}

interface Strip {
  readonly y: number;
  readonly height: number;
  /** Begins the class of each bar: "phase", "instance", "node". */
  readonly family: string;
}

/** Bars of one strip; those narrower than a pixel still show. */
export function bars(
  view: View,
  segments: readonly Segment[],
  strip: Strip,
): readonly SVGElement[] {
  return segments.flatMap(({ fromMs, toMs, state, event }) => {
    const left = Math.max(-2, xOf(view, fromMs));
    const right = Math.min(view.width + 2, xOf(view, toMs));
    if (right < 0 || left > view.width) return [];
    const width = Math.max(1, right - left - (right < view.width ? 0.5 : 0));
    const place = { x: left, y: strip.y, width, height: strip.height, rx: 1.5 };
    const title = `${state}, ${formatClock(fromMs)} to ${formatClock(toMs)} (${formatSpan(toMs - fromMs)})`;
    const bar = shape(
      "rect",
      { ...place, class: `bar ${strip.family}-${state}`, "data-event": event },
      shape("title", {}, title),
    );
    const pattern = shape("rect", { ...place, class: `pattern ${strip.family}-${state}-pattern` });
    return [bar, pattern];
  });
}

export function laneRow(lane: Lane, isCompact: boolean): Row {
  const { machine, phases, instanceStates, nodeStates, zone, version, instance } = lane;
  const told = (name: string, segments: readonly Segment[]) =>
    segments.length === 0
      ? ""
      : ` ${name}: ${segments.map(({ state, fromMs }) => `${state} from ${formatClock(fromMs)}`).join(", ")}.`;
  return {
    title: machine,
    note: [zone.split("-").at(-1) ?? "", version, instance]
      .filter((text) => text !== "")
      .join(" · "),
    description: `Machine ${machine}.${told("Phases", phases)}${told("Instance", instanceStates)}${told("Node", nodeStates)}`,
    height: isCompact ? 14 : 34,
    draw: (view) =>
      isCompact
        ? bars(view, phases, { y: 2, height: 10, family: "phase" })
        : [
            ...bars(view, phases, { y: 4, height: 12, family: "phase" }),
            ...bars(view, instanceStates, { y: 18, height: 5, family: "instance" }),
            ...bars(view, nodeStates, { y: 25, height: 5, family: "node" }),
          ],
    pick: (ms) => phases.find(({ fromMs, toMs }) => ms >= fromMs && ms <= toMs)?.event,
  };
}

export function happeningRow(happening: Happening): Row {
  const { label, fromMs, toMs, event, who, strikes } = happening;
  return {
    title: who === "people" ? "Somebody" : "Fault",
    note: toMs > fromMs ? formatSpan(toMs - fromMs) : "",
    description: `${label}, ${formatClock(fromMs)}${toMs > fromMs ? ` to ${formatClock(toMs)}` : ""}`,
    height: 22,
    draw(view) {
      const left = xOf(view, fromMs);
      if (toMs === fromMs)
        return [flag(left, event), beside(view, { left, right: left + 9, label })];
      const right = Math.max(left + 2, xOf(view, toMs));
      const place = { x: left, y: 4, width: right - left, height: 14, rx: 2, "data-event": event };
      return [
        shape("rect", { ...place, class: "fault" }, shape("title", {}, label)),
        shape("rect", { ...place, class: "pattern fault-pattern" }),
        ...strikes.map((ms) =>
          shape("line", { x1: xOf(view, ms), x2: xOf(view, ms), y1: 3, y2: 19, class: "strike" }),
        ),
        beside(view, { left, right, label }),
      ];
    },
    pick: () => event,
  };
}

function flag(x: number, event: number): SVGElement {
  return shape("path", {
    d: `M${x} 20V3h11l-3 4 3 4H${x + 1.5}V20z`,
    class: "flag",
    "data-event": event,
  });
}

/** The label behind what it names, before it where there is more room, or on it where there is none. */
function beside(
  view: View,
  { left, right, label }: { readonly left: number; readonly right: number; readonly label: string },
): SVGElement {
  const after = { x: right + 6, "text-anchor": "start" };
  const before = { x: left - 6, "text-anchor": "end" };
  const on = { x: Math.max(0, left) + 8, "text-anchor": "start" };
  const place = right < view.width * 0.62 ? after : left > view.width * 0.38 ? before : on;
  return shape("text", { ...place, y: 15, class: "happening-label" }, label);
}

export function capacityRow(capacity: Capacity, endMs: number): Row {
  const { kind, name, points } = capacity;
  const most = Math.max(1, ...points.map(({ upper, total }) => Math.max(upper, total)));
  const height = Math.min(92, 34 + most * 8);
  const last = points.at(-1);
  const summary =
    last === undefined ? "" : `${last.available} of ${last.desired} available at the end`;
  return {
    title: name,
    note: `${kind === "MachineDeployment" ? "MachineDeployment" : "control plane"} · ${summary}`,
    description: `Capacity of ${kind} ${name}: ${summary}.`,
    height,
    draw(view) {
      const y = (count: number) => height - 8 - (count / most) * (height - 18);
      const line = (value: (point: CapacityPoint) => number) =>
        stepLine(view, points, { endMs, y, value });
      const upper = line(({ upper }) => upper);
      const lower = line(({ lower }) => lower);
      const available = line(({ available }) => available);
      const bottom = `L${xOf(view, endMs)} ${y(0)}L${xOf(view, points[0]?.atMs ?? 0)} ${y(0)}Z`;
      return [
        shape("path", { d: `${upper}${reversed(lower)}Z`, class: "band" }),
        shape("path", { d: `${available}${bottom}`, class: "available-area" }),
        shape("path", { d: line(({ desired }) => desired), class: "desired" }),
        shape("path", { d: line(({ total }) => total), class: "total" }),
        shape("path", { d: available, class: "available" }),
        shape("text", { x: 2, y: y(most) - 1, class: "axis-number" }, String(most)),
      ];
    },
    pick: (ms) => points.findLast(({ atMs }) => atMs <= ms)?.event,
  };
}

function stepLine(
  view: View,
  points: readonly CapacityPoint[],
  how: {
    readonly endMs: number;
    readonly y: (count: number) => number;
    readonly value: (point: CapacityPoint) => number;
  },
): string {
  const { endMs, y, value } = how;
  let path = "";
  for (const point of points) {
    const [x, height] = [xOf(view, point.atMs).toFixed(1), y(value(point)).toFixed(1)];
    path += path === "" ? `M${x} ${height}` : `H${x}V${height}`;
  }
  return `${path}H${xOf(view, endMs).toFixed(1)}`;
}

/** The same line from its end to its beginning, to close an area with. */
function reversed(line: string): string {
  let [x, y] = ["0", "0"];
  const corners: string[] = [];
  for (const [, letter, a = "0", b = ""] of line.matchAll(/([MHV])([\d.-]+)(?: ([\d.-]+))?/g)) {
    if (letter === "M") [x, y] = [a, b];
    if (letter === "H") x = a;
    if (letter === "V") y = a;
    corners.push(`L${x} ${y}`);
  }
  return corners.toReversed().join("");
}

export function etcdRow(cluster: string, facts: readonly EtcdFacts[], endMs: number): Row {
  const pieces = facts.map((one, index) => ({ ...one, toMs: facts[index + 1]?.atMs ?? endMs }));
  const most = Math.max(1, ...facts.map(({ members }) => members.length));
  const words = ({ members, hasQuorum }: EtcdFacts) => {
    const voters = members.filter(({ isLearner }) => !isLearner);
    const learners = members.length - voters.length;
    const up = voters.filter(({ isUp }) => isUp).length;
    const margin = up - (Math.floor(voters.length / 2) + 1);
    return `${up} of ${voters.length} voters up${learners > 0 ? `, ${learners} learner` : ""}; ${
      hasQuorum ? `${margin} may still fail` : "no quorum"
    }`;
  };
  return {
    title: `etcd of ${cluster}`,
    note: facts.length === 0 ? "" : words(facts.at(-1) as EtcdFacts),
    description: `etcd of ${cluster}. ${facts.map((one) => `From ${formatClock(one.atMs)} ${words(one)}`).join(". ")}.`,
    height: 16 + most * 7,
    draw: (view) =>
      pieces.flatMap((piece) => {
        const left = Math.max(0, xOf(view, piece.atMs));
        const right = Math.min(view.width, xOf(view, piece.toMs));
        if (right <= left) return [];
        const width = Math.max(1, right - left - 0.5);
        const title = () =>
          shape(
            "title",
            {},
            `${words(piece)}, ${formatClock(piece.atMs)} to ${formatClock(piece.toMs)}`,
          );
        const quorum = piece.hasQuorum
          ? []
          : [
              shape(
                "rect",
                { x: left, y: 0, width, height: 16 + most * 7, class: "no-quorum" },
                title(),
              ),
            ];
        return [
          ...quorum,
          ...piece.members.map((member, index) =>
            shape(
              "rect",
              {
                x: left,
                y: 8 + index * 7,
                width,
                height: 5,
                class: member.isLearner ? "learner" : member.isUp ? "voter" : "voter-down",
              },
              title(),
            ),
          ),
        ];
      }),
  };
}
