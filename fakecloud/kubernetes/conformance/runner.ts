import { isObject } from "../object.ts";
import {
  absent,
  type Asked,
  type ConformanceCase,
  type Expected,
  type Hook,
  type Request,
  type Step,
} from "./case.ts";
import { differences } from "./match.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface WatchedEvent {
  readonly type: string;
  readonly object: unknown;
}

/** An API server under test: the embedded one, or any other that a kubeconfig names. */
export interface Subject {
  send(request: Request): Promise<Answer>;
  /** Resolves with the first `count` events, or with what came within a few seconds. */
  watch(
    path: string,
    query: Readonly<Record<string, string>>,
    count: number,
  ): Promise<readonly WatchedEvent[]>;
  wait(ms: number): Promise<void>;
}

/** What the suite's webhook is told to answer, and has been asked. */
export interface WebhookOfSuite {
  readonly url: string;
  readonly caBundle: string;
  answerWith(hooks: Readonly<Record<string, Hook>>): void;
  /** What came since this was last called. */
  takeAsked(): readonly Asked[];
}

interface Run {
  readonly subject: Subject;
  readonly webhook: WebhookOfSuite;
  readonly saved: Map<string, string>;
}

/** Runs one case and returns everything in which the subject differs from what the case promises. */
export async function runCase(
  on: Pick<Run, "subject" | "webhook">,
  subjectCase: ConformanceCase,
  namespace: string,
): Promise<readonly string[]> {
  const { url, caBundle } = on.webhook;
  const saved = new Map(Object.entries({ ns: namespace, webhook: url, caBundle }));
  const run = { ...on, saved };
  on.webhook.answerWith(subjectCase.hooks ?? {});
  const found: string[] = [];
  for (const [index, step] of subjectCase.steps.entries()) {
    const problems = await runStep(run, step);
    found.push(...problems.map((problem) => `step ${index + 1}: ${problem}`));
    if (problems.length > 0) break;
  }
  for (const request of subjectCase.after ?? []) {
    await on.subject.send(fill(request, saved) as Request);
  }
  return found;
}

async function runStep(run: Run, step: Step): Promise<readonly string[]> {
  const { subject, saved, webhook } = run;
  if (step.waitMs !== undefined) await subject.wait(step.waitMs);
  const problems = await runRequest(run, step);
  if (problems.length > 0 || step.asked === undefined) return problems;
  const asked = webhook.takeAsked();
  return step.asked === "anything" ? [] : differences(asked, fill(step.asked, saved), "asked");
}

async function runRequest({ subject, saved }: Run, step: Step): Promise<readonly string[]> {
  if (step.watch !== undefined) return runWatch(subject, step, saved);
  if (step.send === undefined) return [];
  const answer = await subject.send(fill(step.send, saved) as Request);
  for (const [name, path] of Object.entries(step.save ?? {})) {
    const header = path.startsWith("headers.") ? path.slice("headers.".length) : undefined;
    const value = header === undefined ? lookUp(answer.body, path) : answer.headers[header];
    saved.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  if (step.expect === undefined) return [];
  return compare(answer, fill(step.expect, saved) as Expected);
}

async function runWatch(
  subject: Subject,
  step: Step,
  saved: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const { path, query = {} } = fill(step.watch, saved) as NonNullable<Step["watch"]>;
  const expected = fill(step.events ?? [], saved) as NonNullable<Step["events"]>;
  const events = await subject.watch(path, query, expected.length);
  return differences(events, expected, "events");
}

function compare(answer: Answer, expected: Expected): readonly string[] {
  const body = isObject(answer.body) ? answer.body : {};
  const problems = [...differences(answer.status, expected.status, "status")];
  if (expected.reason !== undefined) {
    problems.push(...differences(body["reason"], expected.reason || absent, "reason"));
  }
  if (expected.message !== undefined) {
    problems.push(...differences(body["message"], expected.message, "message"));
  }
  if (expected.body !== undefined) {
    problems.push(...differences(answer.body, expected.body, ""));
  }
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    problems.push(...differences(answer.headers[name], value, `header ${name}`));
  }
  if (problems.length > 0) problems.push(`the answer was ${JSON.stringify(answer.body)}`);
  return problems;
}

function lookUp(value: unknown, path: string): unknown {
  let found = value;
  for (const step of path.split(".")) {
    found = Array.isArray(found)
      ? (found[Number(step)] as unknown)
      : isObject(found)
        ? found[step]
        : undefined;
  }
  return found;
}

/** The same data with saved values in place of their names, in keys too. */
function fill(value: unknown, saved: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return fillText(value, saved);
  if (Array.isArray(value)) return value.map((each) => fill(each, saved));
  if (value instanceof RegExp || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [fillText(key, saved), fill(each, saved)]),
  );
}

function fillText(text: string, saved: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => saved.get(name) ?? whole);
}
