import { parseDuration } from "./duration.ts";
import {
  type CallPattern,
  type Fault,
  FaultError,
  FaultFields,
  type FieldValue,
  type ParsedFault,
} from "./fault.ts";
import {
  type FaultKind,
  type FieldFacts,
  type KindFacts,
  kindFacts,
} from "./tables/fault-kinds.ts";

const faultKeys = ["id", "call", "for", "chance", "do"];
const seams = ["cloud", "kube", "machine"] as const;
const callKeys = [...seams, "service", "by", "object", "nth", "times", "phase"];

/** Checks a fault that somebody wrote. Throws a FaultError that names the key and says what is allowed there. */
export function parseFault(written: unknown, fallbackId: (kind: string) => string): ParsedFault {
  const fault = requireRecord(written, "a fault") as unknown as Fault;
  checkKeys(fault, faultKeys, "a fault");
  const { kind, facts, value } = theKind(fault);
  const fields = parseFields(kind, facts, value);
  const call = parseCall(fault.call, kind, facts);
  const id = fault.id === undefined ? fallbackId(kind) : requireText(fault.id, "id");
  return {
    id,
    kind: kind as FaultKind,
    call,
    forMs: parseFor(fault.for, kind, facts),
    chance: parseChance(fault.chance, kind, facts),
    fields,
    source: { ...fault, id },
  };
}

function theKind(fault: Fault) {
  const wanted = requireRecord(fault.do, "do");
  const [kind, another] = Object.keys(wanted);
  const all = [...kindFacts.keys()].toSorted().join(", ");
  if (kind === undefined) throw new FaultError(`do names no kind of fault; there are ${all}`);
  if (another !== undefined) {
    throw new FaultError(`do names ${kind} and ${another}; one fault does one thing`);
  }
  const facts = kindFacts.get(kind);
  if (facts === undefined) throw new FaultError(`do.${kind} is no kind of fault; there are ${all}`);
  return { kind, facts, value: wanted[kind] };
}

function parseFields(kind: string, facts: KindFacts, value: unknown): FaultFields {
  const given = spellOut(kind, facts, value);
  checkKeys(given, Object.keys(facts.fields), `do.${kind}`);
  const values = new Map<string, FieldValue>();
  for (const [name, field] of Object.entries(facts.fields)) {
    const place = `do.${kind}.${name}`;
    const found = given[name];
    if (found !== undefined) values.set(name, parseField(found, field, place));
    else if (field.default !== undefined) values.set(name, field.default);
    else if (field.required === true) {
      throw new FaultError(`${place} is missing: ${field.says}, ${allowed(field)}`);
    }
  }
  return new FaultFields(values);
}

/** `true` and nothing stand for no fields, a bare value for the main one. */
function spellOut(
  kind: string,
  facts: KindFacts,
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (value === true || value === null || value === undefined) return {};
  if (typeof value === "object") return requireRecord(value, `do.${kind}`);
  if (facts.main !== undefined) return { [facts.main]: value };
  throw new FaultError(`do.${kind} takes no value of its own: write ${kind}: {}`);
}

function parseField(value: unknown, field: FieldFacts, place: string): FieldValue {
  const parsed = readField(value, field.type);
  if (parsed !== undefined) return parsed;
  throw new FaultError(`${place} must be ${allowed(field)}, not ${JSON.stringify(value)}`);
}

function readField(value: unknown, type: FieldFacts["type"]): FieldValue | undefined {
  if (typeof value === "string") return readText(value, type);
  if (typeof value !== "number" || typeof type === "object") return undefined;
  return type in numbers && isWithin(value, type as NumberType) ? value : undefined;
}

function readText(value: string, type: FieldFacts["type"]): FieldValue | undefined {
  if (typeof type === "object") return type.oneOf.includes(value) ? value : undefined;
  if (type === "pattern" || type === "text") return value === "" ? undefined : value;
  if (type !== "duration" && type !== "shift") return undefined;
  const ms = parseDuration(value);
  return ms !== undefined && (type === "shift" || ms >= 0) ? ms : undefined;
}

const numbers = {
  chance: "a number from 0 to 1",
  count: "a whole number from 5",
  factor: "a number above 0",
  status: "a whole number from 400 to 599",
  whole: "a whole number from 0",
} as const;

