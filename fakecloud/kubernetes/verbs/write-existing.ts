import { admissionRequest, attributesOf } from "../admission/attributes.ts";
import { restrictNode } from "../admission/node-restriction.ts";
import { requireLiveNamespace } from "../admission/namespace-lifecycle.ts";
import { requireNoEscalation } from "../authorization/escalation.ts";
import type { RequestContext, WriteOptions } from "../context.ts";
import { commit, type Core, tableOf, traceWrite, type WriteRecord } from "../core.ts";
import { invalid } from "../field-error.ts";
import type { Entry } from "../history.ts";
import type { KubeObject } from "../object.ts";
import { withMeta } from "../object.ts";
import { forStorage, present } from "../registry/views.ts";
import { conflict, failure, notFound, staleObject } from "../status.ts";
import { storageKey } from "../store.ts";
import { applyDefaults, relevant, requireTypes } from "./decode.ts";
import { dedupOwners, finalizerWarnings, immutableErrors, validateMeta } from "./object-meta.ts";
import { withOwners } from "./ownership.ts";
import { restoreForEndpoint, restoreSystemMeta } from "./reset-fields.ts";
import { isUnchanged, nextGeneration } from "./unchanged.ts";

export interface ChangeInput {
  readonly options: WriteOptions;
  readonly verb: WriteRecord["verb"];
  /**
   * The wanted object out of the live one; asked again when somebody else was faster. `known` is the live one if it has been
   * pruned and defaulted as what it is: one that was converted has not.
   */
  readonly change: (live: KubeObject, known: KubeObject | undefined) => KubeObject;
  /** The managed fields of the wanted object are right already. */
  readonly tracked?: boolean;
}

export interface Changed {
  readonly status: 200;
  readonly object: KubeObject;
}

/**
 * Changes one object that exists: the wanted state is computed, owned, admitted and validated against the state that it
 * replaces. If that state is replaced meanwhile (only while admission is awaited), everything begins again.
 */
export async function writeExisting(
  core: Core,
  context: RequestContext,
  input: ChangeInput,
): Promise<Changed> {
  const table = tableOf(core, context);
  const key = storageKey(context.namespace, context.name);
  for (;;) {
    core.store.requireAvailable();
    const entry = table.get(key);
    if (entry === undefined) throw notFound(context.resource, context.name);
    const live = present(context.resource, entry.object);
    const known = entry.object.apiVersion === context.resource.apiVersion ? live : undefined;
    const wanted = input.change(live, known);
    if (wanted === live) return { status: 200, object: live };
    requireIdentity(context, { wanted, live, verb: input.verb });
    requireLiveNamespace(core, context, "UPDATE", wanted);
    const reset = dedupOwners(restoreForEndpoint(context, wanted, live), context.warnings);
    const { manager } = input.options;
    const tracked =
      input.tracked === true ? reset : withOwners(core, context, { live, updated: reset, manager });
    const about = { operation: "UPDATE", oldObject: live, dryRun: input.options.dryRun } as const;
    const request = admissionRequest(context, { ...about, object: tracked });
    restrictNode(core.store, request);
    const hooks = core.admission.matching(request);
    let admitted = tracked;
    if (hooks.length > 0) {
      const mutated = await core.admission.mutate(hooks, attributesOf(context, request));
      admitted = dedupOwners(applyDefaults(context, mutated, known), context.warnings);
    }
    requireFresh(context, admitted, live);
    const next = prepare(context, admitted, live);
    validateChange(context, next, live);
    requireNoEscalation(core, context, next, live);
    if (hooks.length > 0) {
      const final = admissionRequest(context, { ...about, object: next });
      await core.admission.validate(hooks, attributesOf(context, final));
    }
    const conversion = forStorage(context.resource, next);
    const stored = conversion instanceof Promise ? await conversion : conversion;
    if (table.get(key) !== entry) continue; // Somebody was faster while hooks or a converter were asked.
    const done = finish(core, context, { input, entry, live, next, stored });
    return { status: 200, object: done instanceof Promise ? await done : done };
  }
}

/** A wrong uid in an update is a precondition that fails; in a patch it is a change that is not allowed. */
function requireIdentity(
  context: RequestContext,
  change: {
    readonly wanted: KubeObject;
    readonly live: KubeObject;
    readonly verb: WriteRecord["verb"];
  },
): void {
  const { wanted, live, verb } = change;
  const { resource, name } = context;
  const { uid } = wanted.metadata;
  if (verb === "update" && uid !== undefined && uid !== live.metadata.uid) {
    throw conflict(resource, name, uidPrecondition(context, uid, live.metadata.uid ?? ""));
  }
  if (context.subresource !== "") return;
  const errors = immutableErrors(wanted.metadata, live.metadata);
  if (errors.length > 0)
    throw invalid({ group: resource.group, kind: resource.kind, name }, errors);
}

