import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import process from "node:process";

/** The modules that run in the page; each comes after those that it imports. */
const modules = [
  "patch.ts",
  "fields.ts",
  "format-time.ts",
  "verdict.ts",
  "yaml-lines.ts",
  "diff-lines.ts",
  "playback.ts",
  "describe-object.ts",
  "describe-event.ts",
  "belief.ts",
  "../describe/format-tree.ts",
  "tree-at.ts",
  "page/dom.ts",
  "page/time-scale.ts",
  "page/view.ts",
  "page/rows.ts",
  "page/event-rows.ts",
  "page/groups.ts",
  "page/timeline.ts",
  "page/event-list.ts",
  "page/object-view.ts",
  "page/belief-view.ts",
  "page/inspector.ts",
  "page/tree-view.ts",
  "page/address.ts",
  "page/main.ts",
];

/**
 * The script of the page: our modules one after the other, without their types and imports. All their names share one scope, so
 * no two may be the same; a second one is a syntax error that the tests see.
 */
export function pageScript(): string {
  const bodies = modules.map((file) => {
    const source = readFileSync(new URL(file, import.meta.url), "utf8");
    return stripTypes(source)
      .replaceAll(/^import [\s\S]*?;$/gm, "")
      .replaceAll(/^export /gm, "")
      .split("\n")
      .map((line) => line.trimEnd())
      .filter((line) => line !== "")
      .join("\n");
  });
  return `(() => {\n"use strict";\n${bodies.join("\n")}\n})();`;
}

/** In the order in which they have to come: what is further down wins. */
const styles = "base top timeline marks dock inspector screens".split(" ");

export function pageStyle(): string {
  return styles
    .map((name) => readFileSync(new URL(`page/styles/${name}.css`, import.meta.url), "utf8"))
    .join("\n");
}

/** Node runs all of this project by this very function, and calls it experimental; whoever wants a report need not know. */
function stripTypes(source: string): string {
  const warn = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = warn;
  }
}
