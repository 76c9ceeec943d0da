import { compareText } from "../json.ts";

/**
 * A set of field paths, in the very form in which managed fields are stored (FieldsV1): `{"f:spec": {"f:replicas": {}}}`.
 * A node without children is a member; a node with children is one only if it contains ".". Nodes are never changed, so
 * stored sets take part in set operations without being parsed, and results share what did not change.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const emptySet: FieldSet = Object.freeze({});
const self = ".";
const leaf: FieldSet = emptySet;
const selfEntry: { readonly ".": FieldSet } = { ".": leaf };

export function isEmptySet(set: FieldSet): boolean {
  for (const _element in set) return false;
  return true;
}

export function isMember(node: FieldSet): boolean {
  return self in node || isEmptySet(node);
}

function childrenOf(node: FieldSet): string[] {
  const elements = Object.keys(node);
  return self in node ? elements.filter((element) => element !== self) : elements;
}

/** A node from its parts; undefined if it would contain nothing. */
function nodeOf(member: boolean, children: FieldSet): FieldSet | undefined {
  if (isEmptySet(children)) return member ? leaf : undefined;
  return member ? { ...selfEntry, ...children } : children;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  return uniteChildren(a, b);
}

function uniteChildren(a: FieldSet, b: FieldSet): FieldSet {
  let result: Record<string, FieldSet> | undefined;
  for (const element of Object.keys(b)) {
    const before = a[element];
    const added = b[element] as FieldSet;
    const after = before === undefined ? added : uniteNodes(before, added);
    if (after === before) continue;
    result ??= { ...a };
    result[element] = after;
  }
  return result ?? a;
}

function uniteNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const member = isMember(a) || isMember(b);
  const united = uniteChildren(a, b);
  if (!member || self in united || isEmptySet(united)) return united;
  return { ...selfEntry, ...united };
}

/** What is in `a` and not in `b`; membership of a parent says nothing about its children. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  return subtractChildren(a, b) ?? emptySet;
}

function subtractChildren(a: FieldSet, b: FieldSet): FieldSet | undefined {
  let result: Record<string, FieldSet> | undefined;
  for (const element of childrenOf(b)) {
    const before = a[element];
    if (before === undefined) continue;
    const after = subtractNodes(before, b[element] as FieldSet);
    if (after === before) continue;
    result ??= { ...a };
    if (after === undefined) delete result[element];
    else result[element] = after;
  }
  if (result === undefined) return a;
  return isEmptySet(result) ? undefined : result;
}

function subtractNodes(a: FieldSet, b: FieldSet): FieldSet | undefined {
  if (isEmptySet(a)) return isMember(b) ? undefined : a;
  const rest = subtractChildren(a, b);
  if (rest === undefined) return undefined;
  if (!isMember(b) || !(self in rest)) {
    return self in rest && childrenOf(rest).length === 0 ? leaf : rest;
  }
  const { [self]: _member, ...children } = rest;
  return nodeOf(false, children);
}

/** What is in `a`, without the members of `b` and everything below them. */
export function withoutBranches(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return a;
  let result: Record<string, FieldSet> | undefined;
  for (const element of childrenOf(b)) {
    const before = a[element];
    if (before === undefined) continue;
    const branch = b[element] as FieldSet;
    const after = isMember(branch) ? undefined : cutBranches(before, branch);
    if (after === before) continue;
    result ??= { ...a };
    if (after === undefined) delete result[element];
    else result[element] = after;
  }
  return result ?? a;
}

function cutBranches(node: FieldSet, cut: FieldSet): FieldSet | undefined {
  if (isEmptySet(node)) return node;
  const rest = withoutBranches(node, cut);
  if (rest === node) return node;
  const { [self]: member, ...children } = rest;
  return nodeOf(member !== undefined, children);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return intersectChildren(a, b) ?? emptySet;
}

function intersectChildren(a: FieldSet, b: FieldSet): Record<string, FieldSet> | undefined {
  let result: Record<string, FieldSet> | undefined;
  for (const element of childrenOf(b)) {
    const one = a[element];
    const both = one === undefined ? undefined : intersectNodes(one, b[element] as FieldSet);
    if (both === undefined) continue;
    result ??= {};
    result[element] = both;
  }
  return result;
}

function intersectNodes(a: FieldSet, b: FieldSet): FieldSet | undefined {
  if (a === b) return a;
  return nodeOf(isMember(a) && isMember(b), intersectChildren(a, b) ?? emptySet);
}

export function containsPath(set: FieldSet, element: string): boolean {
  const node = set[element];
  return node !== undefined && isMember(node);
}

