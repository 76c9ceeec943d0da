import { type BatchRun, type Bucket, bucketsOf, type Spread, spreadsOf } from "./batch.ts";
import { escapeHtml } from "./escape-html.ts";
import { formatClock, formatSpan } from "./format-time.ts";
import { pageHead } from "./page-head.ts";

/** Many runs on one page, without any script: what broke, how often and how to see it, and how the runs spread. */
export function renderBatch(runs: readonly BatchRun[], version: string): string {
  const broken = runs.filter(({ result }) => result.violations.length > 0);
  const words =
    broken.length === 0
      ? `Every promise was kept in all ${runs.length} runs.`
      : `${broken.length} of ${runs.length} runs broke promises.`;
  const buckets = bucketsOf(runs);
  return `${pageHead({ title: words, isFine: broken.length === 0 })}
<body>
<header class="top">
<p class="brand"><b>Seatrial</b> report of ${runs.length} runs</p>
<section class="verdict" aria-label="Verdict"><div><p class="words">${escapeHtml(words)}</p><p class="proof">${escapeHtml(proofOf(runs))}</p></div></section>
</header>
${buckets.length === 0 ? "" : `<section aria-label="What broke"><h2>What broke</h2>${buckets.map((bucket) => bucketHtml(bucket, runs.length)).join("\n")}</section>`}
<section aria-label="Time to convergence"><h2>How long it took to converge</h2>
${spreadsOf(runs).map(spreadHtml).join("\n")}</section>
<section class="batch" aria-label="All runs"><h2>All runs</h2>
<table><thead><tr><th scope="col">story</th><th scope="col">seed</th><th scope="col">verdict</th><th scope="col">converged</th><th scope="col">events</th><th scope="col">real time</th><th scope="col">trace</th></tr></thead>
<tbody>${runs.map(runHtml).join("\n")}</tbody></table></section>
<footer>Made by seatrial ${escapeHtml(version)}. To see one of the runs in full, repeat it with <code>--report out.html</code>.</footer>
</body>
</html>
`;
}

function proofOf(runs: readonly BatchRun[]): string {
  const virtualMs = runs.reduce((sum, { result }) => sum + result.virtualMs, 0);
  const realMs = runs.reduce((sum, one) => sum + one.realMs, 0);
  const passed = `${formatSpan(virtualMs)} of virtual time in ${formatSpan(realMs)}`;
  const first = runs.findIndex(({ result }) => result.violations.length > 0);
  if (first === -1) return `${passed}.`;
  const untilMs = runs.slice(0, first + 1).reduce((sum, one) => sum + one.realMs, 0);
  return `${passed}; the first failure came in run ${first + 1}, after ${formatSpan(untilMs)}.`;
}

const mostSeeds = 8;

function bucketHtml({ id, author, runs, message }: Bucket, all: number): string {
  const [first] = runs;
  const seeds = runs.slice(0, mostSeeds).map(({ seed }) => seed);
  const more = runs.length > mostSeeds ? ` and ${runs.length - mostSeeds} more` : "";
  return `<article class="broken-promise">
<h3>${escapeHtml(id)}, by ${escapeHtml(author)}: ${runs.length} of ${all} runs</h3>
<p>${escapeHtml(message)}</p>
<p class="promise">Seeds ${escapeHtml(seeds.join(", "))}${more}. The first of them in full: <code>${escapeHtml(`${first?.replay ?? ""} --report out.html`)}</code></p>
</article>`;
}

const plot = { width: 640, height: 34 };

/** A dot for each run on one line, from zero to the slowest. */
function spreadHtml({ name, runs, broken, convergedMs }: Spread): string {
  const slowest = convergedMs.at(-1) ?? 0;
  const at = (share: number) => convergedMs[Math.floor(share * (convergedMs.length - 1))] ?? 0;
  const never = runs - convergedMs.length;
  const facts =
    convergedMs.length === 0
      ? "never"
      : `${formatClock(convergedMs[0] ?? 0)} to ${formatClock(slowest)}, half of them by ${formatClock(at(0.5))}`;
  const rest = never > 0 ? `; ${never} never did` : "";
  const dots = convergedMs.map((ms) => {
    const x = 6 + (ms / Math.max(1, slowest)) * (plot.width - 12);
    return `<circle cx="${x.toFixed(1)}" cy="17" r="5" class="dot"/>`;
  });
  return `<figure class="spread"><figcaption><b>${escapeHtml(name)}</b> ${runs} runs, ${broken} broken; converged ${facts}${rest}</figcaption>
<svg viewBox="0 0 ${plot.width} ${plot.height}" width="${plot.width}" height="${plot.height}" role="img" aria-label="${escapeHtml(`${name}: converged ${facts}`)}"><path d="M0 17H${plot.width}" class="total"/>${dots.join("")}</svg></figure>`;
}

function runHtml({ name, seed, realMs, result }: BatchRun): string {
  const { violations, convergedMs, events, traceHash } = result;
  const ids = [...new Set(violations.map(({ id }) => id))].join(", ");
  const cells = [
    ids === "" ? "fine" : ids,
    convergedMs === undefined ? "never" : formatClock(convergedMs),
    events.toLocaleString("en-US"),
    formatSpan(realMs),
  ].map((text) => `<td>${escapeHtml(text)}</td>`);
  return `<tr${ids === "" ? "" : ' class="stale"'}><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(seed)}</td>${cells.join("")}<td><code>${traceHash.slice(0, 12)}</code></td></tr>`;
}
