import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { escapeHtml } from "./escape-html.ts";
import { formatSpan } from "./format-time.ts";
import { computeModel, type Model } from "./model.ts";
import type { PageData } from "./page-data.ts";
import { pageHead } from "./page-head.ts";
import { pageScript } from "./page-script.ts";
import type { Recording } from "./recording.ts";
import type { Sentence } from "./story/sentence.ts";
import { tellStory } from "./story/story.ts";
import { describeAt } from "./tree-at.ts";
import { twinHtml } from "./twin-html.ts";
import { describeVerdict } from "./verdict.ts";
import { violationHtml } from "./violation-html.ts";

/** One HTML file that needs nothing else: verdict and story are in its text, the timeline is drawn by its own script. */
export function renderReport(recording: Recording): string {
  const model = computeModel(recording);
  const { playback: _, ...computed } = model;
  const data: PageData = { recording, ...computed };
  const script = pageScript();
  const verdict = describeVerdict(recording);
  const { run } = recording;
  const title = `${run.scenario}, seed ${run.seed}: ${verdict.words}`;
  return `${pageHead({ title, isFine: verdict.isFine, allowed: allowing(script) })}
<body>
${topHtml(recording)}
${run.violations.length === 0 ? "" : `<section aria-label="Broken promises">${run.violations.map((one) => violationHtml(model.playback, one)).join("\n")}</section>`}
${storyHtml(model)}
${timelineHtml()}
${treeHtml(model)}
${recording.twin === undefined ? "" : twinHtml(model.playback, recording.twin)}
${promisesHtml(recording)}
<footer>Made by seatrial ${escapeHtml(run.version)}. This file loads nothing from anywhere. Times are virtual, counted from the start of the run.</footer>
${dockHtml}
<script type="text/plain" id="data">${gzipSync(JSON.stringify(data)).toString("base64")}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** No script runs but ours. */
function allowing(script: string): string {
  const hash = createHash("sha256").update(script).digest("base64");
  return `; img-src data:; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function topHtml(recording: Recording): string {
  const { run, events } = recording;
  const verdict = describeVerdict(recording);
  const facts = [
    ["seed", run.seed],
    ["profile", run.profile],
    ["virtual time", formatSpan(run.virtualMs)],
    ["events", events.atMs.length.toLocaleString("en-US")],
    ["trace", run.traceHash.slice(0, 16)],
    ["seatrial", run.version],
  ].map(([name = "", value = ""]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`);
  const mark = verdict.isFine
    ? '<circle cx="17" cy="17" r="15"/><path d="M10 17.5l5 5 9.5-11"/>'
    : '<path d="M17 2.5l14.5 14.5-14.5 14.5-14.5-14.5z"/><path d="M17 10v9M17 23.5v1"/>';
  return `<header class="top">
<p class="brand"><b>Seatrial</b> report of one run</p>
<div><h1>${escapeHtml(run.scenario)}</h1>
<p class="summary">${escapeHtml(run.summary)}</p></div>
<dl class="facts">${facts.join("")}</dl>
<section class="verdict" aria-label="Verdict">
<svg class="mark" viewBox="0 0 34 34" fill="none" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${mark}</svg>
<div><p class="words">${escapeHtml(verdict.words)}</p><p class="proof">${escapeHtml(verdict.proof)}</p></div>
<div class="replay"><code id="replay-command" aria-label="The command that repeats this run">${escapeHtml(run.replay)}</code></div>
</section>
</header>`;
}

function storyHtml(model: Model): string {
  const sentences = tellStory(model).map((one) => `<li${classOf(one)}>${sentenceHtml(one)}</li>`);
  return `<section class="story" aria-label="What happened">
<h2>What happened</h2>
<ol>
${sentences.join("\n")}
</ol>
</section>`;
}

function classOf({ weight }: Sentence): string {
  if (weight === 100) return ' class="is-broken"';
  return weight === 90 ? ' class="is-fault"' : "";
}

/** The time in it leads to its event. */
function sentenceHtml({ text, event }: Sentence): string {
  return escapeHtml(text).replace(
    /\d\d:\d\d:\d\d/,
    (time) => `<a href="#e=${event}"><time>${time}</time></a>`,
  );
}

const patternsHtml = `<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<pattern id="rising" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" class="pattern-stroke"/></pattern>
<pattern id="falling" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path d="M0 0V5" class="pattern-stroke"/></pattern>
<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><circle cx="2.5" cy="2.5" r="1.1" class="pattern-dot"/></pattern>
</defs></svg>`;

const legend = [
  ["phase-Pending", "", "Machine pending"],
  ["phase-Provisioning", "phase-Provisioning-pattern", "provisioning"],
  ["phase-Provisioned", "", "provisioned"],
  ["phase-Running", "", "running"],
  ["phase-Deleting", "phase-Deleting-pattern", "deleting"],
  ["instance-running", "", "instance (hatched while it comes and goes)"],
  ["node-NotReady", "node-NotReady-pattern", "Node not Ready"],
  ["node-Ready", "", "Node Ready"],
  ["node-Cordoned", "node-Cordoned-pattern", "cordoned"],
] as const;

function timelineHtml(): string {
  const keys = legend.map(([fill, pattern, label]) => {
    const overlay =
      pattern === "" ? "" : `<rect width="18" height="9" rx="1.5" class="pattern ${pattern}"/>`;
    return `<li><svg width="18" height="9" aria-hidden="true"><rect width="18" height="9" rx="1.5" class="${fill}"/>${overlay}</svg>${label}</li>`;
  });
  const lines = [
    ["band", "what a rollout may use"],
    ["desired", "wanted"],
    ["total", "there"],
    ["available", "available"],
  ].map(([name = "", label = ""]) => {
    const mark =
      name === "band"
        ? '<rect width="18" height="9" class="band"/>'
        : `<path d="M0 4.5H18" class="${name}"/>`;
    return `<li><svg width="18" height="9" aria-hidden="true">${mark}</svg>${label}</li>`;
  });
  return `<section aria-label="Timeline">
<div class="timeline-head"><h2>Timeline</h2><div id="tools" role="toolbar" aria-label="Timeline"></div></div>
${patternsHtml}
<div id="rows"><noscript><p>The timeline needs JavaScript; everything above does without.</p></noscript></div>
<ul class="legend">${lines.join("")}</ul>
<ul class="legend">${keys.join("")}</ul>
</section>`;
}

/** The end of the run to begin with; the script shows any other time. */
function treeHtml({ playback }: Model): string {
  const tree = describeAt(playback, playback.length - 1, (text) => text);
  return `<section aria-label="Clusters at a time">
<div class="timeline-head"><h2>Clusters at <span id="tree-time">the end</span></h2><div id="tree-tools"></div></div>
<pre id="tree" tabindex="0">${escapeHtml(tree === "" ? "There is no Cluster at the end." : tree)}</pre>
</section>`;
}

function promisesHtml({ promises, run }: Recording): string {
  const rows = promises.map(({ id, promise, excepted }) => {
    const broken = run.violations.filter((one) => one.id === id).length;
    const state =
      excepted !== undefined ? `not asked: ${excepted}` : broken > 0 ? "broken" : "kept";
    return `<tr><th scope="row">${escapeHtml(id)}</th><td>${escapeHtml(promise)}</td><td>${escapeHtml(state)}</td></tr>`;
  });
  return `<details class="promises"><summary>${promises.length} promises that the run was held to</summary>
<table>${rows.join("\n")}</table></details>`;
}

const dockHtml = `<aside id="dock" hidden aria-label="Events">
<div id="events"></div>
<div id="inspector" tabindex="-1"></div>
<button type="button" id="close" title="Close (Escape)" aria-label="Close">✕</button>
</aside>
<p id="announce" class="unseen" role="status"></p>
<dialog id="help" aria-label="Keys"><h2>Keys</h2><dl>
<dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous event</dd>
<dt><kbd>n</kbd></dt><dd>next broken promise</dd>
<dt><kbd>/</kbd></dt><dd>filter events</dd>
<dt><kbd>+</kbd> <kbd>-</kbd> <kbd>0</kbd></dt><dd>less time, more time, all of it</dd>
<dt><kbd>←</kbd> <kbd>→</kbd></dt><dd>earlier, later</dd>
<dt><kbd>f</kbd></dt><dd>fold quiet times, or don't</dd>
<dt><kbd>Esc</kbd></dt><dd>close</dd>
</dl><p>Drag over the timeline to see a part of it, click for what happened there. The address holds the view: send it on.</p></dialog>`;
