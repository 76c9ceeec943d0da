import { LaggingReads } from "./consistency/lagging-reads.ts";
import { noTrace } from "../kernel/trace.ts";
import { faithfulTimings, lenientTimings, LoadBalancing } from "../network/load-balancing.ts";
import { EnforcedNetwork } from "../network/network.ts";
import type { FakeAwsOptions } from "./contract.ts";
import { Ec2Cloud } from "./ec2/ec2-cloud.ts";
import { faithfulEc2, lenientEc2 } from "./ec2/ec2-settings.ts";
import { ec2Steps } from "./ec2/transitions.ts";
import { provisioned as elbProvisioned } from "./elb/create-load-balancer.ts";
import { ElbRegion } from "./elb/elb-region.ts";
import { Elbv2Region, type Elbv2Settings } from "./elbv2/elbv2-region.ts";
import { provisioned as elbv2Provisioned } from "./elbv2/load-balancers.ts";
import { drained, dropInstance } from "./elbv2/targets.ts";
import { createProviderRoles } from "./iam/provider-roles.ts";
import { Identity } from "./iam/identity.ts";
import { rootOf } from "./iam/principal.ts";
import { S3Store } from "./s3/s3-store.ts";
import { SecretStore } from "./secretsmanager/secret-store.ts";
import { PerRegion } from "./service.ts";
import { ParameterStore } from "./ssm/parameter-store.ts";
import { publishedParameters } from "./ssm/published-parameters.ts";
import { Throttle } from "./throttle.ts";
import { Transitions } from "./transitions.ts";

const defaultAccountId = "123456789012";

/** The states of all services, and the network over them. */
export function createStates(options: FakeAwsOptions) {
  const { clock, random, trace = noTrace, profile, loadBalancerDnsName } = options;
  const accountId = options.accountId ?? defaultAccountId;
  const faithful = profile === "faithful";
  const { administrator } = options;
  const enforce = administrator !== undefined;
  const identity = new Identity({ clock, random, defaultAccountId: accountId, enforce });
  if (administrator !== undefined) {
    const { accessKeyId } = administrator;
    const principal = rootOf(accountId);
    identity.credentials.issued.set(accessKeyId, { ...administrator, principal, active: true });
  }
  if (options.restore === undefined) createProviderRoles(identity.account(accountId));
  const { consistency } = options;
  const settings = {
    ...(faithful ? faithfulEc2 : lenientEc2),
    ...(consistency === undefined ? {} : { lag: consistency, staleness: consistency }),
  };
  const transitions = new Transitions(clock, () => void options.durable?.(undefined));
  const ec2 = new Ec2Cloud({ clock, random, trace, settings, identity, transitions });
  const network = new EnforcedNetwork({
    topology: ec2,
    clock,
    random,
    assumeHealthyWhenNotSimulated: !faithful,
  });
  const timings = faithful ? faithfulTimings : lenientTimings;
  const topology = ec2;
  const balancing = new LoadBalancing({ topology, network, clock, random, timings, transitions });
  const naming = loadBalancerDnsName === undefined ? {} : { loadBalancerDnsName };
  const elb = new PerRegion(
    (owner, region) => new ElbRegion(owner, region, { balancing, ...naming }),
  );
  const elbv2 = createElbv2(ec2, { balancing, gradual: faithful, ...naming });
  defineSteps(transitions, { ec2, elb, elbv2 });
  return {
    accountId,
    enforcePolicies: options.enforcePolicies === true,
    identity,
    throttle: new Throttle({ always: faithful }),
    transitions,
    ec2,
    reads: new LaggingReads(ec2, identity),
    network,
    balancing,
    elb,
    elbv2,
    secrets: new PerRegion(
      (owner, region) => new SecretStore({ accountId: owner, region, clock, random }),
    ),
    parameters: new PerRegion((owner, region) => {
      const published = publishedParameters(() => ec2.region(owner, region));
      return new ParameterStore({ accountId: owner, region, clock, published });
    }),
    s3: new S3Store(clock, random),
  };
}

/** What can happen later, to which resource of which service. */
function defineSteps(
  transitions: Transitions,
  {
    ec2,
    elb,
    elbv2,
  }: {
    readonly ec2: Ec2Cloud;
    readonly elb: PerRegion<ElbRegion>;
    readonly elbv2: PerRegion<Elbv2Region>;
  },
): void {
  for (const [name, step] of Object.entries(ec2Steps)) {
    const run = (accountId: string, region: string, id: string) => {
      step(ec2.region(accountId, region), id);
      ec2.touch();
    };
    transitions.define({ [`ec2/${name}`]: run });
  }
  const of = <State>(regions: PerRegion<State>, accountId: string, region: string) =>
    regions.of({ accountId, region });
  transitions.define({
    "elb/provisioned": (owner, region, name, createdAtMs) =>
      elbProvisioned(of(elb, owner, region), name, createdAtMs),
    "elbv2/provisioned": (owner, region, arn) => elbv2Provisioned(of(elbv2, owner, region), arn),
    "elbv2/drained": (owner, region, arn, key) => drained(of(elbv2, owner, region), arn, key),
  });
}

function createElbv2(ec2: Ec2Cloud, settings: Elbv2Settings): PerRegion<Elbv2Region> {
  const regions = new PerRegion((owner, region) => new Elbv2Region(owner, region, settings));
  ec2.onInstanceTransition((instanceId, to) => {
    if (to !== "terminated") return;
    for (const region of regions.all()) dropInstance(region, instanceId);
  });
  return regions;
}

export type States = ReturnType<typeof createStates>;
