import { findImage } from "../ec2/images.ts";
import { isControlPlane, type MachineScope, specOf } from "../machine-scope.ts";

/** What AWS looked like when the launch was decided: resent exactly, because a token goes with its parameters. */
export interface LaunchInputs {
  readonly imageId: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  /** Ms since the epoch. */
  readonly decidedAtMs: number;
}

export const launchInputsAnnotation = "sigs.k8s.io/cluster-api-provider-aws-launch-inputs";

/** The inputs of an earlier attempt; undefined if none was ever made. */
export function storedLaunchInputs(scope: MachineScope): LaunchInputs | undefined {
  const text = scope.draft.metadata.annotations?.[launchInputsAnnotation];
  return text === undefined ? undefined : (JSON.parse(text) as LaunchInputs);
}

/** Decides once, and stores the decision before the first call. */
export async function decideLaunchInputs(scope: MachineScope): Promise<LaunchInputs> {
  const stored = storedLaunchInputs(scope);
  if (stored !== undefined) return stored;
  const inputs: LaunchInputs = {
    imageId: await imageOf(scope),
    subnetId: subnetOf(scope),
    securityGroupIds: securityGroupsOf(scope),
    decidedAtMs: scope.clock.now(),
  };
  scope.draft.metadata.annotations = {
    ...scope.draft.metadata.annotations,
    [launchInputsAnnotation]: JSON.stringify(inputs),
  };
  await scope.persist();
  return inputs;
}

async function imageOf(scope: MachineScope): Promise<string> {
  const spec = specOf(scope);
  const clusterSpec = scope.awsCluster.spec ?? {};
  const { id } = spec.ami ?? {};
  if (id !== undefined && id !== "") return id;
  return findImage(scope.aws.ec2, {
    version: scope.machine.spec?.version,
    instanceType: spec.instanceType,
    format: spec.imageLookupFormat ?? clusterSpec.imageLookupFormat,
    org: spec.imageLookupOrg ?? clusterSpec.imageLookupOrg,
    baseOs: spec.imageLookupBaseOS ?? clusterSpec.imageLookupBaseOS,
  });
}

/** The named subnet, else the first of the failure domain, else the first: private unless a public address is wanted. */
function subnetOf(scope: MachineScope): string {
  const spec = specOf(scope);
  const zone = scope.machine.spec?.failureDomain ?? "";
  const subnets = (scope.awsCluster.spec?.network?.subnets ?? []).filter(
    ({ isPublic }) => (isPublic === true) === (spec.publicIP === true),
  );
  const named = spec.subnet?.id;
  if (named !== undefined) {
    return subnets.find(({ id }) => id === named)?.resourceID ?? named;
  }
  const found = subnets.find(({ availabilityZone }) => zone === "" || availabilityZone === zone);
  if (found === undefined) throw new Error(noSubnets(scope, zone));
  return found.resourceID ?? found.id;
}

function noSubnets(scope: MachineScope, zone: string): string {
  const where = zone === "" ? "" : ` in availability zone "${zone}"`;
  return `failed to run machine "${scope.draft.metadata.name}", no subnets available${where}`;
}

function securityGroupsOf(scope: MachineScope): readonly string[] {
  const known = scope.awsCluster.status?.networkStatus?.securityGroups ?? {};
  const overrides = specOf(scope).securityGroupOverrides ?? {};
  const roles = isControlPlane(scope) ? ["node", "lb", "controlplane"] : ["node", "lb"];
  return roles.map((role) => {
    const id = overrides[role] ?? known[role]?.id;
    if (id === undefined) throw new Error(`security group of role ${role} is not known yet`);
    return id;
  });
}
