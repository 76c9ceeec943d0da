import { noFaults } from "../kernel/faults.ts";
import { KeyedRandom } from "../kernel/random.ts";
import { noTrace } from "../kernel/trace.ts";
import { VirtualClock } from "../kernel/virtual-clock.ts";
import { faithfulTimings, lenientTimings, LoadBalancing } from "../network/load-balancing.ts";
import { EnforcedNetwork } from "../network/network.ts";
import {
  ec2Model,
  elbModel,
  elbv2Model,
  iamModel,
  s3Model,
  secretsManagerModel,
  ssmModel,
  stsModel,
  taggingModel,
} from "../wire/service-models.ts";
import { AwsError } from "./aws-error.ts";
import type { FakeAws, FakeAwsOptions, InstanceView } from "./contract.ts";
import { Dispatch, type DispatchOptions } from "./dispatch.ts";
import { Ec2Cloud } from "./ec2/ec2-cloud.ts";
import { faithfulEc2, lenientEc2 } from "./ec2/ec2-settings.ts";
import { ec2Handlers } from "./ec2/handlers.ts";
import { terminate } from "./ec2/instance-states.ts";
import { viewOf } from "./ec2/instance-view.ts";
import { ec2Steps } from "./ec2/transitions.ts";
import { provisioned as elbProvisioned } from "./elb/create-load-balancer.ts";
import { ElbRegion } from "./elb/elb-region.ts";
import { elbHandlers } from "./elb/handlers.ts";
import { Elbv2Region, type Elbv2Settings } from "./elbv2/elbv2-region.ts";
import { elbv2Handlers } from "./elbv2/handlers.ts";
import { provisioned as elbv2Provisioned } from "./elbv2/load-balancers.ts";
import { drained, dropInstance } from "./elbv2/targets.ts";
import { honouredByEc2 } from "./ec2/tables/honoured.ts";
import { honouredByElb } from "./elb/tables/honoured.ts";
import { honouredByElbv2 } from "./elbv2/tables/honoured.ts";
import { honouredByIam } from "./iam/tables/honoured.ts";
import { honouredBySts } from "./sts/tables/honoured.ts";
import { honouredBySecretsManager } from "./secretsmanager/tables/honoured.ts";
import { honouredBySsm } from "./ssm/tables/honoured.ts";
import { honouredByS3 } from "./s3/tables/honoured.ts";
import { honouredByTagging } from "./tagging/tables/honoured.ts";
import { EventLog } from "./event-log.ts";
import { createFaultPlan } from "./faults/create-fault-plan.ts";
import type { ByHand, Owner } from "./faults/fault-context.ts";
import { createProviderRoles } from "./iam/provider-roles.ts";
import { iamHandlers } from "./iam/handlers.ts";
import { Identity } from "./iam/identity.ts";
import { PermissionRecorder } from "./iam/permission-recorder.ts";
import { type Principal, rootOf, somebodyAtTheConsole } from "./iam/principal.ts";
import { inventoryOf } from "./inventory.ts";
import { stateRoots } from "./persistence/roots.ts";
import { restoreRoots, saveRoots } from "./persistence/state-root.ts";
import { s3Handlers } from "./s3/handlers.ts";
import { S3Store } from "./s3/s3-store.ts";
import { secretsManagerHandlers } from "./secretsmanager/handlers.ts";
import { SecretStore } from "./secretsmanager/secret-store.ts";
import { defineService, PerRegion, type Service } from "./service.ts";
import { ssmHandlers } from "./ssm/handlers.ts";
import { ParameterStore } from "./ssm/parameter-store.ts";
import { publishedParameters } from "./ssm/published-parameters.ts";
import { authenticate } from "./signature/authenticate.ts";
import { stsHandlers } from "./sts/handlers.ts";
import { taggingHandlers } from "./tagging/handlers.ts";
import { taggedResources } from "./tagging/tagged-resources.ts";
import { Throttle } from "./throttle.ts";
import { Transitions } from "./transitions.ts";

const defaultAccountId = "123456789012";

