/** JSON with the words of Go's parser for what is wrong, and with the fields that stand twice in one object. */
export type JsonBody =
  | { readonly value: unknown; readonly duplicates: readonly string[] }
  | { readonly error: string };

/**
 * Deeper nesting than this is refused in the words of Go, whose own limit is 10,000: what walks objects here does so by
 * recursion, and must not run out of stack.
 */
const mostNesting = 500;

export function parseJsonBody(text: string): JsonBody {
  if (nestsTooDeep(text)) return { error: "exceeded max depth" };
  try {
    const value: unknown = JSON.parse(text);
    return { value, duplicates: findDuplicates(text) };
  } catch {
    return { error: new GoScanner(text).complaint() };
  }
}

/** Counts brackets outside of quotes: all of JSON's nesting, and of YAML's the part that is cheap to send. */
export function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inText) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > mostNesting) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

interface Frame {
  readonly path: string;
  /** Undefined in a list. */
  readonly keys: Set<string> | undefined;
  index: number;
  key: string;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** Paths of repeated fields in valid JSON, in the order of their second appearance. */
function findDuplicates(text: string): string[] {
  const duplicates: string[] = [];
  const frames: Frame[] = [];
  let expectsKey = false;
  for (const [part] of text.matchAll(token)) {
    const frame = frames.at(-1);
    if (part.startsWith('"')) {
      if (expectsKey && frame !== undefined) noteKey(frame, part, duplicates);
      continue;
    }
    expectsKey = part === "{" || (part === "," && frame?.keys !== undefined);
    moveFrames(frames, part);
  }
  return duplicates;
}

function moveFrames(frames: Frame[], part: string): void {
  const frame = frames.at(-1);
  if (part === "{" || part === "[") frames.push(openFrame(frame, part === "{"));
  else if (part === "}" || part === "]") frames.pop();
  else if (part === "," && frame !== undefined) frame.index += 1;
}

function openFrame(parent: Frame | undefined, isObject: boolean): Frame {
  const path = parent === undefined ? "" : pathBelow(parent);
  return { path, keys: isObject ? new Set() : undefined, index: 0, key: "" };
}

function pathBelow(frame: Frame): string {
  if (frame.keys === undefined) return `${frame.path}[${frame.index}]`;
  return frame.path === "" ? frame.key : `${frame.path}.${frame.key}`;
}

function noteKey(frame: Frame, part: string, duplicates: string[]): void {
  frame.key = JSON.parse(part) as string;
  if (frame.keys?.has(frame.key) === true) duplicates.push(pathBelow(frame));
  frame.keys?.add(frame.key);
}

/** Walks broken JSON to the place where Go's parser would stop, to say the same. */
class GoScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  complaint(): string {
    try {
      this.#value();
      this.#blanks();
      if (this.#at < this.#text.length) throw this.#stop("after top-level value");
      return "invalid JSON";
    } catch (error) {
      return (error as Error).message;
    }
  }

  #blanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #stop(where: string): Error {
    const character = this.#text[this.#at];
    if (character === undefined) return new Error("unexpected end of JSON input");
    const quoted = character === "'" ? `'\\''` : `'${JSON.stringify(character).slice(1, -1)}'`;
    return new Error(`invalid character ${character === '"' ? `'"'` : quoted} ${where}`);
  }

  #value(): void {
    this.#blanks();
    const first = this.#text[this.#at] ?? "";
    if (first === "{") this.#object();
    else if (first === "[") this.#list();
    else if (first === '"') this.#string();
    else if (/[-\d]/.test(first)) this.#number();
    else if (/[tfn]/.test(first)) this.#word(first);
    else throw this.#stop("looking for beginning of value");
  }

  #object(): void {
    this.#at += 1;
    this.#blanks();
    if (this.#text[this.#at] === "}") {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#blanks();
      if (this.#text[this.#at] !== '"') {
        throw this.#stop("looking for beginning of object key string");
      }
      this.#string();
      this.#blanks();
      if (this.#text[this.#at] !== ":") throw this.#stop("after object key");
      this.#at += 1;
      this.#value();
      if (this.#closes("}", "after object key:value pair")) return;
    }
  }

  #list(): void {
    this.#at += 1;
    this.#blanks();
    if (this.#text[this.#at] === "]") {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#value();
      if (this.#closes("]", "after array element")) return;
    }
  }

  #closes(end: string, where: string): boolean {
    this.#blanks();
    const character = this.#text[this.#at];
    if (character !== end && character !== ",") throw this.#stop(where);
    this.#at += 1;
    return character === end;
  }

  #string(): void {
    this.#at += 1;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character < " ") throw this.#stop("in string literal");
      this.#at += 1;
      if (character === '"') return;
      if (character === "\\") this.#escape();
    }
  }

  #escape(): void {
    const character = this.#text[this.#at];
    if (character === undefined || !/["\\/bfnrtu]/.test(character)) {
      throw this.#stop("in string escape code");
    }
    this.#at += 1;
    if (character !== "u") return;
    for (let digit = 0; digit < 4; digit += 1) {
      if (!/[\da-f]/i.test(this.#text[this.#at] ?? "")) {
        throw this.#stop("in \\u hexadecimal character escape");
      }
      this.#at += 1;
    }
  }

  #number(): void {
    const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/.exec(this.#text.slice(this.#at));
    if (number === null) {
      this.#at += 1;
      throw this.#stop("in numeric literal");
    }
    this.#at += number[0].length;
    if (this.#text[this.#at] !== ".") return;
    this.#at += 1;
    throw this.#stop("after decimal point in numeric literal");
  }

  #word(first: string): void {
    const word = first === "t" ? "true" : first === "f" ? "false" : "null";
    for (const expected of word.slice(1)) {
      this.#at += 1;
      if (this.#text[this.#at] !== expected) {
        throw this.#stop(`in literal ${word} (expecting '${expected}')`);
      }
    }
    this.#at += 1;
  }
}
