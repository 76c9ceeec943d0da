import { formatTime, parseTime } from "../../kernel/clock.ts";
import { admissionRequest, attributesOf } from "../admission/attributes.ts";
import { restrictNode } from "../admission/node-restriction.ts";
import { requireMortal } from "../admission/namespace-lifecycle.ts";
import type { RequestContext } from "../context.ts";
import { commit, type Core, tableOf, traceWrite } from "../core.ts";
import type { Entry } from "../history.ts";
import { deepEqual } from "../json.ts";
import { isObject, type KubeObject, withMeta } from "../object.ts";
import { forStorage, present } from "../registry/views.ts";
import { record, text } from "../crds/definition.ts";
import { conflict, notFound, type Status, success } from "../status.ts";
import { storageKey } from "../store.ts";
import { type DeleteOptions, deleteOptions } from "./delete-options.ts";

export interface Deleted {
  readonly status: 200 | 202;
  readonly object: KubeObject | Status;
}

export async function remove(core: Core, context: RequestContext): Promise<Deleted> {
  core.store.requireAvailable();
  return removeOne(core, context, deleteOptions(context));
}

/** Deletes the object that the context names, or marks it for deletion while something still holds it. */
export async function removeOne(
  core: Core,
  context: RequestContext,
  options: DeleteOptions,
): Promise<Deleted> {
  requireMortal(context);
  const table = tableOf(core, context);
  const key = storageKey(context.namespace, context.name);
  for (;;) {
    const entry = table.get(key);
    if (entry === undefined) throw notFound(context.resource, context.name);
    const live = present(context.resource, entry.object);
    requirePreconditions(context, live, options);
    const { dryRun } = options;
    const request = admissionRequest(context, { operation: "DELETE", oldObject: live, dryRun });
    restrictNode(core.store, request);
    const hooks = core.admission.matching(request);
    if (hooks.length > 0) {
      await core.admission.validate(hooks, attributesOf(context, request));
    }
    const marked = markDeleted(core, context, live, options);
    const conversion = isHeld(marked) ? forStorage(context.resource, marked) : marked;
    const stored = conversion instanceof Promise ? await conversion : conversion;
    if (table.get(key) !== entry) continue;
    return removeNow(core, context, { entry, live, marked, stored, options });
  }
}

interface Removal {
  readonly entry: Entry;
  readonly live: KubeObject;
  /** The object as it is left if something holds it, and how that is stored. */
  readonly marked: KubeObject;
  readonly stored: KubeObject;
  readonly options: DeleteOptions;
}

function removeNow(
  core: Core,
  context: RequestContext,
  removal: Removal,
): Deleted | Promise<Deleted> {
  const { entry, live, marked, stored, options } = removal;
  const { resource, namespace, name } = context;
  const write = { verb: "delete", namespace, name } as const;
  if (isHeld(marked)) {
    const changed = !deepEqual(marked, live);
    const status = options.orphanDependents === false ? 202 : 200;
    if (!changed || options.dryRun) return { status, object: marked };
    const object = commit(core, context, write, stored);
    if (!(object instanceof Promise)) return { status, object };
    return object.then((view) => ({ status, object: view }));
  }
  if (!options.dryRun) {
    const gone = core.store.delete(tableOf(core, context), entry);
    traceWrite(core, context, write, gone);
  }
  if (resource.rules.returnsDeleted) return { status: 200, object: live };
  return {
    status: 200,
    object: success({
      name,
      ...(resource.group === "" ? {} : { group: resource.group }),
      kind: resource.plural,
      uid: live.metadata.uid ?? "",
    }),
  };
}

