import type { ASTNode } from "@marcbachmann/cel-js";
import { rewriteSource } from "./rewrite-source.ts";
import type { RuleScope } from "./rule-types.ts";

/** An expression with the types of its parts, or why it can't be one; neither where our own checker is not sure. */
export type CheckedExpression =
  | { readonly ast: ASTNode; readonly type: string }
  | { readonly problem: string }
  | undefined;

interface CheckError {
  readonly code?: string;
  readonly message: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: ASTNode;
}

/** Checks an expression against the types of a schema, and says what is wrong with it in the words of the real server. */
export function checkExpression(text: string, scope: RuleScope): CheckedExpression {
  const { source } = rewriteSource(text);
  let parsed: ReturnType<RuleScope["environment"]["parse"]>;
  try {
    parsed = scope.environment.parse(source);
  } catch {
    return undefined; // The untyped compiler says what is wrong with the syntax.
  }
  const { valid, type = "dyn", error } = parsed.check();
  if (valid) return { ast: parsed.ast, type };
  const complaint = error as CheckError | undefined;
  const found = complaint && explanations[complaint.code ?? ""]?.(complaint, source);
  if (found === undefined) return undefined;
  const offset = originalOffset(text, source, found.offset);
  return { problem: `compilation failed: ${atOffset(text, offset, found.why)}` };
}

interface Explanation {
  readonly why: string;
  /** In the rewritten source. */
  readonly offset: number;
}

type Explain = (error: CheckError, source: string) => Explanation | undefined;

const explanations: Readonly<Record<string, Explain>> = {
  no_such_key: ({ message, range }, source) => ({
    why: `undefined field '${/No such key: (\S+)/.exec(message)?.[1] ?? ""}'`,
    offset: source.lastIndexOf(".", range?.start),
  }),
  unknown_variable: ({ message, range }) => {
    const name = /Unknown variable: (\S+)/.exec(message)?.[1] ?? "";
    return {
      why: `undeclared reference to '${name}' (in container '')`,
      offset: range?.start ?? 0,
    };
  },
  no_such_overload: explainOperator,
};

const printed: Readonly<Record<string, string>> = {
  bool: "bool",
  bytes: "bytes",
  double: "double",
  "google.protobuf.Duration": "duration",
  "google.protobuf.Timestamp": "timestamp",
  int: "int",
  null: "null",
  string: "string",
};

/** Only what is certain: two plain values that no operator brings together. */
function explainOperator({ message, node }: CheckError, source: string): Explanation | undefined {
  const [, left = "", operator = "", right = ""] =
    /no such overload: (\S+) (\S+) (\S+)/.exec(message) ?? [];
  const types = [left, right].flatMap((type) => printed[type] ?? []);
  const [first, second] = operandsOf(node);
  if (types.length < 2 || first === undefined || second === undefined) return undefined;
  const offset = source.indexOf(operator, first.range.end);
  if (offset < 0 || offset >= second.range.start) return undefined;
  const why = `found no matching overload for '_${operator}_' applied to '(${types.join(", ")})'`;
  return { why, offset };
}

function operandsOf(node: ASTNode | undefined): readonly ASTNode[] {
  return Array.isArray(node?.args) ? (node.args as readonly ASTNode[]) : [];
}

/** Calls of some functions are renamed before an expression is parsed; places are told in what was written. */
function originalOffset(text: string, source: string, offset: number): number {
  let at = 0;
  for (let position = 0; position < offset;) {
    if (source.startsWith("k8s_", position) && !text.startsWith("k8s_", at)) position += 4;
    else if (source.startsWith("exists_one", position) && text.startsWith("existsOne", at)) {
      at += "existsOne".length;
      position += "exists_one".length;
    } else {
      at += 1;
      position += 1;
    }
  }
  return at;
}

function atOffset(text: string, offset: number, why: string): string {
  const before = text.slice(0, offset).split("\n");
  const line = text.split("\n")[before.length - 1] ?? "";
  const column = before.at(-1)?.length ?? 0;
  return `ERROR: <input>:${before.length}:${column + 1}: ${why}\n | ${line}\n | ${".".repeat(column)}^`;
}
