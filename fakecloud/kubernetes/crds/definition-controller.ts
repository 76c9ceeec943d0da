import { formatTime } from "../../kernel/clock.ts";
import type { Core } from "../core.ts";
import type { Change, Entry } from "../history.ts";
import { deepEqual } from "../json.ts";
import { type KubeObject, withField, withMeta } from "../object.ts";
import { tableId } from "../registry/resource.ts";
import {
  type Condition,
  definitionOf,
  type DefinitionNames,
  hasCondition,
  record,
  texts,
} from "./definition.ts";
import { cleanupFinalizer, setCondition } from "./terminating.ts";

const acceptDelayMs = 1;
const cleanupDelayMs = 20;
const cleanupRetryMs = 5000;

/**
 * What the API server itself does about definitions: accepts their names and lets them serve, and cleans up after those
 * that are deleted. Returns what stops it.
 */
export function startDefinitionController(core: Core): () => void {
  const table = core.state.definitions;
  const timers = new Map<string, unknown>();
  const accepting = new Set<string>();
  const label = `definitions in ${core.state.name}`;
  const look = (key: string) => {
    const entry = table.get(key);
    if (entry === undefined) return;
    if (!core.store.available()) later(key, cleanupRetryMs);
    else if (entry.object.metadata.deletionTimestamp === undefined) accept(core, entry);
    else if (!cleanUp(core, entry)) later(key, cleanupRetryMs);
  };
  const later = (key: string, delayMs: number) => {
    if (timers.has(key)) return;
    const timer = core.clock.setTimeout(
      () => {
        timers.delete(key);
        look(key);
        accepting.delete(key);
        if (accepting.size === 0) core.state.settleDefinitions();
      },
      delayMs,
      label,
    );
    timers.set(key, timer);
  };
  const onChange = ({ type, entry }: Change) => {
    const { object, key } = entry;
    if (type === "DELETED") {
      // The names that it had are free: somebody may be waiting for them.
      for (const other of table.list()) {
        if (needsAcceptance(other.object)) later(other.key, acceptDelayMs);
      }
      return;
    }
    if (object.metadata.deletionTimestamp !== undefined) later(key, cleanupDelayMs);
    else if (needsAcceptance(object)) {
      accepting.add(key);
      core.state.unsettleDefinitions();
      later(key, acceptDelayMs);
    }
  };
  const unsubscribe = table.onChange(onChange);
  for (const entry of table.list()) {
    onChange({ type: "ADDED", revision: entry.revision, atMs: core.clock.now(), entry });
  }
  return () => {
    unsubscribe();
    for (const timer of timers.values()) core.clock.clearTimeout(timer);
  };
}

function needsAcceptance(crd: KubeObject): boolean {
  if (!hasCondition(crd, "Established")) return true;
  const { storedVersions } = record(crd["status"]);
  const storage = definitionOf(crd).versions.find((version) => version.storage)?.name;
  return !(Array.isArray(storedVersions) && storedVersions.includes(storage));
}

function accept(core: Core, entry: Entry): void {
  const crd = entry.object;
  if (!needsAcceptance(crd)) return;
  const next = judged(crd, acceptNames(core, crd), formatTime(core.clock.now()));
  if (deepEqual(next["status"], crd["status"])) return;
  write(core, entry, next);
}

/** A definition whose names were accepted at a time, all of them: it serves from the moment in which it is stored. */
export function established(crd: KubeObject, time: string): KubeObject {
  return judged(crd, { accepted: definitionOf(crd).names, conflict: undefined }, time);
}

/** The definition with what became of its names in its status. */
function judged(crd: KubeObject, { accepted, conflict }: Acceptance, time: string): KubeObject {
  let next = withNames(crd, accepted);
  if (conflict === undefined) next = withStoredVersion(next);
  for (const verdict of verdictsOn(conflict)) next = setCondition(next, verdict, time);
  return next;
}

function verdictsOn(conflict: Conflict | undefined): readonly Condition[] {
  if (conflict === undefined) {
    return [
      {
        type: "NamesAccepted",
        status: "True",
        reason: "NoConflicts",
        message: "no conflicts found",
      },
      {
        type: "Established",
        status: "True",
        reason: "InitialNamesAccepted",
        message: "the initial names have been accepted",
      },
    ];
  }
  return [
    { type: "NamesAccepted", status: "False", ...conflict },
    {
      type: "Established",
      status: "False",
      reason: "NotAccepted",
      message: "not all names are accepted",
    },
  ];
}

/** The names of a definition as its status lists them. */
function withNames(crd: KubeObject, { shortNames, categories, ...names }: DefinitionNames) {
  return withField(crd, "status", {
    ...record(crd["status"]),
    acceptedNames: {
      plural: names.plural,
      kind: names.kind,
      ...(names.singular === "" ? {} : { singular: names.singular }),
      ...(names.listKind === "" ? {} : { listKind: names.listKind }),
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
    },
  });
}

