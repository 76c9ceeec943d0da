import { formatClock } from "../format-time.ts";
import type { Playback } from "../playback.ts";
import type { PromiseFacts, RecordedViolation } from "../recording.ts";
import { shape } from "./dom.ts";
import type { Row } from "./rows.ts";
import { type View, xOf } from "./view.ts";

interface Mark {
  readonly ms: number;
  readonly event: number;
  readonly isBad: boolean;
}

/** One row per controller: a tick per reconcile, taller and red where it failed. */
export function reconcileRows(playback: Playback): readonly Row[] {
  const byController = new Map<string, Mark[]>();
  for (const { actor, verb, atMs, index } of playback.eventsOf("reconcile")) {
    const marks = byController.get(actor) ?? [];
    byController.set(actor, marks);
    marks.push({ ms: atMs, event: index, isBad: verb === "error" || verb === "terminal" });
  }
  return [...byController]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([controller, marks]) => tickRow(controller, marks, ["reconcile", "reconciles"]));
}

/** How many calls and writes there were, over time. */
export function rateRows(playback: Playback): readonly Row[] {
  const calls = playback.eventsOf("cloud.call").map(({ atMs, index, detail }) => ({
    ms: atMs,
    event: index,
    isBad: detail !== undefined,
  }));
  const writes = playback
    .eventsOf("kube.write")
    .map(({ atMs, index }) => ({ ms: atMs, event: index, isBad: false }));
  return [
    histogramRow("AWS calls", calls, "refused"),
    histogramRow("Kubernetes writes", writes, ""),
  ].filter((row) => row !== undefined);
}

function tickRow(
  title: string,
  marks: readonly Mark[],
  [one, many]: readonly [string, string],
): Row {
  const bad = marks.filter(({ isBad }) => isBad).length;
  const count = `${marks.length} ${marks.length === 1 ? one : many}${bad === 0 ? "" : `, ${bad} failed`}`;
  return {
    title,
    note: count,
    description: `${title}: ${count}.`,
    height: 20,
    draw: (view) => [
      shape("path", {
        d: ticks(
          view,
          marks.filter(({ isBad }) => !isBad),
          [6, 14],
        ),
        class: "tick",
      }),
      shape("path", {
        d: ticks(
          view,
          marks.filter(({ isBad }) => isBad),
          [3, 17],
        ),
        class: "tick-bad",
      }),
    ],
    pick: (ms) => nearest(marks, ms)?.event,
  };
}

/** One stroke per pixel at most, however many events there are. */
function ticks(
  view: View,
  marks: readonly Mark[],
  [top, bottom]: readonly [number, number],
): string {
  let path = "";
  let lastX = -1;
  for (const { ms } of marks) {
    const x = Math.round(xOf(view, ms));
    if (x === lastX || x < 0 || x > view.width) continue;
    lastX = x;
    path += `M${x + 0.5} ${top}V${bottom}`;
  }
  return path;
}

const binWidth = 4;
const histogramHeight = 34;

function histogramRow(title: string, marks: readonly Mark[], badWord: string): Row | undefined {
  if (marks.length === 0) return undefined;
  const bad = marks.filter(({ isBad }) => isBad).length;
  const note = `${marks.length}${bad === 0 ? "" : `, ${bad} ${badWord}`}`;
  return {
    title,
    note,
    description: `${title}: ${note}.`,
    height: histogramHeight,
    draw(view) {
      const bins = binsOf(view, marks);
      const most = Math.max(1, ...bins.map(({ all }) => all));
      const scaled = (count: number) =>
        (Math.sqrt(count / most) * (histogramHeight - 6)).toFixed(1);
      const path = (of: "all" | "bad") =>
        bins
          .map((bin, index) =>
            bin[of] === 0
              ? ""
              : `M${index * binWidth + 1.5} ${histogramHeight - 2}v-${scaled(bin[of])}`,
          )
          .join("");
      return [
        shape("path", { d: path("all"), class: "rate" }),
        shape("path", { d: path("bad"), class: "rate-bad" }),
      ];
    },
    pick: (ms) => nearest(marks, ms)?.event,
  };
}

function binsOf(
  view: View,
  marks: readonly Mark[],
): readonly { readonly all: number; readonly bad: number }[] {
  const bins = Array.from({ length: Math.ceil(view.width / binWidth) }, () => ({ all: 0, bad: 0 }));
  for (const { ms, isBad } of marks) {
    const bin = bins[Math.floor(xOf(view, ms) / binWidth)];
    if (bin === undefined) continue;
    bin.all += 1;
    if (isBad) bin.bad += 1;
  }
  return bins;
}

function nearest(marks: readonly Mark[], ms: number): Mark | undefined {
  let found: Mark | undefined;
  for (const mark of marks) {
    if (found === undefined || Math.abs(mark.ms - ms) < Math.abs(found.ms - ms)) found = mark;
  }
  return found;
}

/** One row per promise: kept all the time, not asked, or broken and where. */
export function promiseRows(
  promises: readonly PromiseFacts[],
  violations: readonly RecordedViolation[],
  endMs: number,
): readonly Row[] {
  const known = new Set(promises.map(({ id }) => id));
  const others = [...new Set(violations.map(({ id }) => id))].filter((id) => !known.has(id));
  const all = [...promises, ...others.map((id) => ({ id, promise: "what the scenario expects" }))];
  return all.map(({ id, promise, excepted }: PromiseFacts) => {
    const broken = violations.filter((one) => one.id === id);
    const state = excepted !== undefined ? "excepted" : broken.length > 0 ? "broken" : "kept";
    const when = broken.map(({ atMs }) => formatClock(atMs)).join(", ");
    return {
      title: id,
      note: promise,
      description: `${id}, ${promise}: ${state}${when === "" ? "" : ` at ${when}`}${excepted === undefined ? "" : ` (${excepted})`}.`,
      height: 17,
      draw: (view) => [
        shape("line", {
          x1: xOf(view, 0),
          x2: xOf(view, endMs),
          y1: 8.5,
          y2: 8.5,
          class: `promise-${state}`,
        }),
        ...broken.map(({ atMs, message, event }) => diamond(xOf(view, atMs), message, event)),
      ],
      pick: () => broken[0]?.event,
    };
  });
}

function diamond(x: number, message: string, event: number | undefined): SVGElement {
  return shape(
    "path",
    { d: `M${x} 2l6.5 6.5-6.5 6.5-6.5-6.5z`, class: "violation", "data-event": event },
    shape("title", {}, message),
  );
}
