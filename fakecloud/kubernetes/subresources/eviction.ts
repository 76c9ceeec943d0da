import { type RequestContext, writeOptions } from "../context.ts";
import { type Core, nowText, tableOf } from "../core.ts";
import { record, records } from "../crds/definition.ts";
import { setCondition } from "../crds/terminating.ts";
import { matchesLabelSelector } from "../label-selector.ts";
import { type KubeObject, withField } from "../object.ts";
import {
  badRequest,
  failure,
  internalError,
  methodNotAllowed,
  notFound,
  success,
  tooManyRequests,
} from "../status.ts";
import { storageKey } from "../store.ts";
import { removeOne } from "../verbs/delete.ts";
import { deleteOptions } from "../verbs/delete-options.ts";
import { writeExisting } from "../verbs/write-existing.ts";
import type { SubresourceAnswer } from "./subresource.ts";

const budgets = "poddisruptionbudgets.policy";

/** Deletes a pod if the disruption budgets that cover it allow that. */
export async function evict(core: Core, context: RequestContext): Promise<SubresourceAnswer> {
  if (context.verb !== "create") throw methodNotAllowed();
  core.store.requireAvailable();
  const options = writeOptions(context, "CreateOptions");
  const eviction = record(context.request.body);
  const { name } = record(eviction["metadata"]);
  if (name !== undefined && name !== "" && name !== context.name) {
    throw badRequest("name in URL does not match name in Eviction object");
  }
  const entry = tableOf(core, context).get(storageKey(context.namespace, context.name));
  if (entry === undefined) throw notFound(context.resource, context.name);
  const deletion = deleteOptions({
    ...context,
    request: { ...context.request, body: eviction["deleteOptions"] ?? {} },
  });
  const dryRun = options.dryRun || deletion.dryRun;
  if (needsPermission(entry.object)) await spendBudget(core, context, entry.object, dryRun);
  const toPod = { ...context, subresource: "status" };
  const { object } = await writeExisting(core, toPod, {
    options: { ...options, dryRun },
    verb: "update",
    change: (live) => markDisrupted(live, nowText(core)),
  });
  await removeOne(
    core,
    { ...context, subresource: "", verb: "delete" },
    { ...deletion, dryRun, ...(dryRun ? {} : { uid: object.metadata.uid ?? "" }) },
  );
  return { status: 201, object: { ...success(), code: 201 } };
}

function markDisrupted(pod: KubeObject, now: string): KubeObject {
  if (pod.metadata.deletionTimestamp !== undefined) return pod;
  return setCondition(
    pod,
    {
      type: "DisruptionTarget",
      status: "True",
      reason: "EvictionByEvictionAPI",
      message: "Eviction API: evicting",
    },
    now,
  );
}

/** Pods that do not run, or are on their way out, are nobody's budget. */
function needsPermission(pod: KubeObject): boolean {
  const { phase } = record(pod["status"]);
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  return phase !== "Succeeded" && phase !== "Failed" && phase !== "Pending" && phase !== undefined;
}

function isReady(pod: KubeObject): boolean {
  return records(record(pod["status"])["conditions"]).some(
    ({ type, status }) => type === "Ready" && status === "True",
  );
}

function covering(core: Core, pod: KubeObject): readonly KubeObject[] {
  return core.store
    .table(budgets)
    .list(pod.metadata.namespace)
    .map(({ object }) => object)
    .filter(({ spec }) => matchesLabelSelector(record(spec)["selector"], pod.metadata.labels));
}

async function spendBudget(
  core: Core,
  context: RequestContext,
  pod: KubeObject,
  dryRun: boolean,
): Promise<void> {
  const [budget, second] = covering(core, pod);
  if (budget === undefined) return;
  if (second !== undefined) {
    throw internalError(
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  }
  if (!isReady(pod) && mayGoUnready(budget)) return;
  const allowed = requireAllowed(budget);
  if (dryRun) return;
  const status = record(budget["status"]);
  await spend(core, context, budget, {
    ...status,
    disruptionsAllowed: allowed - 1,
    disruptedPods: {
      ...record(status["disruptedPods"]),
      [pod.metadata.name ?? ""]: nowText(core),
    },
  });
}

/** How many pods may go now; throws if none may. */
function requireAllowed(budget: KubeObject): number {
  const status = record(budget["status"]);
  const name = budget.metadata.name ?? "";
  if (count(status["observedGeneration"]) < (budget.metadata.generation ?? 0)) {
    throw blocked(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  const allowed = count(status["disruptionsAllowed"]);
  if (allowed > 0) return allowed;
  const [wanted, current] = [count(status["desiredHealthy"]), count(status["currentHealthy"])];
  throw blocked(
    `The disruption budget ${name} needs ${wanted} healthy pods and has ${current} currently`,
  );
}

function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** A pod that is not ready does not count, so its going harms nobody: always, or while the budget is met. */
function mayGoUnready(budget: KubeObject): boolean {
  const { unhealthyPodEvictionPolicy } = record(budget["spec"]);
  if (unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  const { currentHealthy, desiredHealthy } = record(budget["status"]);
  if (typeof currentHealthy !== "number" || typeof desiredHealthy !== "number") return false;
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function blocked(why: string, retryAfterSeconds?: number): Error {
  return tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: "DisruptionBudget", message: why }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

async function spend(
  core: Core,
  context: RequestContext,
  budget: KubeObject,
  status: Readonly<Record<string, unknown>>,
): Promise<void> {
  const resource = core.state.registry.find("policy", "v1", "poddisruptionbudgets");
  if (resource === undefined) throw failure({ code: 500, reason: "", message: "no policy/v1" });
  const toBudget: RequestContext = {
    ...context,
    resource,
    name: budget.metadata.name ?? "",
    subresource: "status",
    verb: "update",
  };
  await writeExisting(core, toBudget, {
    options: { dryRun: false, fieldValidation: "Ignore", manager: "kube-apiserver" },
    verb: "update",
    change: (live) => withField(live, "status", status),
  });
}
