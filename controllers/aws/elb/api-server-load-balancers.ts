import type { ApiServerElb } from "../../api/generated/definitions.ts";
import { type ClusterScope, pollMs, ready, type Wait } from "../cluster-scope.ts";
import {
  type Caller,
  deleteClassicLoadBalancer,
  deregisterInstance,
  isRegistered,
  reconcileClassicLoadBalancer,
  registerInstance,
} from "./classic-load-balancers.ts";
import { hasEndpoint, plansOf } from "./load-balancer-plan.ts";
import {
  deleteNetworkLoadBalancer,
  deregisterTarget,
  reconcileNetworkLoadBalancer,
  registerTarget,
} from "./network-load-balancers.ts";

/** What stands before the API servers: one load balancer, two, or one that the user provides. capa-behaviour 5. */
export async function reconcileLoadBalancers(scope: ClusterScope): Promise<Wait | undefined> {
  const plans = plansOf(scope);
  for (const plan of plans) {
    const wait =
      plan.type === "classic"
        ? await reconcileClassicLoadBalancer(scope, plan)
        : await reconcileNetworkLoadBalancer(scope, plan);
    if (wait !== undefined) return wait;
  }
  if (plans.some(({ position }) => position === "primary") || hasEndpoint(scope)) return ready;
  return {
    reason: "WaitForExternalControlPlaneEndpoint",
    message: "spec.controlPlaneEndpoint must name the external load balancer",
    requeueAfterMs: pollMs,
  };
}

export async function deleteLoadBalancers(scope: ClusterScope): Promise<Wait | undefined> {
  let waiting: Wait | undefined;
  for (const plan of plansOf(scope)) {
    const wait =
      plan.type === "classic"
        ? await deleteClassicLoadBalancer(scope, plan)
        : await deleteNetworkLoadBalancer(scope, plan);
    waiting ??= wait;
  }
  return waiting;
}

/** Puts a running instance behind a load balancer, if it is not there. */
export async function attachInstance(
  caller: Caller,
  balancer: ApiServerElb,
  instanceId: string,
): Promise<void> {
  const { name = "", arn } = balancer;
  if (arn !== undefined) {
    await registerTarget(caller.aws, arn, instanceId);
  } else if (!(await isRegistered(caller, name, instanceId))) {
    await registerInstance(caller.aws, name, instanceId);
  }
}

/** A load balancer that is gone never stands in the way (capa-bugs 55). */
export async function detachInstance(
  caller: Caller,
  balancer: ApiServerElb,
  instanceId: string,
): Promise<void> {
  const { name = "", arn } = balancer;
  if (arn !== undefined) await deregisterTarget(caller.aws, arn, instanceId);
  else if (await isRegistered(caller, name, instanceId)) {
    await deregisterInstance(caller.aws, name, instanceId);
  }
}
