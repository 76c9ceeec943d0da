import { type Belief, beliefsBehind, describeBeliefs } from "../belief.ts";
import { describeObject } from "../describe-object.ts";
import { formatPrecise, formatSpan } from "../format-time.ts";
import type { Playback } from "../playback.ts";
import { element } from "./dom.ts";
import { diffView } from "./object-view.ts";

/** What the author of a write had read beside what was so; undefined for authors whose reads are not known. */
export function beliefView(playback: Playback, event: number): HTMLElement | undefined {
  const beliefs = beliefsBehind(playback, event);
  if (beliefs === undefined || beliefs.length === 0) return undefined;
  const stale = beliefs.filter(({ isStale }) => isStale);
  const view = element(
    "section",
    { class: stale.length === 0 ? "belief" : "belief stale" },
    element("h3", {}, "What its author believed"),
    element("p", { class: "belief-verdict" }, describeBeliefs(beliefs)),
  );
  const rows = (some: readonly Belief[]) =>
    some.map((belief) => beliefRow(playback, belief, event));
  view.append(...rows(stale));
  const rest = beliefs.filter(({ isStale }) => !isStale);
  if (rest.length > 0) {
    const more = element(
      "details",
      { class: "fresh" },
      element("summary", {}, `${rest.length} as it was`),
    );
    more.append(...rows(rest));
    view.append(more);
  }
  return view;
}

function beliefRow(playback: Playback, belief: Belief, event: number): HTMLElement {
  const { object, believed, truth, readMs, isStale } = belief;
  const { kind, namespace, name } = playback.object(object);
  const told = (revision: number | undefined) => {
    if (revision === undefined) return "not there";
    if (playback.revision(revision).type === "DELETED") return "gone";
    return describeObject(kind, playback.state(revision)) || "there";
  };
  const ago =
    readMs === undefined
      ? "never heard of"
      : `read ${formatSpan(playback.atMs(event) - readMs)} before`;
  const head = element(
    "summary",
    {},
    element(
      "span",
      { class: "belief-name" },
      `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`,
    ),
    element("span", { class: "belief-when" }, ago),
  );
  const row = element("details", { class: isStale ? "belief-row stale" : "belief-row" }, head);
  const sides = element("dl", { class: "sides" });
  sides.append(
    element("dt", {}, "believed"),
    element("dd", {}, told(believed)),
    element("dt", {}, "true"),
    element("dd", {}, told(truth)),
  );
  row.append(sides);
  const isGone = truth !== undefined && playback.revision(truth).type === "DELETED";
  if (isStale && believed !== undefined && !isGone) {
    const state = (revision: number | undefined) =>
      revision === undefined ? undefined : playback.state(revision);
    const since =
      truth === undefined
        ? ""
        : ` (since ${formatPrecise(playback.atMs(playback.revision(truth).event))})`;
    row.append(
      element("p", { class: "diff-caption" }, `from what it believed to the truth${since}`),
    );
    row.append(diffView(state(believed), state(truth)));
  }
  row.open = isStale;
  return row;
}