export function uidPrecondition(context: RequestContext, wanted: string, found: string): string {
  const { group, plural, custom } = context.resource;
  const prefix = custom ? `/registry/${group}/${plural}` : `/registry/${plural}`;
  const key = `${prefix}/${storageKey(context.namespace, context.name)}`;
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`;
}

/** Optimistic concurrency. "0" counts as not given; most built-in kinds may then be overwritten. */
function requireFresh(context: RequestContext, wanted: KubeObject, live: KubeObject): void {
  const version = wanted.metadata.resourceVersion;
  if (version === live.metadata.resourceVersion) return;
  const { resource, name } = context;
  if (version === undefined || version === "0") {
    if (resource.rules.unconditionalUpdate) return;
    throw unversioned(context);
  }
  if (!/^\d+$/.test(version)) {
    throw failure({
      code: 500,
      reason: "",
      message: `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`,
    });
  }
  throw conflict(resource, name, staleObject);
}

/** The real server names the resource here where others name the kind. */
function unversioned({ resource, name }: RequestContext): Error {
  return invalid({ group: resource.group, kind: resource.plural, name }, [
    {
      type: "Invalid",
      field: "metadata.resourceVersion",
      message: "Invalid value: 0: must be specified for an update",
    },
  ]);
}

function prepare(context: RequestContext, admitted: KubeObject, live: KubeObject): KubeObject {
  const { resource, subresource } = context;
  const restored = restoreSystemMeta(admitted, live);
  const prepared =
    subresource === "" ? (resource.rules.prepareUpdate?.(restored, live) ?? restored) : restored;
  const generation = nextGeneration(context, prepared, live);
  return generation === prepared.metadata.generation
    ? prepared
    : withMeta(prepared, { generation });
}

function validateChange(context: RequestContext, next: KubeObject, live: KubeObject): void {
  const { resource, name } = context;
  const metaErrors = validateMeta(next.metadata, live.metadata);
  const outcome = resource.schema.validateWithWarnings(next, live);
  context.warnings.push(...outcome.warnings);
  const errors = [
    ...metaErrors,
    ...relevant(resource, outcome.errors),
    ...kindErrors(context, next, live),
  ];
  if (errors.length === 0) return;
  requireTypes(context, next, outcome.errors);
  throw invalid({ group: resource.group, kind: resource.kind, name }, errors);
}

/** Endpoints like binding change what nobody else may change, so the rules of the kind are not for them. */
function kindErrors({ resource, subresource }: RequestContext, next: KubeObject, live: KubeObject) {
  if (!["", "scale", "status"].includes(subresource)) return [];
  return resource.rules.validate?.(next, live) ?? [];
}

interface Finish {
  readonly input: ChangeInput;
  readonly entry: Entry;
  readonly live: KubeObject;
  readonly next: KubeObject;
  readonly stored: KubeObject;
}

function finish(
  core: Core,
  context: RequestContext,
  step: Finish,
): KubeObject | Promise<KubeObject> {
  const { input, entry, live, next, stored } = step;
  const { resource } = context;
  const upToDate = entry.object.apiVersion === resource.storageApiVersion;
  // A write that changes nothing is none: same version, no event. But it migrates an object out of an old version.
  if (upToDate && isUnchanged(next, live)) return live;
  context.warnings.push(...finalizerWarnings(resource, next.metadata));
  if (input.options.dryRun) return next;
  const write = { verb: input.verb, namespace: context.namespace, name: context.name };
  if (!isLastFinalizerGone(next)) return commit(core, context, write, stored);
  const gone = core.store.delete(tableOf(core, context), entry);
  traceWrite(core, context, { ...write, verb: "delete" }, gone);
  return next;
}

/** A terminating object that nothing holds any more goes away with the write that let go of it. */
function isLastFinalizerGone({ metadata, kind, spec }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  if ((metadata.finalizers ?? []).length > 0) return false;
  if ((metadata.deletionGracePeriodSeconds ?? 0) !== 0) return false;
  if (kind !== "Namespace") return true;
  const { finalizers } = (spec ?? {}) as { readonly finalizers?: readonly string[] };
  return (finalizers ?? []).length === 0;
}
