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

function build(pattern: string): Matcher {
  const careful = parsePattern(pattern);
  if (!isCommonSyntax(pattern)) return (text) => careful.matcher(text).find();
  const fast = new RegExp(pattern, "u");
  return (text) => (text.length > longText ? careful.matcher(text).find() : fast.test(text));
}

/** No groups with flags, no POSIX classes, no escapes that only one engine knows or reads differently. */
function isCommonSyntax(pattern: string): boolean {
  if (pattern.includes("(?") && !/^(?:[^(]|\((?!\?(?!:)))*$/.test(pattern)) return false;
  if (pattern.includes("[[:") || /[^\x20-\x7e]/.test(pattern)) return false;
  if (/\\[^dwDW.\-/\\[\]{}()*+?^$|nt]/.test(pattern)) return false;
  try {
    void new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}