type NumberType = keyof typeof numbers;

function isWithin(value: number, type: NumberType): boolean {
  if (type === "chance") return value >= 0 && value <= 1;
  if (type === "factor") return Number.isFinite(value) && value > 0;
  if (!Number.isInteger(value)) return false;
  if (type === "status") return value >= 400 && value <= 599;
  return type === "count" ? value >= 5 : value >= 0;
}

const words = {
  ...numbers,
  duration: 'a duration like "90s" or "1h30m"',
  pattern: "text, in which * stands for anything",
  shift: 'a duration like "10m" or "-10m"',
  text: "text",
} as const;

function allowed({ type }: FieldFacts): string {
  return typeof type === "object" ? `one of ${type.oneOf.join(", ")}` : words[type];
}

function parseCall(written: unknown, kind: string, facts: KindFacts): CallPattern | undefined {
  if (facts.nature !== "call") {
    if (written === undefined) return undefined;
    throw new FaultError(`call has no meaning for ${kind}, which does not strike calls`);
  }
  if (written === undefined) {
    throw new FaultError(`call is missing: ${kind} strikes calls, for example ${facts.example}`);
  }
  const call = requireRecord(written, "call");
  checkKeys(call, callKeys, "call");
  const named = seams.filter((seam) => call[seam] !== undefined);
  if (named.length !== 1) throw new FaultError(`call needs exactly one of ${seams.join(", ")}`);
  for (const key of [...seams, "service", "by", "object"]) {
    if (call[key] !== undefined) requireText(call[key], `call.${key}`);
  }
  for (const key of ["nth", "times"]) {
    const value = call[key];
    if (value === undefined || (Number.isInteger(value) && Number(value) >= 1)) continue;
    throw new FaultError(`call.${key} must be a whole number from 1, not ${JSON.stringify(value)}`);
  }
  checkSeam(call, kind);
  return call;
}

function checkSeam(call: Readonly<Record<string, unknown>>, kind: string): void {
  const { machine, kube, service, phase } = call;
  const phases = ["afterCommit", "beforeCommit"];
  if (phase !== undefined && !phases.includes(phase as string)) {
    throw new FaultError(
      `call.phase must be one of ${phases.join(", ")}, not ${JSON.stringify(phase)}`,
    );
  }
  if (machine !== undefined && phase === "afterCommit") {
    throw new FaultError("call.phase afterCommit has no meaning inside a machine");
  }
  if (machine !== undefined && (kind === "throttle" || kind === "reset")) {
    throw new FaultError(`${kind} strikes calls to AWS or Kubernetes, nothing inside a machine`);
  }
  if (service !== undefined && (machine !== undefined || kube !== undefined)) {
    throw new FaultError("call.service goes with call.cloud only");
  }
}

function parseFor(written: unknown, kind: string, { nature }: KindFacts): number | undefined {
  if (written === undefined) return undefined;
  if (nature === "event")
    throw new FaultError(`for has no meaning for ${kind}: it happens at once`);
  const ms = typeof written === "string" ? parseDuration(written) : undefined;
  if (ms !== undefined && ms > 0) return ms;
  throw new FaultError(`for must be ${words.duration}, not ${JSON.stringify(written)}`);
}

function parseChance(written: unknown, kind: string, facts: KindFacts): number {
  if (written === undefined) return 1;
  if (facts.mayMiss !== true) {
    throw new FaultError(`chance has no meaning for ${kind}: it strikes once, or all the time`);
  }
  if (typeof written === "number" && written >= 0 && written <= 1) return written;
  throw new FaultError(`chance must be ${words.chance}, not ${JSON.stringify(written)}`);
}

function requireRecord(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new FaultError(`${place} must be an object, not ${JSON.stringify(value) ?? "nothing"}`);
}

function requireText(value: unknown, place: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new FaultError(`${place} must be text, not ${JSON.stringify(value)}`);
}

function checkKeys(value: object, known: readonly string[], place: string): void {
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger === undefined) return;
  const takes = known.length === 0 ? "it takes no fields" : `it takes ${known.join(", ")}`;
  throw new FaultError(`${place} has no field ${stranger}: ${takes}`);
}
