import type { Instance } from "@aws-sdk/client-ec2";
import { markFalse, markTrue } from "../conditions.ts";
import {
  deregisterInstance,
  isRegistered,
  registerInstance,
} from "../elb/classic-load-balancers.ts";
import { isControlPlane, type MachineScope } from "../machine-scope.ts";

/** A control-plane instance belongs behind the API server's load balancer. */
export async function reconcileLoadBalancerAttachment(
  scope: MachineScope,
  instance: Instance,
): Promise<void> {
  if (!isControlPlane(scope)) return;
  const { draft, clock, aws } = scope;
  const { InstanceId = "" } = instance;
  if (scope.machine.metadata.deletionTimestamp !== undefined) {
    // No request may reach an API server whose etcd member is about to go.
    await detachFromLoadBalancer(scope, InstanceId);
    markFalse(draft, "ELBAttached", { reason: "ELBDetached", severity: "Info" }, clock);
    return;
  }
  const name = loadBalancerName(scope);
  try {
    if (!(await isRegistered(aws, name, InstanceId))) await registerInstance(aws, name, InstanceId);
    markTrue(draft, "ELBAttached", clock);
  } catch (error) {
    const { message } = error as Error;
    markFalse(
      draft,
      "ELBAttached",
      { reason: "ELBAttachFailed", severity: "Error", message },
      clock,
    );
    throw error;
  }
}

export async function detachFromLoadBalancer(
  scope: MachineScope,
  instanceId: string,
): Promise<void> {
  if (!isControlPlane(scope)) return;
  const { name } = scope.awsCluster.status?.networkStatus?.apiServerElb ?? {};
  if (name === undefined) return; // There is no load balancer, or there is none any more.
  await deregisterInstance(scope.aws, name, instanceId);
}

function loadBalancerName(scope: MachineScope): string {
  const { name } = scope.awsCluster.status?.networkStatus?.apiServerElb ?? {};
  if (name === undefined)
    throw new Error("failed to run controlplane, APIServer ELB not available");
  return name;
}
