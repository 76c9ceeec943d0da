import { celEquals, compareCel } from "../compare.ts";
import { CelValueError, type Functions } from "./register.ts";

type List = readonly unknown[];

function sum(list: List): unknown {
  if (list.length === 0) return 0n;
  return list.reduce((total, item) => {
    if (typeof total === "bigint" && typeof item === "bigint") return total + item;
    if (typeof total === "number" && typeof item === "number") return total + item;
    throw new CelValueError("no such overload: sum");
  });
}

function extreme(list: List, sign: 1 | -1, name: string): unknown {
  if (list.length === 0) throw new CelValueError(`${name} called on empty list`);
  return list.reduce((best, item) => (compareCel(item, best) * sign > 0 ? item : best));
}

function distinct(list: List): unknown[] {
  const kept: unknown[] = [];
  for (const item of list) if (!kept.some((each) => celEquals(each, item))) kept.push(item);
  return kept;
}

function flatten(list: List, depth: number): unknown[] {
  return list.flatMap((item) =>
    Array.isArray(item) && depth > 0 ? flatten(item, depth - 1) : [item],
  );
}

function slice(list: List, from: bigint, to: bigint): List {
  if (from < 0n || to < 0n) throw new CelValueError("cannot slice with negative indexes");
  if (from > to) throw new CelValueError("cannot slice, start index must be less than end index");
  if (to > BigInt(list.length)) throw new CelValueError("cannot slice, end is out of range");
  return list.slice(Number(from), Number(to));
}

const contains = (list: List, item: unknown) => list.some((each) => celEquals(each, item));
const containsAll = (a: List, b: List) => b.every((item) => contains(a, item));

export const listFunctions: Functions = {
  "list.isSorted(): bool": (list: List) =>
    list.every((item, index) => index === 0 || compareCel(list[index - 1], item) <= 0),
  "list.sum(): dyn": sum,
  "list.min(): dyn": (list: List) => extreme(list, -1, "min"),
  "list.max(): dyn": (list: List) => extreme(list, 1, "max"),
  "list.k8s_indexOf(dyn): int": (list: List, item: unknown) =>
    BigInt(list.findIndex((each) => celEquals(each, item))),
  "list.k8s_lastIndexOf(dyn): int": (list: List, item: unknown) =>
    BigInt(list.findLastIndex((each) => celEquals(each, item))),
  "list.distinct(): list": distinct,
  "list.flatten(): list": (list: List) => flatten(list, 1),
  "list.flatten(int): list": (list: List, depth: bigint) => flatten(list, Number(depth)),
  "list.reverse(): list": (list: List) => list.toReversed(),
  "list.slice(int, int): list": slice,
  "list.sort(): list": (list: List) => list.toSorted(compareCel),
  "SetsNamespace.contains(list, list): bool": (_sets: unknown, a: List, b: List) =>
    containsAll(a, b),
  "SetsNamespace.equivalent(list, list): bool": (_sets: unknown, a: List, b: List) =>
    containsAll(a, b) && containsAll(b, a),
  "SetsNamespace.intersects(list, list): bool": (_sets: unknown, a: List, b: List) =>
    b.some((item) => contains(a, item)),
};
