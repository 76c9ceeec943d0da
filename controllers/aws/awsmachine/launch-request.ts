import type {
  InstanceNetworkInterfaceSpecification,
  Placement,
  RunInstancesRequest,
} from "@aws-sdk/client-ec2";
import type { AWSMachineSpec } from "../../api/generated/definitions.ts";
import { tagSpecification } from "../ec2/tags.ts";
import { instanceTags, launchToken, type MachineScope, specOf } from "../machine-scope.ts";
import { planBlockDevices } from "./block-devices.ts";
import type { LaunchInputs } from "./launch-inputs.ts";
import { metadataOptions } from "./metadata-options.ts";

export type LaunchRequest = Omit<RunInstancesRequest, "ClientToken"> & { ClientToken: string };

/** What was made for the launch before it. */
export interface Prepared {
  readonly userData: Uint8Array;
  /** The dedicated host that was allocated for this instance. */
  readonly hostId?: string;
}

/** The one call that launches the instance. Made again with the same inputs it is the same call. capa-behaviour 8.11 to 8.14. */
export function launchRequest(
  scope: MachineScope,
  inputs: LaunchInputs,
  { userData, hostId }: Prepared,
): LaunchRequest {
  const spec = specOf(scope);
  const keyName = spec.sshKeyName ?? scope.awsCluster.spec?.sshKeyName ?? "";
  const blockDevices = planBlockDevices(spec, inputs.rootDevice);
  return {
    ClientToken: launchToken(scope),
    MinCount: 1,
    MaxCount: 1,
    ImageId: inputs.imageId,
    InstanceType: spec.instanceType as NonNullable<RunInstancesRequest["InstanceType"]>,
    UserData: Buffer.from(userData).toString("base64"),
    NetworkInterfaces: networkInterfaces(spec, inputs),
    TagSpecifications: tagSpecifications(scope),
    ...(keyName === "" ? {} : { KeyName: keyName }),
    ...(blockDevices.length === 0 ? {} : { BlockDeviceMappings: blockDevices }),
    ...(spec.iamInstanceProfile === undefined || spec.iamInstanceProfile === ""
      ? {}
      : { IamInstanceProfile: instanceProfile(spec.iamInstanceProfile) }),
    ...(spec.instanceMetadataOptions === undefined
      ? {}
      : { MetadataOptions: metadataOptions(spec.instanceMetadataOptions) }),
    ...marketOptions(spec),
    ...placementOptions(
      hostId === undefined ? spec : { ...spec, hostID: hostId, hostAffinity: "host" },
    ),
    ...reservationOptions(spec),
    ...hostOptions(spec),
  };
}

function instanceProfile(nameOrArn: string) {
  return nameOrArn.startsWith("arn:") ? { Arn: nameOrArn } : { Name: nameOrArn };
}

function networkInterfaces(
  spec: AWSMachineSpec,
  inputs: LaunchInputs,
): InstanceNetworkInterfaceSpecification[] {
  const given = spec.networkInterfaces ?? [];
  if (given.length > 0) {
    // Interfaces that exist have their own subnet and groups.
    return given.map((NetworkInterfaceId, DeviceIndex) => ({ NetworkInterfaceId, DeviceIndex }));
  }
  return [
    {
      DeviceIndex: 0,
      SubnetId: inputs.subnetId,
      Groups: [...inputs.securityGroupIds],
      // An address from a pool is given to the instance once it runs.
      ...(spec.publicIP === undefined
        ? {}
        : { AssociatePublicIpAddress: spec.publicIP && spec.elasticIpPool === undefined }),
      ...(spec.networkInterfaceType === "efa" ? { InterfaceType: "efa" } : {}),
      ...(spec.assignPrimaryIPv6 === "enabled" ? { PrimaryIpv6: true, Ipv6AddressCount: 1 } : {}),
    },
  ];
}

