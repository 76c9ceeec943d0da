import { describeEvent } from "./describe-event.ts";
import { escapeHtml } from "./escape-html.ts";
import { formatPrecise, formatSpan } from "./format-time.ts";
import type { Playback } from "./playback.ts";
import type { TwinFacts } from "./recording.ts";

/** The run beside its twin without faults: where they part, how long each took, what each made and unmade. */
export function twinHtml(playback: Playback, twin: TwinFacts): string {
  const { convergedMs } = playback.recording.run;
  const kinds = twin.kinds.map(({ kind, run, twin: other }) => {
    const differs = run.created !== other.created || run.deleted !== other.deleted;
    const cells = [run.created, other.created, run.deleted, other.deleted, run.left, other.left];
    return rowHtml(kind, cells, differs);
  });
  const totals = twin.totals.map(({ name, run, twin: other }) =>
    rowHtml(name, [run, other], run !== other),
  );
  return `<section class="twin" aria-label="Compared with a run without faults">
<h2>Beside the same run without faults</h2>
<p>${divergenceHtml(playback, twin)} ${escapeHtml(durations(convergedMs, twin.convergedMs))} ${escapeHtml(endState(twin))}${twin.violations > 0 ? " Promises were broken without faults, too." : ""}</p>
<div class="tables">
<table><thead><tr><th scope="col"></th><th scope="col" colspan="2">created</th><th scope="col" colspan="2">deleted</th><th scope="col" colspan="2">left</th></tr>
<tr><th scope="col">kind</th>${'<th scope="col">here</th><th scope="col">without</th>'.repeat(3)}</tr></thead>
<tbody>${kinds.join("")}</tbody></table>
<table><thead><tr><th scope="col">effort</th><th scope="col">here</th><th scope="col">without</th></tr></thead>
<tbody>${totals.join("")}</tbody></table>
</div>
</section>`;
}

function rowHtml(name: string, cells: readonly number[], differs: boolean): string {
  const numbers = cells.map((cell) => `<td>${cell.toLocaleString("en-US")}</td>`).join("");
  return `<tr${differs ? ' class="differs"' : ""}><th scope="row">${escapeHtml(name)}</th>${numbers}</tr>`;
}

function divergenceHtml(playback: Playback, { divergence }: TwinFacts): string {
  if (divergence === undefined)
    return "Both did the same, event for event: no fault made itself felt.";
  const event = playback.event(divergence.event);
  return (
    `Both are one until <a href="#e=${event.index}"><time>${formatPrecise(event.atMs)}</time></a>. ` +
    `Then here: ${escapeHtml(describeEvent(event))}. Without faults: ${escapeHtml(divergence.instead)}.`
  );
}

function durations(here: number | null, without: number | null): string {
  if (here === null)
    return without === null
      ? "Neither converged."
      : `Only the run without faults converged, after ${formatSpan(without)}.`;
  if (without === null) return `Only the run with faults converged, after ${formatSpan(here)}.`;
  const more = here - without;
  if (Math.abs(more) < 1000) return `Both had converged after ${formatSpan(here)}.`;
  return `It took ${formatSpan(Math.abs(more))} ${more > 0 ? "longer" : "less"}: ${formatSpan(here)} and ${formatSpan(without)}.`;
}

function endState({ kinds }: TwinFacts): string {
  const different = kinds.filter(({ run, twin }) => run.left !== twin.left).map(({ kind }) => kind);
  if (different.length === 0)
    return "What is left in the end is the same, in number, of every kind.";
  return `What is left in the end differs in number: ${different.join(", ")}.`;
}
