/** One command of a script, and when it runs: always, or only after success or failure of what came before. */
export interface Command {
  readonly words: readonly string[];
  readonly when: "after failure" | "after success" | "always";
  /** Where its output goes. */
  readonly output?: { readonly path: string; readonly append: boolean };
}

interface Reader {
  readonly commands: Command[];
  words: string[];
  word: string | undefined;
  when: Command["when"];
}

/**
 * As much of a shell's grammar as bootstrap scripts need: quotes, `;`, `&&`, `||`, comments, line continuation and output
 * into a file. Loops and functions are beyond it: their words are run as commands that nobody knows.
 */
export function parseScript(script: string): readonly Command[] {
  const reader: Reader = { commands: [], words: [], word: undefined, when: "always" };
  const text = script.replaceAll("\\\n", " ");
  let index = 0;
  while (index < text.length) index = readAt(reader, text, index);
  endCommand(reader, "always");
  return reader.commands;
}

type Read = (reader: Reader, text: string, index: number) => number;

/** What each special character begins; each returns where to go on. */
const special: Readonly<Record<string, Read>> = {
  "'": readQuoted,
  '"': readQuoted,
  "\\": (reader, text, index) => {
    reader.word = (reader.word ?? "") + text.charAt(index + 1);
    return index + 2;
  },
  "&": readConnective,
  "|": readConnective,
  "\n": endLine,
  ";": endLine,
  ">": readRedirection,
  " ": skipSpace,
  "\t": skipSpace,
  "#": (reader, text, index) => {
    if (reader.word !== undefined) return readPlain(reader, text, index);
    const end = text.indexOf("\n", index);
    return end < 0 ? text.length : end;
  },
};

function readAt(reader: Reader, text: string, index: number): number {
  return (special[text.charAt(index)] ?? readPlain)(reader, text, index);
}

function readPlain(reader: Reader, text: string, index: number): number {
  reader.word = (reader.word ?? "") + text.charAt(index);
  return index + 1;
}

function skipSpace(reader: Reader, _text: string, index: number): number {
  endWord(reader);
  return index + 1;
}

function endLine(reader: Reader, _text: string, index: number): number {
  endCommand(reader, "always");
  return index + 1;
}

/** A single `&` or `|` only separates commands here: nothing runs in the background, and no output is passed on. */
function readConnective(reader: Reader, text: string, index: number): number {
  const pair = text.slice(index, index + 2);
  const when = { "&&": "after success", "||": "after failure" } as const;
  endCommand(reader, when[pair as "&&" | "||"] ?? "always");
  return index + (pair in when ? 2 : 1);
}

function readQuoted(reader: Reader, text: string, index: number): number {
  const quote = text.charAt(index);
  const end = text.indexOf(quote, index + 1);
  const stop = end < 0 ? text.length : end;
  reader.word = (reader.word ?? "") + text.slice(index + 1, stop);
  return stop + 1;
}

/** `> file` and `>> file` stay words of their own; `2>&1` and the like mean nothing here. */
function readRedirection(reader: Reader, text: string, index: number): number {
  const isStream = /^\d$/.test(reader.word ?? "");
  const toStream = /^>&\d/.exec(text.slice(index));
  if (isStream) reader.word = undefined;
  if (toStream !== null) return index + toStream[0].length;
  endWord(reader);
  const append = text.charAt(index + 1) === ">";
  const target = /^\s*([^\s;&|]+)/.exec(text.slice(index + (append ? 2 : 1)));
  if (target === null) return text.length;
  if (!isStream) reader.words.push(append ? ">>" : ">", target[1] ?? "");
  return index + (append ? 2 : 1) + target[0].length;
}

function endWord(reader: Reader): void {
  if (reader.word !== undefined) reader.words.push(reader.word);
  reader.word = undefined;
}

function endCommand(reader: Reader, next: Command["when"]): void {
  endWord(reader);
  if (reader.words.length > 0) reader.commands.push(commandOf(reader.words, reader.when));
  reader.words = [];
  reader.when = next;
}

function commandOf(words: readonly string[], when: Command["when"]): Command {
  const arrow = words.findIndex((word) => word === ">" || word === ">>");
  if (arrow < 0) return { words, when };
  const path = words[arrow + 1] ?? "";
  return { words: words.slice(0, arrow), when, output: { path, append: words[arrow] === ">>" } };
}
