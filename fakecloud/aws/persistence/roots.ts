import type { EnforcedNetwork } from "../../network/network.ts";
import type { LaggingReads } from "../consistency/lagging-reads.ts";
import type { Ec2Cloud } from "../ec2/ec2-cloud.ts";
import type { ClassicLoadBalancer } from "../elb/classic-load-balancer.ts";
import { resumeBalancers } from "../elb/resume.ts";
import type { ElbRegion } from "../elb/elb-region.ts";
import type { Elbv2Region } from "../elbv2/elbv2-region.ts";
import type { Balancer, TargetGroup } from "../elbv2/records.ts";
import { resumeForwarding } from "../elbv2/resume.ts";
import { poolOf } from "../elbv2/target-groups.ts";
import type { IamAccount, InstanceProfile } from "../iam/iam-account.ts";
import type { Identity } from "../iam/identity.ts";
import { PerRegion } from "../service.ts";
import type { Transitions } from "../transitions.ts";
import type { StateRoot } from "./state-root.ts";

export interface SpecialStates {
  readonly ec2: Ec2Cloud;
  readonly elb: PerRegion<ElbRegion>;
  readonly elbv2: PerRegion<Elbv2Region>;
  readonly identity: Identity;
  /** Knows who listens where: processes, which begin anew. */
  readonly network: EnforcedNetwork;
  readonly transitions: Transitions;
  /** Copies of the past, of which nothing survives. */
  readonly reads: LaggingReads;
}

/**
 * Everything that survives a restart, in the order in which it is brought back; what is pending comes last. The state of a
 * further service is found by itself.
 */
export function stateRoots(states: SpecialStates): readonly StateRoot[] {
  return [
    identityRoot(states.identity),
    single("credentials", states.identity.credentials),
    ec2Root(states.ec2),
    elbRoot(states.elb),
    elbv2Root(states.elbv2),
    ...otherRoots(states),
    { ...single("transitions", states.transitions), resume: () => states.transitions.restore() },
  ] as readonly StateRoot[];
}

function otherRoots(states: SpecialStates): readonly StateRoot[] {
  const { ec2, elb, elbv2, identity, network, transitions, reads } = states;
  const special = new Set<unknown>([ec2, elb, elbv2, identity, network, transitions, reads]);
  return Object.entries(states).flatMap(([name, state]: [string, unknown]) => {
    if (special.has(state) || typeof state !== "object" || state === null) return [];
    return [
      state instanceof PerRegion
        ? perRegion(name, state as PerRegion<object>)
        : single(name, state),
    ];
  });
}

/** One state for all accounts and regions. */
function single(name: string, state: object): StateRoot {
  return { name, states: () => [["all", state]], open: () => state };
}

function perRegion<State extends object>(
  name: string,
  regions: PerRegion<State>,
): StateRoot<State> {
  return {
    name,
    states: () => regions.entries(),
    open: (key) => {
      const [accountId = "", region = ""] = key.split("/");
      return regions.of({ accountId, region });
    },
  };
}

function ec2Root(ec2: Ec2Cloud) {
  return {
    name: "ec2",
    states: () => ec2.regions().map((one) => [`${one.accountId}/${one.region}`, one] as const),
    open: (key: string) => {
      const [accountId = "", region = ""] = key.split("/");
      return ec2.emptyRegion(accountId, region);
    },
    resume: (region: ReturnType<Ec2Cloud["region"]>) => ec2.reindex(region),
  };
}

/** A profile knows its role itself; saved is the role's name. */
function identityRoot(identity: Identity) {
  return {
    name: "iam",
    states: () => identity.accountIds().map((id) => [id, identity.account(id)] as const),
    open: (accountId: string) => identity.account(accountId),
    codecs: {
      instanceProfiles: {
        save: ({ role, ...rest }: InstanceProfile) => ({ ...rest, roleName: role?.name }),
      },
    },
    resume: (account: IamAccount) => {
      for (const profile of account.instanceProfiles.values()) {
        const { roleName } = profile as { readonly roleName?: string };
        profile.role = roleName === undefined ? undefined : account.roles.get(roleName);
      }
    },
  };
}

function elbRoot(elb: PerRegion<ElbRegion>) {
  return {
    ...perRegion("elb", elb),
    codecs: {
      balancers: {
        save: ({ network, ...rest }: ClassicLoadBalancer) => ({
          ...rest,
          network: { ...network, listeners: new Map() },
        }),
      },
    },
    resume: resumeBalancers,
  };
}

function elbv2Root(elbv2: PerRegion<Elbv2Region>) {
  return {
    ...perRegion("elbv2", elbv2),
    codecs: {
      balancers: {
        save: ({ network, ...rest }: Balancer) => ({
          ...rest,
          network: { ...network, listeners: new Map() },
        }),
      },
      targetGroups: {
        save: ({ pool, ...rest }: TargetGroup) => ({ ...rest, targets: pool.targets }),
        load: (
          _elb: Elbv2Region,
          { targets, ...rest }: Omit<TargetGroup, "pool"> & Pick<TargetGroup["pool"], "targets">,
        ): TargetGroup => ({ ...rest, pool: poolOf(rest, targets) }),
      },
    },
    resume: resumeForwarding,
  };
}