/** What the set says about the fields below one element. */
export function below(set: FieldSet, element: string): FieldSet {
  return set[element] ?? emptySet;
}

/** Collects paths, then gives them as a set. */
export class FieldSetBuilder {
  readonly #root: Record<string, FieldSet> = {};

  insert(path: readonly string[]): void {
    let node = this.#root;
    const last = path.length - 1;
    for (let depth = 0; depth < last; depth += 1) node = nodeBelow(node, path[depth] as string);
    if (last >= 0) markMember(node, path[last] as string);
  }

  /** What is inserted afterwards may be in the set or not. */
  build(): FieldSet {
    return this.#root;
  }
}

/** A node of its own below another one; a leaf that was there stays a member. */
function nodeBelow(node: Record<string, FieldSet>, element: string): Record<string, FieldSet> {
  const found = node[element];
  if (found !== undefined && found !== leaf) return found;
  const made: Record<string, FieldSet> = found === undefined ? {} : { ...selfEntry };
  node[element] = made;
  return made;
}

function markMember(node: Record<string, FieldSet>, element: string): void {
  const found: Record<string, FieldSet> | undefined = node[element];
  if (found === undefined) node[element] = leaf;
  else if (found !== leaf) found[self] = leaf;
}

export function setOfPaths(paths: readonly (readonly string[])[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of paths) builder.insert(path);
  return builder.build();
}

/** All members, in the order in which the real server lists them. */
export function listPaths(set: FieldSet): string[][] {
  const paths: string[][] = [];
  collectPaths(set, [], paths);
  return paths;
}

function collectPaths(node: FieldSet, path: readonly string[], paths: string[][]): void {
  const children = sortElements(childrenOf(node));
  for (const element of children) {
    if (isMember(node[element] as FieldSet)) paths.push([...path, element]);
  }
  for (const element of children) {
    collectPaths(node[element] as FieldSet, [...path, element], paths);
  }
}

const sorted = new WeakSet<FieldSet>();

/** Whether a set has come out of `sortSet`: then it is a good one, too. */
export function isSorted(set: FieldSet): boolean {
  return sorted.has(set);
}

/** The set with its elements in stored order. */
export function sortSet(set: FieldSet): FieldSet {
  if (sorted.has(set) || isEmptySet(set)) return set;
  const elements = Object.keys(set);
  let isSorted = true;
  const ordered = sortElements(elements);
  const result: Record<string, FieldSet> = {};
  for (const [index, element] of ordered.entries()) {
    const before = set[element] as FieldSet;
    const after = sortSet(before);
    if (after !== before || elements[index] !== element) isSorted = false;
    result[element] = after;
  }
  const final = isSorted ? set : result;
  sorted.add(final);
  return final;
}

const rank: Readonly<Record<string, number>> = { ".": 0, f: 1, k: 2, v: 3, i: 4 };

/** Fields, then keyed items, then set items, then indices; each in the order of its values. */
function sortElements(elements: readonly string[]): string[] {
  const areFields = elements.every((element) => element === self || element.startsWith("f:"));
  if (areFields) return elements.toSorted(compareText);
  return elements
    .map((element) => ({ element, value: valueOf(element) }))
    .sort(compareElements)
    .map(({ element }) => element);
}

interface ParsedElement {
  readonly element: string;
  readonly value: unknown;
}

function valueOf(element: string): unknown {
  if (element === self || element.startsWith("f:")) return element;
  const value: unknown = JSON.parse(element.slice(2));
  return element.startsWith("k:") ? Object.entries(value as object) : value;
}

function compareElements(a: ParsedElement, b: ParsedElement): number {
  const kind = a.element[0] ?? "";
  const byKind = (rank[kind] ?? 9) - (rank[b.element[0] ?? ""] ?? 9);
  if (byKind !== 0) return byKind;
  if (kind !== "k") return compareValues(a.value, b.value);
  return compareKeys(a.value as readonly KeyField[], b.value as readonly KeyField[]);
}

type KeyField = readonly [name: string, value: unknown];

function compareKeys(left: readonly KeyField[], right: readonly KeyField[]): number {
  for (const [index, [name, value]] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareText(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const valueRank = ["number", "string", "boolean", "object"];

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  return valueRank.indexOf(typeof a) - valueRank.indexOf(typeof b);
}

/** `.spec.containers[name="c"].image`, as conflicts name a path. */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join("");
}

export function printElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith("f:")) return `.${rest}`;
  if (element.startsWith("v:")) return `[=${rest}]`;
  if (element.startsWith("i:")) return `[${rest}]`;
  const fields = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${fields.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
}
