import { AwsError } from "../aws-error.ts";

/**
 * What an action honours of its input: "VpcId Filters(Name Values) Ipv6Native=false". Members of a structure, or of the
 * structures in a list, stand in brackets. `Name=a|b`: only these values, which say what happens anyway. `Name=*`: any value, for
 * nothing depends on it or the wire has seen to it. `Name(*)`: a structure that is kept whole and given back.
 */
export type HonouredText = string;

/** By action. */
export type HonouredTable = Readonly<Record<string, HonouredText>>;

export interface Honoured {
  /** The only values that will do. */
  readonly values?: ReadonlySet<string> | "any";
  readonly whole?: true;
  /** Of the structure that the member is, or is a list of. */
  readonly members?: HonouredMembers;
}

export type HonouredMembers = ReadonlyMap<string, Honoured>;

export function parseHonoured(text: HonouredText): HonouredMembers {
  const tokens = [...text.matchAll(/\(\*\)|[()]|[^\s()]+/g)].map(([token]) => token);
  return parseMembers(tokens);
}

/** Takes what belongs to one structure from the front. */
function parseMembers(tokens: string[]): HonouredMembers {
  const members = new Map<string, Honoured>();
  for (let token = tokens.shift(); token !== undefined && token !== ")"; token = tokens.shift()) {
    const [name = "", values] = token.split("=");
    if (tokens[0] === "(*)") {
      tokens.shift();
      members.set(name, { whole: true });
    } else if (tokens[0] === "(") {
      tokens.shift();
      members.set(name, { members: parseMembers(tokens) });
    } else if (values === undefined) {
      members.set(name, {});
    } else {
      members.set(name, { values: values === "*" ? "any" : new Set(values.split("|")) });
    }
  }
  return members;
}

/** A parameter that would have no effect is refused by name: nobody shall believe that it had one. */
export function checkHonoured(operation: string, input: object, honoured: HonouredMembers): void {
  const ignored = findIgnored(input, honoured);
  if (ignored === undefined) return;
  const { path, values } = ignored;
  const only = values === undefined ? "" : ` but as ${[...values].join(" or ")}`;
  const message = `Seatrial does not honour the parameter ${path} of ${operation}${only} yet; without it the call would do the same`;
  throw new AwsError("UnsupportedOperation", message);
}

interface Ignored {
  /** "NetworkInterfaces[0].EnaQueueCount". */
  readonly path: string;
  readonly values?: ReadonlySet<string>;
}

/** The first member that is there and not honoured. */
function findIgnored(input: object, honoured: HonouredMembers): Ignored | undefined {
  for (const name in input) {
    const value = (input as Readonly<Record<string, unknown>>)[name];
    const member = honoured.get(name);
    if (member === undefined) {
      if (isNothing(value)) continue;
      return { path: name };
    }
    const { values, members } = member;
    if (values instanceof Set && !isNothing(value) && !values.has(String(value))) {
      return { path: name, values };
    }
    if (members === undefined || typeof value !== "object" || value === null) continue;
    const inside = Array.isArray(value)
      ? findInList(value, members)
      : prefixed(".", findIgnored(value, members));
    if (inside !== undefined) return { ...inside, path: `${name}${inside.path}` };
  }
  return undefined;
}

function findInList(items: readonly object[], members: HonouredMembers): Ignored | undefined {
  for (let index = 0; index < items.length; index += 1) {
    const found = findIgnored(items[index] ?? {}, members);
    if (found !== undefined) return prefixed(`[${index}].`, found);
  }
  return undefined;
}

function prefixed(prefix: string, found: Ignored | undefined): Ignored | undefined {
  return found === undefined ? undefined : { ...found, path: `${prefix}${found.path}` };
}

/** What says nothing: as good as not there. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== "object") return false;
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
}
