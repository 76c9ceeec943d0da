import { parseTime } from "@seatrial/fakecloud/kernel/clock.ts";
import { FaultError } from "@seatrial/fakecloud/aws/faults/fault.ts";
import { parseFault } from "@seatrial/fakecloud/aws/faults/parse-fault.ts";
import { Ajv, type ErrorObject } from "ajv";
import { type Document, isMap, LineCounter, type Node, parseDocument } from "yaml";
import schema from "../scenario.schema.json" with { type: "json" };
import { InputError } from "./input-error.ts";
import { actionNames, type Scenario, type Step, timeNames } from "./scenario.ts";

const validate = new Ajv({
  allErrors: true,
  verbose: true, // Errors then carry the schema that they break, which knows the allowed keys.
  // It is used once or twice in a process: what takes least to compile is best. That it is a schema, a test says.
  meta: false,
  validateSchema: false,
  inlineRefs: false,
  code: { optimize: false },
  // The only format of the schema; a full format library would be one more dependency for one key.
  formats: { "date-time": (text: string) => parseTime(text) !== undefined && text.includes("T") },
}).compile<Scenario>(schema);

/** Reads a scenario; throws an InputError that names file, line and key, and says what is allowed. */
export function parseScenario(text: string, file: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new InputError(
      `${file}:${line}:${col}: not valid YAML: ${firstSentence(problem.message)}`,
    );
  }
  const data: unknown = document.toJS();
  const complain = (path: readonly string[], message: string): never => {
    const offset = offsetOf(document, path);
    const { line, col } = lines.linePos(offset);
    throw new InputError(`${file}:${line}:${col}: ${message}`);
  };
  if (!validate(data)) {
    const error = mostTelling(validate.errors ?? []);
    if (error !== undefined) complain(pathOf(error), explain(error));
  }
  const scenario = data as Scenario;
  for (const [index, step] of (scenario.steps ?? []).entries()) {
    const fault = stepProblem(step, scenario.steps ?? [], index);
    if (fault !== undefined) complain(["steps", `${index}`], `steps[${index}]: ${fault}`);
  }
  checkStanding(scenario, complain);
  checkFaults(scenario, complain);
  return scenario;
}

type Complain = (path: readonly string[], message: string) => never;

function checkStanding(scenario: Scenario, complain: Complain): void {
  const ids = new Set(
    [...(scenario.steps ?? []), ...(scenario.faults?.inject ?? [])].map(({ id }) => id),
  );
  for (const [index, { from, until }] of (scenario.expect?.always ?? []).entries()) {
    const stranger = [from, until].find((id) => id !== undefined && !ids.has(id));
    if (stranger === undefined) continue;
    complain(
      ["expect", "always", `${index}`],
      `expect.always[${index}] names the step "${stranger}", which there is not`,
    );
  }
}

/** The schema knows their frame; each kind of fault is checked by who carries it out. */
function checkFaults(scenario: Scenario, complain: Complain): void {
  const steps = scenario.steps ?? [];
  for (const [index, written] of (scenario.faults?.inject ?? []).entries()) {
    const place = `faults.inject[${index}]`;
    const { at: _at, after: _after, when: _when, ...fault } = written;
    const path = ["faults", "inject", `${index}`];
    const problem = timeProblem(written, steps);
    if (problem !== undefined) complain(path, `${place}: ${problem}`);
    try {
      parseFault(fault, (kind) => kind);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      complain(path, `${place}: ${error.message}`);
    }
  }
}

function stepProblem(step: Step, steps: readonly Step[], index: number): string | undefined {
  const problem = timeProblem(step, steps.slice(0, index));
  if (problem !== undefined) return problem;
  const actions = actionNames.filter((name) => step[name] !== undefined);
  if (actions.length !== 1) {
    return `does ${actions.length === 0 ? "nothing" : actions.join(" and ")}; give exactly one of ${actionNames.join(", ")}`;
  }
  return undefined;
}

function timeProblem(
  step: Pick<Step, (typeof timeNames)[number]>,
  earlier: readonly Step[],
): string | undefined {
  const times = timeNames.filter((name) => step[name] !== undefined);
  if (times.length !== 1) {
    return `says when with ${times.length === 0 ? "none" : times.join(" and ")}; give exactly one of ${timeNames.join(", ")}`;
  }
  const after = step.after?.step;
  const known = earlier.flatMap((other) => other.id ?? []);
  if (after !== undefined && !known.includes(after)) {
    const allowed = known.length === 0 ? "no earlier step has an id" : known.join(", ");
    return `key after.step names "${after}", which is no earlier step; allowed: ${allowed}`;
  }
  return undefined;
}

/** Unknown keys first: the other complaints are often their echo. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject | undefined {
  return errors.find((error) => error.keyword === "additionalProperties") ?? errors[0];
}

function pathOf(error: ErrorObject): readonly string[] {
  const path = error.instancePath.split("/").slice(1);
  const extra: unknown = error.params["additionalProperty"];
  return typeof extra === "string" ? [...path, extra] : path;
}

function explain(error: ErrorObject): string {
  const key = pathOf(error).join(".") || "the file";
  const { keyword, params } = error;
  switch (keyword) {
    case "additionalProperties":
      return `unknown key ${key}; allowed here: ${allowedKeys(error).join(", ")}`;
    case "required":
      return `key ${key} lacks ${String(params["missingProperty"])}, which is required`;
    case "const":
      return `key ${key} must be ${JSON.stringify(params["allowedValue"])}`;
    case "enum":
      return `key ${key} must be one of ${(params["allowedValues"] as unknown[]).join(", ")}`;
    case "type":
      return `key ${key} must be of type ${String(params["type"])}`;
    case "pattern":
      return `key ${key} ${explainPattern(String(params["pattern"]))}`;
    default:
      return `key ${key} ${error.message ?? "is not valid"}`;
  }
}

function explainPattern(pattern: string): string {
  if (pattern.includes("ms|s|m|h|d")) {
    const end = pattern.includes("end") ? ' or "end"' : "";
    return `must be a duration with units, such as 90s or 1h30m${end} (ms, s, m, h, d)`;
  }
  if (pattern.includes("/")) return "must name a target as kind/name or kind/namespace/name";
  return "must be a lower-case name of letters, digits and dashes";
}

function allowedKeys(error: ErrorObject): readonly string[] {
  const { properties = {} } = (error.parentSchema ?? {}) as { properties?: object };
  return Object.keys(properties);
}

/** Where a path begins in the text; where its nearest parent does if the path itself is absent. */
function offsetOf(document: Document, path: readonly string[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown =
      length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1] ?? "";
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === key) : undefined;
    const node = (pair?.key ?? document.getIn(path.slice(0, length), true)) as Node | undefined;
    if (node?.range !== undefined && node.range !== null) return node.range[0];
  }
  return 0;
}

function firstSentence(text: string): string {
  return text.split("\n")[0] ?? text;
}