function withStoredVersion(crd: KubeObject): KubeObject {
  const status = record(crd["status"]);
  const storage = definitionOf(crd).versions.find((version) => version.storage)?.name ?? "";
  const stored = texts(status["storedVersions"]);
  return withField(crd, "status", {
    ...status,
    storedVersions: stored.includes(storage) ? stored : [...stored, storage],
  });
}

interface Conflict {
  readonly reason: string;
  readonly message: string;
}

interface Acceptance {
  readonly accepted: DefinitionNames;
  readonly conflict: Conflict | undefined;
}

/** Names must be unique within a group; who came first keeps them. Whatever of the others is free is accepted by itself. */
function acceptNames(core: Core, crd: KubeObject): Acceptance {
  const { group, names } = definitionOf(crd);
  const { resources, kinds } = namesTaken(core, crd, group);
  const conflicts: Conflict[] = [];
  const inUse = (reason: string, name: string): "" => {
    conflicts.push({ reason, message: `${JSON.stringify(name)} is already in use` });
    return "";
  };
  const { plural, singular, shortNames, kind, listKind, categories } = names;
  const accepted: DefinitionNames = {
    plural: resources.has(plural) ? inUse("PluralConflict", plural) : plural,
    singular: resources.has(singular) ? inUse("SingularConflict", singular) : singular,
    shortNames: shortNames.filter(
      (name) => !resources.has(name) || inUse("ShortNamesConflict", name) !== "",
    ),
    kind: kinds.has(kind) ? inUse("KindConflict", kind) : kind,
    listKind: kinds.has(listKind) ? inUse("ListKindConflict", listKind) : listKind,
    categories,
  };
  // Short names are taken all or none; of several conflicts the last one is told, because each overwrites the one before.
  const isWhole = accepted.shortNames.length === shortNames.length;
  return {
    accepted: isWhole ? accepted : { ...accepted, shortNames: [] },
    conflict: conflicts.at(-1),
  };
}

function namesTaken(core: Core, crd: KubeObject, group: string) {
  const taken = core.state.definitions
    .list()
    .filter(({ object }) => object.metadata.name !== crd.metadata.name)
    .filter(({ object }) => record(object["spec"])["group"] === group)
    .map(({ object }) => record(record(object["status"])["acceptedNames"]));
  const resources = new Set<unknown>();
  const kinds = new Set<unknown>();
  for (const { plural, singular, shortNames, kind, listKind } of taken) {
    for (const name of [plural, singular, ...texts(shortNames)]) resources.add(name);
    for (const name of [kind, listKind]) kinds.add(name);
  }
  for (const set of [resources, kinds]) set.delete("");
  return { resources, kinds };
}

function write(core: Core, entry: Entry, object: KubeObject): void {
  const { namespace, name } = entry;
  const stored = core.store.put(core.state.definitions, { namespace, name }, object);
  core.state.trace.record({
    kind: "kube.write",
    actor: "kube-apiserver",
    object: `customresourcedefinitions/${name}`,
    verb: "update",
    detail: {
      cluster: core.state.name,
      resourceVersion: stored.object.metadata.resourceVersion,
      subresource: "status",
    },
  });
}

/** Deletes the objects of a terminating definition; true once none is left and the definition is gone. */
function cleanUp(core: Core, entry: Entry): boolean {
  const crd = entry.object;
  const finalizers = crd.metadata.finalizers ?? [];
  if (!finalizers.includes(cleanupFinalizer)) return true;
  const { group, names } = definitionOf(crd);
  const table = core.store.table(tableId(group, names.plural));
  for (const item of table.list().slice()) markOrDelete(core, item, names.plural);
  const now = formatTime(core.clock.now());
  if (table.size > 0) {
    const next = setCondition(
      crd,
      {
        type: "Terminating",
        status: "True",
        reason: "InstanceDeletionInProgress",
        message: "CustomResource deletion is in progress",
      },
      now,
    );
    if (!deepEqual(next["status"], crd["status"])) write(core, entry, next);
    return false;
  }
  const rest = finalizers.filter((each) => each !== cleanupFinalizer);
  if (rest.length === 0) core.store.delete(core.state.definitions, entry);
  else write(core, entry, withMeta(crd, { finalizers: rest }));
  return true;
}

function markOrDelete(core: Core, item: Entry, plural: string): void {
  const { metadata } = item.object;
  const table = core.store.table(tableId(item.object.apiVersion.split("/")[0] ?? "", plural));
  if ((metadata.finalizers ?? []).length === 0) {
    core.store.delete(table, item);
    return;
  }
  if (metadata.deletionTimestamp !== undefined) return;
  core.store.put(
    table,
    item,
    withMeta(item.object, {
      deletionTimestamp: formatTime(core.clock.now()),
      deletionGracePeriodSeconds: 0,
      generation: (metadata.generation ?? 0) + 1,
    }),
  );
}
