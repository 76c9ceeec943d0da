import type { NormalizedSchema } from "@smithy/core/schema";
import { toDate } from "../../kernel/clock.ts";
import type { Service } from "../service.ts";
import { implementedServices } from "../services.ts";
import type { Honoured, HonouredMembers } from "./honoured.ts";
import type { MemberPath } from "./track-reads.ts";

const services = implementedServices();

/** Every action of every service. */
export const actions = services.flatMap((service) =>
  [...service.handlers.keys()].map((operation) => ({ service, operation })),
);

export const nameOf = ({ model }: Service, operation: string) =>
  `${model.signingName}${model.version === "" ? "" : ` ${model.version}`} ${operation}`;

export function inputOf({ model }: Service, operation: string): NormalizedSchema {
  const found = model.operations.get(operation);
  if (found === undefined) throw new Error(`no ${operation}`);
  return found.input;
}

interface Member {
  readonly path: MemberPath;
  readonly schema: NormalizedSchema;
  /** What the tables say; undefined if nothing. */
  readonly honoured: Honoured | undefined;
}

/** Members of a structure and of what is in it, down to what nothing is said of. */
export function* membersOf(
  schema: NormalizedSchema,
  honoured: HonouredMembers,
  prefix = "",
): Generator<Member> {
  for (const [name, member] of schema.structIterator()) {
    const path = `${prefix}${name}`;
    const said = honoured.get(name);
    yield { path, schema: member, honoured: said };
    const inside = member.isListSchema() ? member.getValueSchema() : member;
    if (said?.members !== undefined) yield* membersOf(inside, said.members, `${path}.`);
  }
}

/** Some value other than the default, with every structure and list on the way down. */
function sample(schema: NormalizedSchema, depth = 0): unknown {
  if (schema.isListSchema()) return [sample(schema.getValueSchema(), depth)];
  if (schema.isMapSchema()) return { key: sample(schema.getValueSchema(), depth) };
  if (schema.isStructSchema()) {
    const [first] = [...schema.structIterator()];
    return first === undefined || depth > 6
      ? { unknown: "x" }
      : { [first[0]]: sample(first[1], depth + 1) };
  }
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 7;
  if (schema.isTimestampSchema()) return toDate(0);
  return schema.isBlobSchema() ? new Uint8Array([1]) : "seatrial-sample";
}

/** An input that carries one member, nested as it has to be. */
export function inputWith(
  schema: NormalizedSchema,
  path: MemberPath,
  except?: Honoured["values"],
): Record<string, unknown> {
  const [name = "", ...rest] = path.split(".");
  const member = schema.getMemberSchema(name);
  if (rest.length === 0) {
    const usual = sample(member);
    return { [name]: except instanceof Set && except.has(String(usual)) ? !usual : usual };
  }
  const struct = member.isListSchema() ? member.getValueSchema() : member;
  const inside = inputWith(struct, rest.join("."), except);
  return { [name]: member.isListSchema() ? [inside] : inside };
}
