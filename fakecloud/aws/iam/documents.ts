import { iamError } from "./errors.ts";

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Principals of a resource or trust policy: "AWS:arn…", "Service:ec2.amazonaws.com", "*". */
  readonly principals: readonly string[];
  /** Operator → key → values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const parsed = new Map<string, readonly Statement[]>();
const maxKept = 2000;

/** Statements of a policy document; MalformedPolicyDocument if it is none. */
export function parsePolicy(document: string): readonly Statement[] {
  const known = parsed.get(document);
  if (known !== undefined) return known;
  const statements = readPolicy(document);
  if (parsed.size >= maxKept) parsed.clear();
  parsed.set(document, statements);
  return statements;
}

function malformed(message: string) {
  return iamError("MalformedPolicyDocument", message);
}

function readPolicy(document: string): readonly Statement[] {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    throw malformed("Syntax errors in policy.");
  }
  if (!isRecord(value)) throw malformed("Syntax errors in policy.");
  const { Version: version, Statement: body } = value;
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") {
    throw malformed("The policy must contain a valid version string.");
  }
  if (body === undefined) throw malformed("Missing required field Statement.");
  return (Array.isArray(body) ? body : [body]).map(readStatement);
}

function readStatement(value: unknown): Statement {
  if (!isRecord(value)) throw malformed("Syntax errors in policy.");
  const { Effect: effect, Sid: sid } = value;
  if (effect !== "Allow" && effect !== "Deny") {
    throw malformed("Statement effect must be Allow or Deny.");
  }
  const actions = strings(value["Action"]);
  const notActions = strings(value["NotAction"]);
  if (actions.length === 0 && notActions.length === 0) {
    throw malformed("Policy statement must contain actions.");
  }
  return {
    sid: typeof sid === "string" ? sid : undefined,
    effect,
    actions,
    notActions,
    resources: strings(value["Resource"]),
    notResources: strings(value["NotResource"]),
    principals: readPrincipals(value["Principal"]),
    conditions: readConditions(value["Condition"]),
  };
}

function readPrincipals(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (value === "*") return ["*"];
  if (!isRecord(value)) throw malformed("Invalid principal in policy.");
  return Object.entries(value).flatMap(([kind, who]) =>
    strings(who).map((one) => (one === "*" ? "*" : `${kind}:${one}`)),
  );
}

function readConditions(value: unknown): Statement["conditions"] {
  if (value === undefined) return {};
  if (!isRecord(value)) throw malformed("Syntax errors in policy.");
  const result: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, tests] of Object.entries(value)) {
    if (!isRecord(tests)) throw malformed("Syntax errors in policy.");
    result[operator] = Object.fromEntries(
      Object.entries(tests).map(([key, wanted]) => [key, strings(wanted)]),
    );
  }
  return result;
}

/** Single values stand for lists of one; numbers and booleans are compared as text. */
function strings(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((item: unknown) => {
    if (typeof item === "string") return item;
    if (typeof item === "number" || typeof item === "boolean") return `${item}`;
    throw malformed("Syntax errors in policy.");
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
