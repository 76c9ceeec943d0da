import { formatTime } from "../../kernel/clock.ts";
import type { Core } from "../core.ts";
import type { Change, Entry } from "../history.ts";
import { type KubeObject, withField, withMeta } from "../object.ts";
import { tableId } from "../registry/resource.ts";
import { type Condition, definitionOf, hasCondition, namesOf, record } from "./definition.ts";
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
  const now = formatTime(core.clock.now());
  const conflict = nameConflict(core, crd);
  const verdicts: readonly Condition[] =
    conflict === undefined
      ? [
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
        ]
      : [
          { type: "NamesAccepted", status: "False", ...conflict },
          {
            type: "Established",
            status: "False",
            reason: "NotAccepted",
            message: "not all names are accepted",
          },
        ];
  let next = crd;
  for (const verdict of verdicts) next = setCondition(next, verdict, now);
  if (conflict === undefined) next = withNames(next);
  if (JSON.stringify(next) === JSON.stringify(crd)) return;
  write(core, entry, next);
}

/** Status as the naming and storage controllers fill it in. */
function withNames(crd: KubeObject): KubeObject {
  const status = record(crd["status"]);
  const { names, versions } = definitionOf(crd);
  const storage = versions.find((version) => version.storage)?.name ?? "";
  const stored = Array.isArray(status["storedVersions"])
    ? (status["storedVersions"] as readonly string[])
    : [];
  const { shortNames, categories, ...plain } = names;
  return withField(crd, "status", {
    ...status,
    acceptedNames: {
      ...plain,
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
    },
    storedVersions: stored.includes(storage) ? stored : [...stored, storage],
  });
}

interface Conflict {
  readonly reason: string;
  readonly message: string;
}

/** Names must be unique within a group; who came first keeps them. */
function nameConflict(core: Core, crd: KubeObject): Conflict | undefined {
  const { group, names } = definitionOf(crd);
  const taken = core.state.definitions
    .list()
    .filter(({ object }) => object.metadata.name !== crd.metadata.name)
    .filter(({ object }) => definitionOf(object).group === group)
    .filter(({ object }) => hasCondition(object, "NamesAccepted"))
    .map(({ object }) => namesOf(record(record(object["status"])["acceptedNames"])));
  const resources = new Set(
    taken.flatMap((each) => [each.plural, each.singular, ...each.shortNames]),
  );
  const kinds = new Set(taken.flatMap((each) => [each.kind, each.listKind]));
  const inUse = (reason: string, name: string): Conflict => ({
    reason,
    message: `${JSON.stringify(name)} is already in use`,
  });
  // Of several conflicts the last one is told, because each overwrites the one before.
  if (kinds.has(names.listKind)) return inUse("ListKindConflict", names.listKind);
  if (kinds.has(names.kind)) return inUse("KindConflict", names.kind);
  const short = names.shortNames.findLast((name) => resources.has(name));
  if (short !== undefined) return inUse("ShortNamesConflict", short);
  if (resources.has(names.singular)) return inUse("SingularConflict", names.singular);
  if (resources.has(names.plural)) return inUse("PluralConflict", names.plural);
  return undefined;
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
    if (JSON.stringify(next) !== JSON.stringify(crd)) write(core, entry, next);
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
