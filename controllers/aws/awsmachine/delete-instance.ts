import type { Wait } from "../cluster-scope.ts";
import { describeInstance, findByToken, terminateInstance } from "../ec2/instances.ts";
import { launchToken, type MachineScope, specOf } from "../machine-scope.ts";
import { releaseDedicatedHost } from "./dedicated-host.ts";
import { releaseElasticIps } from "./elastic-ip.ts";
import { stateOf } from "./instance-status.ts";
import { detachFromLoadBalancer } from "./load-balancer-attachment.ts";
import { storedLaunchInputs } from "./launch-inputs.ts";

/** As upstream: an instance takes about a minute to shut down. */
const terminatingMs = 60_000;

/** Within this time after a launch a read may still miss what was launched. */
const consistencyMs = 120_000;
const lookAgainMs = 15_000;

/** Ends the instance; undefined once a read after its termination shows that it is gone. */
export async function deleteInstance(scope: MachineScope): Promise<Wait | undefined> {
  const { instanceID } = specOf(scope);
  const instance =
    instanceID === undefined
      ? await findByToken(scope.aws, launchToken(scope))
      : await describeInstance(scope.aws, scope.clock, instanceID);
  if (instance === undefined) return waitForLaunch(scope) ?? (await releaseDedicatedHost(scope));
  const { InstanceId = "" } = instance;
  const state = stateOf(instance);
  if (state === "terminated") {
    await releaseElasticIps(scope, InstanceId);
    return releaseDedicatedHost(scope);
  }
  if (state !== "shutting-down") {
    await detachFromLoadBalancer(scope, InstanceId);
    await terminateInstance(scope.aws, InstanceId);
    await releaseElasticIps(scope, InstanceId);
  }
  return {
    reason: "Deleting",
    message: `waiting for instance ${InstanceId} to terminate`,
    requeueAfterMs: terminatingMs,
  };
}

/** What was launched a moment ago may show up late, known or not: until then the AWSMachine has to stay and look again. */
function waitForLaunch(scope: MachineScope): Wait | undefined {
  const inputs = storedLaunchInputs(scope);
  if (inputs === undefined) return undefined;
  const remainingMs = inputs.decidedAtMs + consistencyMs - scope.clock.now();
  if (remainingMs <= 0) return undefined;
  return {
    reason: "Deleting",
    message: "waiting until a launch that was asked for would be visible",
    requeueAfterMs: Math.min(remainingMs, lookAgainMs),
  };
}
