import { describeActor } from "../describe-event.ts";
import { type DiffLine, diffLines } from "../diff-lines.ts";
import { formatClock } from "../format-time.ts";
import type { Json, Path } from "../patch.ts";
import type { Playback } from "../playback.ts";
import { yamlLines } from "../yaml-lines.ts";
import { element } from "./dom.ts";

const context = 3;

/** What is different between two states, with a little of what is around it. */
export function diffView(before: Json | undefined, after: Json | undefined): HTMLElement {
  const texts = (value: Json | undefined) =>
    value === undefined ? [] : yamlLines(value).map(({ text }) => text);
  const lines = diffLines(texts(before), texts(after));
  const near = (index: number) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== " ");
  const view = element("pre", { class: "yaml diff", tabindex: 0, "aria-label": "What changed" });
  let skipped = 0;
  const flush = () => {
    if (skipped > 0) view.append(element("span", { class: "skip" }, `⋯ ${skipped} more`));
    skipped = 0;
  };
  for (const [index, line] of lines.entries()) {
    if (!near(index)) {
      skipped += 1;
      continue;
    }
    flush();
    view.append(diffLine(line));
  }
  flush();
  if (lines.every(({ sign }) => sign === " "))
    view.append(element("span", { class: "skip" }, "nothing"));
  return view;
}

const names = { "+": "added", "-": "removed", " ": "same" } as const;

function diffLine({ sign, text }: DiffLine): HTMLElement {
  const tag = sign === "+" ? "ins" : sign === "-" ? "del" : "span";
  return element(tag, { class: `line ${names[sign]}` }, `${sign} ${text}`);
}

/** The whole object; beside each line who wrote it last, and when. */
export function wholeView(playback: Playback, revision: number): HTMLElement {
  const authors = authorsOf(playback, revision);
  const view = element("pre", {
    class: "yaml whole",
    tabindex: 0,
    "aria-label": "The whole object",
  });
  let last = "";
  for (const { text, path } of yamlLines(playback.state(revision))) {
    const author = lastAuthor(authors, path);
    const blame = author === last ? "" : author;
    last = author;
    view.append(
      element("span", { class: "line" }, element("span", { class: "blame" }, blame), text),
    );
  }
  return view;
}

/** Path as text → who wrote there last. Text, because paths are lists. */
function authorsOf(playback: Playback, revision: number): ReadonlyMap<string, string> {
  const chain: number[] = [];
  let at: number | undefined = revision;
  while (at !== undefined) {
    chain.push(at);
    at = playback.previous(at);
  }
  const authors = new Map<string, string>();
  for (const index of chain.toReversed()) {
    const { event, patch } = playback.revision(index);
    const { actor, atMs } = playback.event(event);
    const author = `${formatClock(atMs)} ${describeActor(actor).replace(" controller", "")}`;
    for (const [path] of patch.set ?? []) authors.set(JSON.stringify(path), author);
  }
  return authors;
}

/** Of the place itself or of what it is a part of. What is deeper may have been written later, and is a line of its own. */
function lastAuthor(authors: ReadonlyMap<string, string>, path: Path): string {
  let latest = "";
  for (let length = 0; length <= path.length; length += 1) {
    const author = authors.get(JSON.stringify(path.slice(0, length)));
    if (author !== undefined && author.slice(0, 8) >= latest.slice(0, 8)) latest = author;
  }
  return latest;
}
