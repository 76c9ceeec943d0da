export type Json = boolean | null | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

type Step = number | string;
export type Path = readonly Step[];

/** What turns one state of an object into the next: values by path, and paths that are gone. */
export interface Patch {
  readonly set?: readonly (readonly [path: Path, value: Json])[];
  readonly unset?: readonly Path[];
}

/** Lists change as a whole when their length does: a condition more is easier to read than ten moved ones. */
export function computePatch(before: Json | undefined, after: Json): Patch {
  const set: (readonly [Path, Json])[] = [];
  const unset: Path[] = [];
  compare({ set, unset }, [], before, after);
  return {
    ...(set.length === 0 ? {} : { set }),
    ...(unset.length === 0 ? {} : { unset }),
  };
}

interface Draft {
  readonly set: (readonly [Path, Json])[];
  readonly unset: Path[];
}

function compare(draft: Draft, path: Path, before: Json | undefined, after: Json): void {
  if (before === after) return;
  if (isList(before) && isList(after) && before.length === after.length) {
    for (const [index, item] of after.entries())
      compare(draft, [...path, index], before[index], item);
    return;
  }
  if (!isMap(before) || !isMap(after)) {
    draft.set.push([path, after]);
    return;
  }
  for (const key of Object.keys(before))
    if (!Object.hasOwn(after, key)) draft.unset.push([...path, key]);
  for (const [key, value] of Object.entries(after)) {
    compare(draft, [...path, key], Object.hasOwn(before, key) ? before[key] : undefined, value);
  }
}

/** The next state; shares with the one before what has not changed. */
export function applyPatch(before: Json | undefined, patch: Patch): Json {
  let state: Json = before ?? {};
  for (const path of patch.unset ?? []) state = change(state, path, undefined) ?? {};
  for (const [path, value] of patch.set ?? []) state = change(state, path, value) ?? {};
  return state;
}

function change(state: Json | undefined, path: Path, value: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") {
    const list = isList(state) ? [...state] : [];
    const item = change(list[step], rest, value);
    if (item !== undefined) list[step] = item;
    return list;
  }
  const map = new Map(Object.entries(isMap(state) ? state : {}));
  const item = change(map.get(step), rest, value);
  if (item === undefined) map.delete(step);
  else map.set(step, item);
  return Object.fromEntries(map);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
