import type { LoadBalancing } from "../../network/load-balancing.ts";
import type { SubnetNode } from "../../network/topology.ts";
import type { ClassicLoadBalancer } from "./classic-load-balancer.ts";
import { elbError } from "./errors.ts";

export interface ElbSettings {
  readonly balancing: LoadBalancing;
  /** Undefined: no quotas. */
  readonly quotas?: { readonly loadBalancers: number };
  readonly loadBalancerDnsName?: (loadBalancer: {
    readonly name: string;
    readonly region: string;
    readonly generated: string;
  }) => string;
}

/** The classic load balancers of one account in one region. */
export class ElbRegion {
  readonly accountId: string;
  readonly region: string;
  readonly settings: ElbSettings;
  readonly balancers = new Map<string, ClassicLoadBalancer>();

  constructor(accountId: string, region: string, settings: ElbSettings) {
    this.accountId = accountId;
    this.region = region;
    this.settings = settings;
  }

  get balancing(): LoadBalancing {
    return this.settings.balancing;
  }

  require(name: string | undefined): ClassicLoadBalancer {
    const found = this.balancers.get(name ?? "");
    if (found === undefined) throw elbError("LoadBalancerNotFound", name ?? "");
    return found;
  }

  requireSubnet(subnetId: string): SubnetNode {
    const subnet = this.balancing.topology.subnet(subnetId);
    if (subnet === undefined) throw elbError("SubnetNotFound", subnetId);
    return subnet;
  }

  /** Throws if a group does not exist in the VPC; nothing given means the VPC's default group. */
  requireGroups(groupIds: readonly string[], vpcId: string): readonly string[] {
    const { topology } = this.balancing;
    for (const groupId of groupIds) {
      const group = topology.securityGroup(groupId);
      if (group === undefined) {
        const why = `One or more security groups are invalid: ${groupId}`;
        throw elbError("InvalidSecurityGroup", why);
      }
      if (group.vpcId !== vpcId) {
        const why = `You have specified two resources that belong to different networks: ${groupId} is not in ${vpcId}`;
        throw elbError("InvalidConfigurationRequest", why);
      }
    }
    if (groupIds.length > 0) return groupIds;
    const standard = topology.defaultSecurityGroup(vpcId);
    return standard === undefined ? [] : [standard];
  }
}