/** The states of all services, and the network over them. */
function createStates(options: FakeAwsOptions) {
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
  const settings = faithful ? faithfulEc2 : lenientEc2;
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
    identity,
    throttle: new Throttle({ always: faithful }),
    transitions,
    ec2,
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

type States = ReturnType<typeof createStates>;

/** Every service that there is; one that is missing here is refused by name. */
function createServices(states: States): readonly Service[] {
  const { ec2, elb, elbv2, identity, secrets, parameters, s3 } = states;
  return [
    defineService({
      model: ec2Model,
      honoured: honouredByEc2,
      handlers: ec2Handlers,
      state: (call) => ec2.region(call.accountId, call.region),
    }),
    defineService({
      model: elbModel,
      honoured: honouredByElb,
      handlers: elbHandlers,
      state: (call) => elb.of(call),
    }),
    defineService({
      model: elbv2Model,
      honoured: honouredByElbv2,
      handlers: elbv2Handlers,
      state: (call) => elbv2.of(call),
    }),
    defineService({
      model: iamModel,
      honoured: honouredByIam,
      handlers: iamHandlers,
      state: (call) => identity.account(call.accountId),
    }),
    defineService({
      model: stsModel,
      honoured: honouredBySts,
      handlers: stsHandlers,
      state: ({ principal }) => ({ identity, principal }),
    }),
    defineService({
      model: secretsManagerModel,
      honoured: honouredBySecretsManager,
      handlers: secretsManagerHandlers,
      state: (call) => secrets.of(call),
    }),
    defineService({
      model: ssmModel,
      honoured: honouredBySsm,
      handlers: ssmHandlers,
      state: (call) => parameters.of(call),
    }),
    defineService({
      model: s3Model,
      honoured: honouredByS3,
      handlers: s3Handlers,
      state: ({ accountId, region, principal, anonymous = false }) => ({
        store: s3,
        accountId,
        region,
        principal,
        anonymous,
      }),
    }),
    defineService({
      model: taggingModel,
      honoured: honouredByTagging,
      handlers: taggingHandlers,
      state: (call) => ({ resources: () => taggedResources(states, call) }),
    }),
  ];
}

/** For the coverage table. */
export function implementedServices(): readonly Service[] {
  const clock = new VirtualClock({ startMs: 0, seed: "coverage" });
  const random = new KeyedRandom("coverage");
  return createServices(createStates({ clock, random, profile: "lenient" }));
}

/** What stands before every handler: EC2's throttling, then its dry run. */
function admission({ throttle }: States): NonNullable<DispatchOptions["admit"]> {
  return (call, input) => {
    throttle.admit(call, input);
    if (call.service !== "ec2" || input["DryRun"] !== true) return;
    const message = "Request would have succeeded, but DryRun flag is set.";
    throw new AwsError("DryRunOperation", message, { status: 412 });
  };
}

/** Composition root of the fake AWS: every service over one set of states, behind one wire. */
export function createFakeAws(options: FakeAwsOptions): FakeAws {
  const { clock, random, trace = noTrace, faults = noFaults } = options;
  const states = createStates(options);
  const { identity, ec2, network } = states;
  const services = createServices(states);
  const roots = stateRoots(states);
  if (options.restore !== undefined) restoreRoots(roots, options.restore);
  const events = new EventLog();
  const permissions = new PermissionRecorder();
  const skew = { ms: 0 };
  const plan = createFaultPlan(
    {
      ...states,
      clock,
      random,
      skew,
      perform: (owner, action, input) => {
        const principal = somebodyAtTheConsole(owner.accountId);
        const { service, call } = direct(services, { ...owner, principal }, action);
        dispatch.perform(service, { ...call, clock, random }, input);
      },
    },
    { trace, fallback: faults, onChange: () => void options.durable?.(undefined) },
  );
  const dispatch = new Dispatch({
    clock,
    random,
    trace,
    faults: plan,
    skew,
    nameTag: (id) => ec2.nameTag(id),
    services,
    ...authentication(states),
    admit: admission(states),
    onCall: (service, call, input, error) => {
      events.record(service, call, input, error);
      permissions.record(call, input);
    },
    afterCall: ({ operation }) => {
      if (!/^(Describe|Get|List)/.test(operation)) ec2.touch();
    },
    ...(options.durable === undefined ? {} : { durable: options.durable }),
    ...(options.watchInput === undefined ? {} : { watchInput: options.watchInput }),
  });
  return {
    network,
    faults: plan,
    events,
    permissions,
    handle: (request) => dispatch.handle(request),
    call: ({ operation, input, ...address }) => dispatch.direct(address, { operation, input }),
    callFromInstance: async (instanceId, service, operation, input) => {
      const view = requireView(ec2, instanceId);
      const caller = { ...view, principal: instancePrincipal(identity, view) };
      const target = direct(services, caller, { service, operation });
      const call = { ...target.call, clock, random };
      return dispatch.fromInstance(target.service, call, input as Record<string, unknown>);
    },
    ...instancesOf(ec2),
    inventory: (only) => inventoryOf(states, only),
    terminateOutOfBand: (instanceId) => {
      terminateNow(ec2, instanceId);
      void options.durable?.(undefined);
    },
    save: () => saveRoots(roots),
    close: () => {
      states.transitions.close();
      network.healthChecks.close();
    },
  };
}

/** Who calls; signatures are verified where only issued keys are known. */
function authentication(states: States): Pick<DispatchOptions, "authenticate" | "identify"> {
  const { identity } = states;
  const identified: Pick<DispatchOptions, "identify"> = {
    identify: (key, token) => identify(states, key, token),
  };
  if (!identity.enforce) return identified;
  return {
    ...identified,
    authenticate: (model, request) =>
      authenticate(model, request, { identity, nowMs: identity.clock.now() }),
  };
}

function identify(
  { identity, accountId }: States,
  accessKeyId: string | undefined,
  sessionToken: string | undefined,
): Principal {
  const caller = accessKeyId === undefined ? undefined : identity.caller(accessKeyId, sessionToken);
  return caller?.known === true ? caller.principal : rootOf(accountId);
}

/** A call that does not come over the wire: from software on an instance, or by hand. */
function direct(
  services: readonly Service[],
  caller: Owner & { readonly principal: Principal },
  action: ByHand,
) {
  const { accountId, region, principal } = caller;
  const { operation, version } = action;
  const service = services.find(
    ({ model }) =>
      model.signingName === action.service && (version === undefined || model.version === version),
  );
  if (service === undefined) {
    throw new AwsError("UnknownService", `there is no service ${action.service}`);
  }
  const call = { accountId, region, principal, requestId: "", service: action.service, operation };
  return { service, call };
}

function instancesOf(
  ec2: Ec2Cloud,
): Pick<FakeAws, "instance" | "instances" | "onInstanceTransition"> {
  return {
    instance: (instanceId) => {
      const found = findInstance(ec2, instanceId);
      return found === undefined ? undefined : viewOf(found.region, found.instance);
    },
    instances: () =>
      ec2
        .regions()
        .flatMap((region) => [...region.instances.values()].map((one) => viewOf(region, one))),
    onInstanceTransition: (listener) => ec2.onTransition(listener),
  };
}

function findInstance(ec2: Ec2Cloud, instanceId: string) {
  for (const region of ec2.regions()) {
    const instance = region.instances.peek(instanceId);
    if (instance !== undefined) return { region, instance };
  }
  return undefined;
}

function terminateNow(ec2: Ec2Cloud, instanceId: string): void {
  const found = findInstance(ec2, instanceId);
  if (found !== undefined) terminate(found.region, found.instance);
}

function requireView(ec2: Ec2Cloud, instanceId: string): InstanceView {
  const found = findInstance(ec2, instanceId);
  if (found === undefined) throw new AwsError("InvalidInstanceID.NotFound", instanceId);
  return viewOf(found.region, found.instance);
}

/** Software on an instance acts with the role of its instance profile, or not at all. */
function instancePrincipal(identity: Identity, view: InstanceView): Principal {
  const { accountId, instanceProfileArn, instanceId } = view;
  const principal =
    instanceProfileArn === undefined
      ? undefined
      : identity.instancePrincipal(accountId, instanceProfileArn, instanceId);
  if (principal !== undefined) return principal;
  const message = "Unable to locate credentials: the instance has no instance profile with a role";
  throw new AwsError("NoCredentials", message);
}
