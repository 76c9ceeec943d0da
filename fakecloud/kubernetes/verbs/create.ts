import { nameSuffix } from "../names-random.ts";
import { randomUuid } from "../../kernel/random.ts";
import { admissionRequest, attributesOf } from "../admission/attributes.ts";
import { restrictNode } from "../admission/node-restriction.ts";
import { requireLiveNamespace } from "../admission/namespace-lifecycle.ts";
import { requireNoEscalation } from "../authorization/escalation.ts";
import { type RequestContext, type WriteOptions, writeOptions } from "../context.ts";
import { commit, type Core, nowText, tableOf } from "../core.ts";
import { invalid } from "../field-error.ts";
import { type KubeObject, withMeta, without } from "../object.ts";
import { forStorage } from "../registry/views.ts";
import { alreadyExists, badRequest, failure, forbidden, untyped } from "../status.ts";
import { storageKey } from "../store.ts";
import { applyDefaults, cannotBeHandled, decodeObject, relevant, requireTypes } from "./decode.ts";
import { dedupOwners, finalizerWarnings, validateNewMeta } from "./object-meta.ts";
import { withOwners } from "./ownership.ts";

export interface Created {
  readonly status: 201;
  readonly object: KubeObject;
}

const mostNameAttempts = 8;

export async function create(core: Core, context: RequestContext): Promise<Created> {
  core.store.requireAvailable();
  const options = writeOptions(context, "CreateOptions");
  const decoded = decodeObject(context, context.request.body, {
    validation: options.fieldValidation,
    strictError: (problems) => cannotBeHandled(context, `strict decoding error: ${problems}`),
  });
  return createDecoded(core, context, { object: decoded, options, verb: "create" });
}

export interface NewObject {
  readonly object: KubeObject;
  readonly options: WriteOptions;
  readonly verb: "apply" | "create" | "update";
  /** Whose fields they are is already known: server-side apply has worked it out. */
  readonly tracked?: boolean;
}

/** Everything that creating means once the object is decoded and defaulted. */
export async function createDecoded(
  core: Core,
  context: RequestContext,
  input: NewObject,
): Promise<Created> {
  const { resource } = context;
  refuseUncreatable(context, input);
  const clean = inNamespace(context, wipeSystemMeta(resource, input.object));
  requireLiveNamespace(core, context, "CREATE", clean);
  const unique = dedupOwners(clean, context.warnings);
  const tracked = input.tracked === true ? unique : track(core, context, unique, input.options);
  const { dryRun } = input.options;
  const request = admissionRequest(context, { operation: "CREATE", object: tracked, dryRun });
  restrictNode(core.store, request);
  const hooks = core.admission.matching(request);
  const admitted =
    hooks.length === 0
      ? tracked
      : dedupOwners(
          applyDefaults(
            context,
            await core.admission.mutate(hooks, attributesOf(context, request)),
          ),
          context.warnings,
        );
  for (let attempt = 1; ; attempt += 1) {
    const object = complete(core, context, admitted);
    validateNew(context, object);
    requireNoEscalation(core, context, object);
    if (hooks.length > 0) {
      const final = admissionRequest(context, { operation: "CREATE", object, dryRun });
      await core.admission.validate(hooks, attributesOf(context, final));
    }
    const name = object.metadata.name ?? "";
    const conversion = forStorage(resource, object);
    const stored = conversion instanceof Promise ? await conversion : conversion;
    const existing = tableOf(core, context).get(storageKey(context.namespace, name));
    if (existing === undefined) return store(core, context, { ...input, object, stored });
    const generated = admitted.metadata.name === undefined;
    if (!generated) throw exists(context, name, existing.object);
    if (attempt === mostNameAttempts) throw noUniqueName(resource, name);
  }
}

function store(
  core: Core,
  context: RequestContext,
  input: NewObject & { readonly stored: KubeObject },
): Created | Promise<Created> {
  const { resource } = context;
  const { object, stored } = input;
  context.warnings.push(...finalizerWarnings(resource, object.metadata));
  if (input.options.dryRun) return { status: 201, object };
  const name = object.metadata.name ?? "";
  const write = { verb: input.verb, namespace: context.namespace, name };
  const made = commit(core, context, write, stored);
  if (!(made instanceof Promise)) return { status: 201, object: made };
  return made.then((view) => ({ status: 201, object: view }));
}