function requirePreconditions(
  { resource, name }: RequestContext,
  live: KubeObject,
  { uid, resourceVersion }: DeleteOptions,
): void {
  // The real server names the kind here where other conflicts name the resource.
  const about = { group: resource.group, plural: resource.kind };
  if (uid !== undefined && uid !== live.metadata.uid) {
    throw conflict(
      about,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${live.metadata.uid ?? ""}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
    throw conflict(
      about,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${live.metadata.resourceVersion ?? ""}). The object might have been modified`,
    );
  }
}

/** The finalizers after a delete: other people's, then the two that the garbage collector acts on. */
function collectorFinalizers(
  resource: RequestContext["resource"],
  finalizers: readonly string[],
  options: DeleteOptions,
): readonly string[] {
  const isEvent = resource.kind === "Event";
  const others = finalizers.filter((each) => each !== "orphan" && each !== "foregroundDeletion");
  const chosen = isEvent ? [] : chosenFinalizer(finalizers, options);
  const wanted = [...others, ...chosen];
  return deepEqual(wanted, finalizers) ? finalizers : wanted;
}

function chosenFinalizer(
  finalizers: readonly string[],
  { orphanDependents, propagationPolicy }: DeleteOptions,
): readonly string[] {
  if (orphanDependents !== undefined) return orphanDependents ? ["orphan"] : [];
  if (propagationPolicy === "Orphan") return ["orphan"];
  if (propagationPolicy === "Foreground") return ["foregroundDeletion"];
  if (propagationPolicy === "Background") return [];
  return finalizers.filter((each) => each === "orphan" || each === "foregroundDeletion");
}

function isHeld({ metadata, kind, spec }: KubeObject): boolean {
  if ((metadata.finalizers ?? []).length > 0) return true;
  if ((metadata.deletionGracePeriodSeconds ?? 0) > 0) return true;
  return kind === "Namespace" && isObject(spec) && isNonEmpty(spec["finalizers"]);
}

function isNonEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** The object as it would be stored if something holds it: with its time of deletion, and one generation on. */
function markDeleted(
  core: Core,
  context: RequestContext,
  live: KubeObject,
  options: DeleteOptions,
): KubeObject {
  const { resource } = context;
  const finalizers = collectorFinalizers(resource, live.metadata.finalizers ?? [], options);
  const graceSeconds = computeGrace(context, live, options);
  const prepared = resource.rules.prepareDelete?.(live, { ...core, user: context.user }) ?? live;
  const extra = (prepared.metadata.finalizers ?? []).filter((each) => !finalizers.includes(each));
  const held = [...finalizers, ...extra.filter((each) => !isCollectorFinalizer(each))];
  const deletion = deletionMarks(core, live, graceSeconds);
  return withMeta(prepared, {
    ...(held.length === 0 ? { finalizers: undefined } : { finalizers: held }),
    ...(resource.table === "namespaces"
      ? { ...deletion, deletionGracePeriodSeconds: undefined }
      : deletion),
  });
}

function isCollectorFinalizer(finalizer: string): boolean {
  return finalizer === "orphan" || finalizer === "foregroundDeletion";
}

interface DeletionMarks {
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly generation?: number;
}

function deletionMarks(core: Core, live: KubeObject, graceSeconds: number): DeletionMarks {
  const { metadata } = live;
  const nowMs = core.clock.now();
  if (metadata.deletionTimestamp !== undefined) {
    const before = metadata.deletionGracePeriodSeconds ?? 0;
    if (graceSeconds >= before) return {};
    // A second delete may only shorten the time that is left, and never into the past.
    const startMs = (parseTime(metadata.deletionTimestamp) ?? nowMs) - before * 1000;
    const dueMs = startMs + graceSeconds * 1000;
    const left = dueMs < nowMs && graceSeconds !== 0 ? 1 : graceSeconds;
    return {
      deletionTimestamp: formatTime(Math.max(dueMs, nowMs)),
      deletionGracePeriodSeconds: left,
    };
  }
  const generation = metadata.generation ?? 0;
  return {
    deletionTimestamp: formatTime(nowMs + graceSeconds * 1000),
    deletionGracePeriodSeconds: graceSeconds,
    ...(generation > 0 ? { generation: generation + 1 } : {}),
  };
}

/** Only pods are given time: what was asked for, else what their spec says; none where no kubelet could use it. */
function computeGrace(context: RequestContext, live: KubeObject, options: DeleteOptions): number {
  if (context.resource.table !== "pods") return 0;
  const { nodeName, terminationGracePeriodSeconds } = record(live["spec"]);
  const { phase } = record(live["status"]);
  if (text(nodeName) === "" || phase === "Succeeded" || phase === "Failed") return 0;
  const repeated = live.metadata.deletionTimestamp !== undefined;
  const own = repeated ? live.metadata.deletionGracePeriodSeconds : terminationGracePeriodSeconds;
  const asked = options.gracePeriodSeconds ?? (typeof own === "number" ? own : 0);
  return asked < 0 ? 1 : asked;
}
