import type { Instance } from "@aws-sdk/client-ec2";
import type { ApiServerElb } from "../../api/generated/definitions.ts";
import { markFalse, markTrue } from "../conditions.ts";
import { isAccessDenied } from "../errors.ts";
import { describeError } from "../failed-call.ts";
import { attachInstance, detachInstance } from "../elb/api-server-load-balancers.ts";
import { isControlPlane, type MachineScope } from "../machine-scope.ts";

/** A control-plane instance belongs behind the API server's load balancers, until its Machine is about to go. */
export async function reconcileLoadBalancerAttachment(
  scope: MachineScope,
  instance: Instance,
): Promise<void> {
  if (!isControlPlane(scope)) return;
  const { draft, clock, recorder } = scope;
  const { InstanceId = "" } = instance;
  if (scope.machine.metadata.deletionTimestamp !== undefined) {
    // No request may reach an API server whose etcd member is about to go.
    await detachFromLoadBalancer(scope, InstanceId);
    markFalse(draft, "ELBAttached", { reason: "ELBDetached", severity: "Info" }, clock);
    return;
  }
  const balancers = loadBalancers(scope);
  if (balancers.length === 0) {
    // The user balances the API servers (capa-bugs 18): then there is nothing to wait for here.
    if (isExternal(scope)) return;
    throw new Error("failed to run controlplane, APIServer ELB not available");
  }
  try {
    for (const balancer of balancers) await attachInstance(scope, balancer, InstanceId);
    if (!isAttached(scope)) {
      const attached = `Control plane instance "${InstanceId}" is registered with load balancer`;
      recorder.event(draft, "Normal", "SuccessfulAttachControlPlaneELB", attached);
    }
    markTrue(draft, "ELBAttached", clock);
  } catch (error) {
    const message = describeError(error);
    const failed = `Failed to register control plane instance "${InstanceId}" with load balancer`;
    recorder.event(draft, "Warning", "FailedAttachControlPlaneELB", `${failed}: ${message}`);
    const why = { reason: "ELBAttachFailed", severity: "Error", message } as const;
    markFalse(draft, "ELBAttached", why, clock);
    throw error;
  }
}

export async function detachFromLoadBalancer(
  scope: MachineScope,
  instanceId: string,
): Promise<void> {
  if (!isControlPlane(scope)) return;
  for (const balancer of loadBalancers(scope)) {
    try {
      await detachInstance(scope, balancer, instanceId);
    } catch (error) {
      // A load balancer drops an instance that has terminated by itself: this must not hold the deletion (capa-bugs 55).
      if (!isAccessDenied(error)) throw error;
    }
  }
}

function isAttached({ draft }: MachineScope): boolean {
  const conditions = draft.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === "ELBAttached" && status === "True");
}

function isExternal({ awsCluster }: MachineScope): boolean {
  return awsCluster.spec?.controlPlaneLoadBalancer?.loadBalancerType === "disabled";
}

function loadBalancers({ awsCluster }: MachineScope): readonly ApiServerElb[] {
  const { apiServerElb, secondaryAPIServerELB } = awsCluster.status?.networkStatus ?? {};
  return [apiServerElb, secondaryAPIServerELB].flatMap((balancer) =>
    balancer?.name === undefined ? [] : [balancer],
  );
}