function refuseUncreatable(
  context: RequestContext,
  { object, verb }: Pick<NewObject, "object" | "verb">,
): void {
  const { resource } = context;
  const { name, resourceVersion } = object.metadata;
  // An apply may carry a version, which means nothing where there is no object yet.
  if (verb !== "apply" && resourceVersion !== undefined && resourceVersion !== "0") {
    throw untyped("resourceVersion should not be set on objects to be created");
  }
  if (resource.terminating) {
    throw forbidden(
      resource,
      name ?? "",
      "create not allowed while custom resource definition is terminating",
    );
  }
}

/** What only the server may say is dropped from what a client sends. */
function wipeSystemMeta({ rules }: RequestContext["resource"], object: KubeObject): KubeObject {
  return withMeta(object, {
    uid: undefined,
    resourceVersion: undefined,
    // Kinds that do not count generations keep whatever they are given.
    ...(rules.generation ? { generation: undefined } : {}),
    creationTimestamp: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
  });
}

/** The namespace comes from the path; the object may repeat it, but not contradict it. */
export function inNamespace(context: RequestContext, object: KubeObject): KubeObject {
  const given = object.metadata.namespace;
  if (!context.resource.namespaced) {
    return given === undefined ? object : withMeta(object, { namespace: undefined });
  }
  if (given === context.namespace) return object;
  if (given !== undefined) {
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  }
  return withMeta(object, { namespace: context.namespace });
}

function track(
  core: Core,
  context: RequestContext,
  object: KubeObject,
  options: WriteOptions,
): KubeObject {
  // The status of a new object is dropped if it has an endpoint of its own, so nobody owns it either.
  const updated = context.resource.subresources.has("status") ? without(object, "status") : object;
  const { metadata } = withOwners(core, context, {
    live: undefined,
    updated,
    manager: options.manager,
  });
  return { ...object, metadata };
}

/** The object with what the server itself decides: uid, time, name, generation. */
function complete(core: Core, context: RequestContext, admitted: KubeObject): KubeObject {
  const { resource } = context;
  const { generateName } = admitted.metadata;
  let { name } = admitted.metadata;
  if (name === undefined && generateName !== undefined) {
    const base = generateName.slice(0, 58);
    const key = storageKey(context.namespace, generateName);
    name = base + nameSuffix(core.random, `generate-name/${resource.table}`, key);
  }
  const key = `${core.state.name}/${resource.table}/${storageKey(context.namespace, name ?? "")}`;
  const created = withMeta(admitted, {
    name,
    uid: randomUuid(core.random, "uid", key),
    creationTimestamp: nowText(core),
    ...(resource.rules.generation ? { generation: 1 } : {}),
  });
  const reset = losesStatus(resource) ? without(created, "status") : created;
  const { clock, store } = core;
  const prepared =
    resource.rules.prepareCreate?.(reset, { clock, store, user: context.user }) ?? reset;
  // Built-in kinds never lack a status: without one they show the empty one.
  return resource.custom ? prepared : applyDefaults(context, prepared, admitted);
}

function losesStatus({ subresources, rules }: RequestContext["resource"]): boolean {
  return subresources.has("status") && rules.keepsStatusOnCreate !== true;
}

function validateNew(context: RequestContext, object: KubeObject): void {
  const { resource } = context;
  const outcome = resource.schema.validateWithWarnings(object);
  context.warnings.push(...outcome.warnings);
  const errors = [
    ...validateNewMeta(resource, object),
    ...relevant(resource, outcome.errors),
    ...(resource.rules.validate?.(object, undefined) ?? []),
  ];
  if (errors.length === 0) return;
  requireTypes(context, object, outcome.errors);
  const name = object.metadata.name ?? "";
  throw invalid({ group: resource.group, kind: resource.kind, name }, errors);
}

function exists(context: RequestContext, name: string, live: KubeObject): Error {
  const deleting = live.metadata.deletionTimestamp !== undefined;
  return alreadyExists(context.resource, name, deleting ? "object is being deleted: " : "");
}

function noUniqueName(resource: RequestContext["resource"], name: string): Error {
  const plain = alreadyExists(resource, name).status;
  return failure({
    code: 409,
    reason: "AlreadyExists",
    message: `${plain.message ?? ""}, the server was not able to generate a unique name for the object`,
    details: { ...plain.details, retryAfterSeconds: 1 },
  });
}
