import { expect } from "vitest";
import type { Call, ConformanceCase } from "./case.ts";

/** Whoever is put to the test: this fake over one of its adapters, or another endpoint. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Subject {
  send(service: string, operation: string, input: object, by?: Credentials): Promise<unknown>;
  wait(ms: number): Promise<void>;
}

interface SdkError {
  readonly name: string;
  readonly Code?: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export async function runCase(subject: Subject, one: ConformanceCase): Promise<void> {
  const saved = new Map<string, unknown>();
  for (const [index, step] of one.steps.entries()) {
    if ("waitMs" in step) await subject.wait(step.waitMs);
    else await runCall(subject, saved, { step, where: `step ${index + 1}: ${step.call}` });
  }
}

async function runCall(
  subject: Subject,
  saved: Map<string, unknown>,
  { step, where }: { readonly step: Call; readonly where: string },
): Promise<void> {
  const [first = "", second] = step.call.split(":");
  const [service, operation] = second === undefined ? ["ec2", first] : [first, second];
  const input = resolve(step.input ?? {}, saved) as object;
  const by = step.by === undefined ? undefined : credentialsOf(lookUp(step.by, saved));
  const outcome = await subject.send(service, operation, input, by).then(
    (output) => ({ output, error: undefined }),
    (error: unknown) => ({ output: undefined, error: error as SdkError }),
  );
  if (step.fails !== undefined) {
    checkFailure(outcome.error, step, where);
    return;
  }
  if (outcome.error !== undefined) {
    throw new Error(`${where} failed with ${outcome.error.name}: ${outcome.error.message}`);
  }
  if (step.gives !== undefined) {
    expect(outcome.output, where).toMatchObject(resolve(step.gives, saved) as object);
  }
  if (step.as !== undefined) saved.set(step.as, outcome.output);
}

function credentialsOf(key: unknown): Credentials {
  const { AccessKeyId, SecretAccessKey, SessionToken } = key as Readonly<Record<string, string>>;
  return {
    accessKeyId: AccessKeyId ?? "",
    secretAccessKey: SecretAccessKey ?? "",
    ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
  };
}

function checkFailure(error: SdkError | undefined, step: Call, where: string): void {
  expect(error?.Code ?? error?.name.replace(/Exception$/, ""), where).toBe(step.fails);
  if (step.says !== undefined) expect(error?.message, where).toContain(step.says);
  if (step.status !== undefined) {
    expect(error?.$metadata?.httpStatusCode, where).toBe(step.status);
  }
}

/** Replaces references; a text that is nothing but a reference takes the value as it is. */
function resolve(value: unknown, saved: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\{([\w.]+)\}/g, (_, path: string) => String(lookUp(path, saved)));
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, saved));
  if (typeof value !== "object" || value === null) return value;
  // Matchers and dates stay what they are.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolve(item, saved)]),
  );
}

function lookUp(path: string, saved: ReadonlyMap<string, unknown>): unknown {
  const [name = "", ...members] = path.split(".");
  let value = saved.get(name);
  for (const member of members) value = (value as Record<string, unknown> | undefined)?.[member];
  if (value === undefined) throw new Error(`nothing is saved as {${path}}`);
  return value;
}
