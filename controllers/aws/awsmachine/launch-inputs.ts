import type { RootDevice } from "./block-devices.ts";
import { chooseSubnet } from "./choose-subnet.ts";
import { describeRootDevice, findImage } from "../ec2/images.ts";
import { isControlPlane, type MachineScope, specOf } from "../machine-scope.ts";

/** What AWS looked like when the launch was decided: resent exactly, because a token goes with its parameters. */
export interface LaunchInputs {
  readonly imageId: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  /** Known where the spec sizes the root volume. */
  readonly rootDevice?: RootDevice;
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
  const imageId = await imageOf(scope);
  const needsRoot = specOf(scope).rootVolume !== undefined;
  const inputs: LaunchInputs = {
    imageId,
    subnetId: await chooseSubnet(scope),
    securityGroupIds: coreSecurityGroups(scope),
    ...(needsRoot ? { rootDevice: await describeRootDevice(scope.aws.ec2, imageId) } : {}),
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

/** The groups that the roles of the machine bring. */
export function coreSecurityGroups(scope: MachineScope): readonly string[] {
  const known = scope.awsCluster.status?.networkStatus?.securityGroups ?? {};
  const overrides = specOf(scope).securityGroupOverrides ?? {};
  const roles = isControlPlane(scope) ? ["node", "lb", "controlplane"] : ["node", "lb"];
  return roles.map((role) => {
    const id = overrides[role] ?? known[role]?.id;
    if (id === undefined) throw new Error(`security group of role ${role} is not known yet`);
    return id;
  });
}
