import { NoImageError } from "../ec2/images.ts";
import { describeError, failedCall } from "../failed-call.ts";
import { isControlPlane, type MachineScope } from "../machine-scope.ts";

/** The Secret that the Machine names does not hold what the instance is to be told. */
export class BootstrapDataError extends Error {
  override readonly name = "BootstrapDataError";
}

export function recordLaunch(scope: MachineScope, instanceId: string | undefined): void {
  const role = isControlPlane(scope) ? "control-plane" : "node";
  const message = `Created new ${role} instance with id "${instanceId}"`;
  scope.recorder.event(scope.draft, "Normal", "SuccessfulCreate", message);
}

const secretCalls = new Set(["CreateSecret", "PutParameter"]);

/** With upstream's reasons; that no image was found is told of the cluster, and is no warning there. */
export function recordFailedLaunch(scope: MachineScope, error: unknown): void {
  const { recorder, draft, awsCluster } = scope;
  const why = describeError(error);
  if (error instanceof NoImageError) {
    const { baseOs, architecture, version } = error.sought;
    const what = `OS=${baseOs}, Architecture=${architecture} and Kubernetes-version=${version}`;
    const message = `Failed to find ami for ${what}: ${why}`;
    recorder.event(awsCluster, "Normal", "FailedDescribeImages", message);
  } else if (error instanceof BootstrapDataError) {
    recorder.event(draft, "Warning", "FailedGetBootstrapData", why);
  } else if (secretCalls.has(failedCall(error)?.operation ?? "")) {
    recorder.event(draft, "Warning", "FailedCreateAWSSecrets", why);
  } else {
    recorder.event(draft, "Warning", "FailedCreate", `Failed to create instance: ${why}`);
  }
}
