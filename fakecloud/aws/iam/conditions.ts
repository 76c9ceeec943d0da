import { parseTime } from "../../kernel/clock.ts";
import { cidrContains } from "../../network/ip.ts";
import { iamError } from "./errors.ts";
import { matchesWildcard } from "./wildcard.ts";

/** Condition keys of a request in lower case: "aws:requesttag/owner" → values. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

type Test = (actual: string, wanted: string) => boolean;

const numeric =
  (holds: (actual: number, wanted: number) => boolean): Test =>
  (actual, wanted) =>
    holds(Number(actual), Number(wanted));

const date =
  (holds: (actual: number, wanted: number) => boolean): Test =>
  (actual, wanted) =>
    holds(parseTime(actual) ?? Number.NaN, parseTime(wanted) ?? Number.NaN);

const tests: Readonly<Record<string, Test>> = {
  ArnEquals: (actual, wanted) => matchesWildcard(wanted, actual),
  ArnLike: (actual, wanted) => matchesWildcard(wanted, actual),
  BinaryEquals: (actual, wanted) => actual === wanted,
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  DateEquals: date((actual, wanted) => actual === wanted),
  DateGreaterThan: date((actual, wanted) => actual > wanted),
  DateGreaterThanEquals: date((actual, wanted) => actual >= wanted),
  DateLessThan: date((actual, wanted) => actual < wanted),
  DateLessThanEquals: date((actual, wanted) => actual <= wanted),
  IpAddress: (actual, wanted) => cidrContains(wanted, actual),
  NumericEquals: numeric((actual, wanted) => actual === wanted),
  NumericGreaterThan: numeric((actual, wanted) => actual > wanted),
  NumericGreaterThanEquals: numeric((actual, wanted) => actual >= wanted),
  NumericLessThan: numeric((actual, wanted) => actual < wanted),
  NumericLessThanEquals: numeric((actual, wanted) => actual <= wanted),
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: (actual, wanted) => matchesWildcard(wanted, actual),
};

/** Operators that hold where their positive twin does not. */
const negations: Readonly<Record<string, string>> = {
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
  NumericNotEquals: "NumericEquals",
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
};

/** True if every operator holds for every key: operators and keys are joined by AND, the values of a key by OR. */
export function conditionsHold(
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  context: RequestContext,
): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      operatorHolds(operator, context[key.toLowerCase()], wanted),
    ),
  );
}

function operatorHolds(
  operator: string,
  actual: readonly string[] | undefined,
  wanted: readonly string[],
): boolean {
  if (operator === "Null") return wanted.includes(`${actual === undefined}`);
  const { quantifier, ifExists, negated, test } = parseOperator(operator);
  if (actual === undefined) return ifExists || negated || quantifier === "ForAllValues";
  const holds = (value: string) => wanted.some((one) => test(value, one)) !== negated;
  return quantifier === "ForAnyValue" ? actual.some(holds) : actual.every(holds);
}

/** "ForAllValues:StringLikeIfExists" taken apart. */
function parseOperator(operator: string) {
  const [, quantifier, base = "", suffix] =
    /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(operator) ?? [];
  const positive = negations[base] ?? base;
  const test = tests[positive];
  if (test === undefined) {
    throw iamError("MalformedPolicyDocument", `Invalid Condition type : ${operator}.`);
  }
  return { quantifier, ifExists: suffix !== undefined, negated: positive !== base, test };
}
