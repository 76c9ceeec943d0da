import { RE2JS } from "re2js";

type Matcher = (text: string) => boolean;

const compiled = new Map<string, Matcher>();

/**
 * A pattern in Go's syntax (RE2), found anywhere in the text. Where both engines read the pattern alike the built-in one is
 * used, because it is faster; RE2 takes over for its own syntax and for long texts, where backtracking could be abused.
 */
export function compilePattern(pattern: string): Matcher {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const matcher = build(pattern);
  if (compiled.size < 10_000) compiled.set(pattern, matcher);
  return matcher;
}

/** Throws if Go would not compile the pattern. */
export function parsePattern(pattern: string): RE2JS {
  return RE2JS.compile(pattern);
}

const longText = 512;
/** Ends of lines for the dot of one engine only. */
const oddLineEnd = /[\r\u2028\u2029]/;

function build(pattern: string): Matcher {
  if (!isCommonSyntax(pattern) || mayRepeatTooOften(pattern)) {
    const careful = parsePattern(pattern);
    return (text) => careful.matcher(text).find();
  }
  const fast = new RegExp(pattern, "u");
  let careful: RE2JS | undefined;
  return (text) => {
    if (text.length <= longText && !oddLineEnd.test(text)) return fast.test(text);
    careful ??= parsePattern(pattern);
    return careful.matcher(text).find();
  };
}

/** RE2 refuses more than a thousand repetitions, within each other too. */
function mayRepeatTooOften(pattern: string): boolean {
  let most = 1;
  for (const [, count] of pattern.matchAll(/(\d+),?\}/g)) most *= Math.max(1, Number(count));
  return most > 1000;
}

/** No groups with flags, no POSIX or empty classes, no escapes that only one engine knows or reads differently. */
function isCommonSyntax(pattern: string): boolean {
  if (pattern.includes("(?") && !/^(?:[^(]|\((?!\?(?!:)))*$/.test(pattern)) return false;
  if (pattern.includes("[]") || pattern.includes("[^]")) return false;
  if (pattern.includes("[[:") || /[^\x20-\x7e]/.test(pattern)) return false;
  if (/\\[^dwDW.\-/\\[\]{}()*+?^$|nt]/.test(pattern)) return false;
  try {
    void new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}