/** Only what the call creates may be tagged in it: interfaces that exist are not. */
function tagSpecifications(scope: MachineScope) {
  const tags = instanceTags(scope);
  const given = (specOf(scope).networkInterfaces ?? []).length > 0;
  const types = given
    ? (["instance", "volume"] as const)
    : (["instance", "volume", "network-interface"] as const);
  return types.map((type) => tagSpecification(type, tags));
}

function marketOptions(spec: AWSMachineSpec): Pick<RunInstancesRequest, "InstanceMarketOptions"> {
  const { spotMarketOptions, marketType, capacityReservationId } = spec;
  if (marketType === "CapacityBlock") {
    if (capacityReservationId === undefined || capacityReservationId === "") {
      throw new Error("a capacity block needs spec.capacityReservationId");
    }
    return { InstanceMarketOptions: { MarketType: "capacity-block" } };
  }
  if (spotMarketOptions === undefined && marketType !== "Spot") return {};
  const MaxPrice = spotMarketOptions?.maxPrice;
  return {
    InstanceMarketOptions: {
      MarketType: "spot",
      SpotOptions: {
        SpotInstanceType: "one-time",
        InstanceInterruptionBehavior: "terminate",
        ...(MaxPrice === undefined || MaxPrice === "" ? {} : { MaxPrice }),
      },
    },
  };
}

function placementOptions(spec: AWSMachineSpec): Pick<RunInstancesRequest, "Placement"> {
  const { tenancy, placementGroupName, placementGroupPartition, hostID, hostAffinity } = spec;
  const partition = placementGroupPartition ?? 0;
  const placement: Placement = {
    ...(tenancy === undefined ? {} : { Tenancy: tenancy }),
    ...(placementGroupName === undefined || placementGroupName === ""
      ? {}
      : { GroupName: placementGroupName }),
    ...(partition > 0 ? { PartitionNumber: partition } : {}),
    // Upstream forgets the placement group here; AWS takes both.
    ...(hostID === undefined
      ? {}
      : { Tenancy: "host", HostId: hostID, Affinity: hostAffinity ?? "default" }),
  };
  return Object.keys(placement).length === 0 ? {} : { Placement: placement };
}

function reservationOptions(
  spec: AWSMachineSpec,
): Pick<RunInstancesRequest, "CapacityReservationSpecification"> {
  const { capacityReservationId: id, capacityReservationPreference: preference } = spec;
  if (id !== undefined && id !== "") {
    const target = { CapacityReservationTarget: { CapacityReservationId: id } };
    return { CapacityReservationSpecification: target };
  }
  const wanted = {
    None: "none",
    Open: "open",
    CapacityReservationsOnly: "capacity-reservations-only",
  };
  if (preference === undefined || preference === "") return {};
  const CapacityReservationPreference = wanted[preference] as "open";
  return { CapacityReservationSpecification: { CapacityReservationPreference } };
}

function hostOptions(
  spec: AWSMachineSpec,
): Pick<RunInstancesRequest, "CpuOptions" | "PrivateDnsNameOptions"> {
  const { privateDnsName, cpuOptions } = spec;
  const isConfidential =
    cpuOptions?.confidentialCompute === "AMDEncryptedVirtualizationNestedPaging";
  return {
    ...(isConfidential ? { CpuOptions: { AmdSevSnp: "enabled" as const } } : {}),
    ...(privateDnsName === undefined
      ? {}
      : {
          PrivateDnsNameOptions: {
            ...(privateDnsName.hostnameType === undefined
              ? {}
              : { HostnameType: privateDnsName.hostnameType }),
            ...(privateDnsName.enableResourceNameDnsARecord === undefined
              ? {}
              : { EnableResourceNameDnsARecord: privateDnsName.enableResourceNameDnsARecord }),
            ...(privateDnsName.enableResourceNameDnsAAAARecord === undefined
              ? {}
              : {
                  EnableResourceNameDnsAAAARecord: privateDnsName.enableResourceNameDnsAAAARecord,
                }),
          },
        }),
  };
}
