// The prepared program: the command line as one file, and V8's code of what a story runs. `npm ci` makes it (prepare.js). It is
// only used while nothing that it was made of has changed; else the sources run as they are, which takes longer to start.
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import vm from "node:vm";

export function preparedFiles(root) {
  const folder = join(root, "node_modules/.cache/seatrial/prepared");
  return {
    folder,
    /** The program, in ASCII, as the body of a CommonJS module. */
    program: join(folder, "program.cjs"),
    /** V8's code for it. Another version of V8 does not take it and compiles the program itself. */
    code: join(folder, "program.code"),
    /** What both were made of: files with their stamps. Written last: without it nothing is prepared. */
    inputs: join(folder, "inputs.json"),
  };
}

/** Size and time of the last change of a file; undefined if there is none. */
export function stampOf(file) {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.size} ${stats.mtimeMs}`;
}

/** What the prepared program exports, or undefined if there is none or it is out of date. */
export function openPrepared(root) {
  const files = preparedFiles(root);
  const inputs = readInputs(files.inputs);
  const isFresh = inputs.every(([file, stamp]) => stampOf(join(root, file)) === stamp);
  if (inputs.length === 0 || !isFresh) return undefined;
  return evaluate(compile(files.program, readFileSync(files.code)), files.program);
}

function readInputs(file) {
  try {
    return Object.entries(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return [];
  }
}

export function compile(program, cachedData) {
  // Read as one byte a character, which takes half of the time; there are no others in it.
  const source = readFileSync(program, "latin1");
  return new vm.Script(`(function (exports, require, module, __filename) {${source}\n})`, {
    filename: program,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

export function evaluate(script, program) {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(program), module, program);
  return module.exports;
}
