import { parseTime } from "../../kernel/clock.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import {
  type IntOrPercent,
  isActive,
  isReady,
  type LabelSelector,
  matchesSelector,
  type Meta,
  type PodObject,
  saysAlready,
  scaledValue,
  type WorkloadObject,
} from "./objects.ts";

/** An eviction that never came about is forgotten after this long. */
const forgetMs = 120_000;

interface BudgetObject {
  readonly metadata: Meta;
  readonly spec?: {
    readonly minAvailable?: IntOrPercent;
    readonly maxUnavailable?: IntOrPercent;
    readonly selector?: LabelSelector;
  };
  readonly status?: Readonly<Record<string, unknown>> & {
    readonly disruptedPods?: Readonly<Record<string, string>>;
  };
}

/** How many pods each disruption budget lets go at the moment: what evictions are held against. */
export async function syncDisruptionBudgets(context: ControllerContext): Promise<void> {
  const budgets = objectsOf<BudgetObject>(context, "poddisruptionbudgets.policy");
  if (budgets.length === 0) return;
  const pods = objectsOf<PodObject>(context, "pods");
  for (const budget of budgets) {
    if (budget.metadata.deletionTimestamp !== undefined) continue;
    const covered = pods.filter(
      (pod) =>
        pod.metadata.namespace === budget.metadata.namespace &&
        matchesSelector(budget.spec?.selector, pod.metadata.labels) &&
        pod.status?.phase !== "Succeeded" &&
        pod.status?.phase !== "Failed",
    );
    await updateStatus(context, budget, covered);
  }
}

async function updateStatus(
  context: ControllerContext,
  budget: BudgetObject,
  pods: readonly PodObject[],
): Promise<void> {
  const { namespace, name, generation = 1 } = budget.metadata;
  const disruptedPods = stillDisrupted(context, budget, pods);
  const expected = expectedPods(context, pods);
  const desired = desiredHealthy(budget, expected);
  // A pod whose eviction was granted does not count as healthy, although it may still be running.
  const healthy = pods.filter(
    (pod) => isActive(pod) && isReady(pod) && disruptedPods[pod.metadata.name] === undefined,
  ).length;
  const status = {
    disruptionsAllowed: expected === 0 ? 0 : Math.max(0, healthy - desired),
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    observedGeneration: generation,
  };
  const current = budget.status ?? {};
  const before = current.disruptedPods ?? {};
  const forgotten = Object.keys(before).filter((pod) => disruptedPods[pod] === undefined);
  if (saysAlready(current, status) && forgotten.length === 0) return;
  await context
    .call()
    .patch(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}/status`, {
      status: {
        ...status,
        ...(forgotten.length === 0
          ? {}
          : { disruptedPods: Object.fromEntries(forgotten.map((pod) => [pod, null])) }),
      },
    });
}

/** Pods whose eviction was granted a short while ago and that are not on their way out yet. */
function stillDisrupted(
  { clock }: ControllerContext,
  budget: BudgetObject,
  pods: readonly PodObject[],
): Readonly<Record<string, string>> {
  const live = new Set(pods.filter(isActive).map(({ metadata }) => metadata.name));
  return Object.fromEntries(
    Object.entries(budget.status?.disruptedPods ?? {}).filter(
      ([pod, time]) => live.has(pod) && clock.now() - (parseTime(time) ?? 0) < forgetMs,
    ),
  );
}

/** What the owners of the pods want to run; pods without an owner count themselves. */
function expectedPods(context: ControllerContext, pods: readonly PodObject[]): number {
  const owners = new Set<string>();
  let alone = 0;
  for (const { metadata } of pods) {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (owner === undefined) alone += 1;
    else owners.add(owner.uid);
  }
  const wanted = [...desiredByDeployment(context, owners).values()];
  return alone + wanted.reduce((sum, replicas) => sum + replicas, 0);
}

/** Several ReplicaSets of one Deployment count once, as what the Deployment wants. */
function desiredByDeployment(
  context: ControllerContext,
  owners: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const deployments = new Map(
    objectsOf<WorkloadObject>(context, "deployments.apps").map((one) => [one.metadata.uid, one]),
  );
  const wanted = new Map<string, number>();
  for (const table of ["replicasets.apps", "statefulsets.apps"]) {
    for (const set of objectsOf<WorkloadObject>(context, table)) {
      const { uid = "", ownerReferences = [] } = set.metadata;
      if (!owners.has(uid)) continue;
      const parent = ownerReferences.find(({ controller }) => controller === true)?.uid ?? uid;
      wanted.set(parent, (deployments.get(parent) ?? set).spec?.replicas ?? 1);
    }
  }
  return wanted;
}

function desiredHealthy({ spec }: BudgetObject, expected: number): number {
  if (spec?.maxUnavailable !== undefined) {
    return Math.max(0, expected - scaledValue(spec.maxUnavailable, expected, "up"));
  }
  return scaledValue(spec?.minAvailable ?? 0, expected, "up");
}
