import { type Belief, beliefsBehind, describeBeliefs } from "./belief.ts";
import { describeEvent } from "./describe-event.ts";
import { describeObject } from "./describe-object.ts";
import { escapeHtml } from "./escape-html.ts";
import { formatPrecise, formatSpan } from "./format-time.ts";
import type { Playback } from "./playback.ts";
import type { RecordedViolation } from "./recording.ts";
import { wrongOf } from "./verdict.ts";

const mostBeliefs = 12;

/** One broken promise in full: the write, the reconcile that it came out of, and what its author believed beside the truth. */
export function violationHtml(playback: Playback, violation: RecordedViolation): string {
  const { id, atMs, event } = violation;
  const promise = playback.recording.promises.find((one) => one.id === id)?.promise ?? "";
  const what = wrongOf(playback.recording, violation);
  const promised = promise === "" ? "" : `<p class="promise">Promised: ${escapeHtml(promise)}.</p>`;
  return `<article class="broken-promise">
<h3>${escapeHtml(id)}: ${escapeHtml(what)}</h3>
${promised}
${event === undefined ? `<p>Found at <time>${formatPrecise(atMs)}</time>; no single write broke it.</p>` : causeHtml(playback, event)}
</article>`;
}

function causeHtml(playback: Playback, event: number): string {
  const played = playback.event(event);
  const reconcile = playback.recording.reconciles[played.by];
  const write =
    `<p>Broken at <a href="#e=${event}"><time>${formatPrecise(played.atMs)}</time></a>: ` +
    `${escapeHtml(describeEvent(played))}.</p>`;
  if (reconcile === undefined) return write;
  const { controller, key, startedMs } = reconcile;
  const cause =
    `<p>It came out of the reconcile of ${escapeHtml(key)} by the ${escapeHtml(controller)} controller, ` +
    `${formatSpan(played.atMs - startedMs)} after its begin.</p>`;
  return `${write}\n${cause}\n${beliefsHtml(playback, event)}`;
}

function beliefsHtml(playback: Playback, event: number): string {
  const beliefs = beliefsBehind(playback, event) ?? [];
  if (beliefs.length === 0) return "";
  const rows = beliefs.slice(0, mostBeliefs).map((belief) => beliefHtml(playback, belief, event));
  const more = beliefs.length > mostBeliefs ? ` The first ${mostBeliefs} of them:` : "";
  return `<table>
<caption>What its author believed: ${describeBeliefs(beliefs)}${more}</caption>
<thead><tr><th scope="col">object</th><th scope="col">believed</th><th scope="col">true</th><th scope="col">read</th></tr></thead>
<tbody>${rows.join("")}</tbody>
</table>`;
}

function beliefHtml(playback: Playback, belief: Belief, event: number): string {
  const { object, believed, truth, readMs, isStale } = belief;
  const { kind, name } = playback.object(object);
  const told = (revision: number | undefined) => {
    if (revision === undefined) return "not there";
    if (playback.revision(revision).type === "DELETED") return "gone";
    return describeObject(kind, playback.state(revision)) || "there";
  };
  const read =
    readMs === undefined ? "never heard of" : `${formatSpan(playback.atMs(event) - readMs)} before`;
  const cells = [told(believed), told(truth), read].map((text) => `<td>${escapeHtml(text)}</td>`);
  return `<tr${isStale ? ' class="stale"' : ""}><th scope="row">${escapeHtml(`${kind} ${name}`)}</th>${cells.join("")}</tr>`;
}
