import { noFaults } from "../kernel/faults.ts";
import { noTrace } from "../kernel/trace.ts";
import { AwsError } from "./aws-error.ts";
import type { FakeAws, FakeAwsOptions, InstanceView } from "./contract.ts";
import { Dispatch, type DispatchOptions } from "./dispatch.ts";
import type { Ec2Cloud } from "./ec2/ec2-cloud.ts";
import { terminate } from "./ec2/instance-states.ts";
import { viewOf } from "./ec2/instance-view.ts";
import { authorize } from "./iam/authorize.ts";
import { EventLog } from "./event-log.ts";
import { createFaultPlan } from "./faults/create-fault-plan.ts";
import type { ByHand, Owner } from "./faults/fault-context.ts";
import type { Identity } from "./iam/identity.ts";
import { PermissionRecorder } from "./iam/permission-recorder.ts";
import { type Principal, rootOf, somebodyAtTheConsole } from "./iam/principal.ts";
import { inventoryOf } from "./inventory.ts";
import { stateRoots } from "./persistence/roots.ts";
import { restoreRoots, type SavedTables, saveRoots } from "./persistence/state-root.ts";
import { type Service } from "./service.ts";
import { authenticate } from "./signature/authenticate.ts";
import { createServices } from "./services.ts";
import { createStates, type States } from "./states.ts";

/** What stands before every handler: EC2's throttling, what the caller may do, then EC2's dry run. */
function admission(states: States): NonNullable<DispatchOptions["admit"]> {
  const { throttle, identity, ec2 } = states;
  return (call, input) => {
    throttle.admit(call, input);
    if (states.enforcePolicies) {
      authorize(call, input, {
        account: identity.account(call.accountId),
        tagsOf: (resource) => ec2.tagsOf(resource.slice(resource.lastIndexOf("/") + 1)),
        trustDecides: identity.enforce,
      });
    }
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
  const saved: SavedTables = options.restore ?? new Map();
  const roots = stateRoots(states);
  restoreRoots(roots, saved);
  const events = new EventLog();
  const permissions = new PermissionRecorder();
  const skew = { ms: 0 };
  const time = { clock, random, skew };
  const plan = createFaultPlan(
    {
      ...states,
      ...time,
      perform: (owner, action, input) => {
        const principal = somebodyAtTheConsole(owner.accountId);
        const { service, call } = direct(services, { ...owner, principal }, action);
        dispatch.perform(service, { ...call, clock, random }, input);
      },
    },
    { trace, saved, fallback: faults, onChange: () => void options.durable?.(undefined) },
  );
  const dispatch = new Dispatch({
    ...time,
    trace,
    faults: plan,
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
    ...watchersOf(options),
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
    save: () => new Map([...saveRoots(roots), ...plan.save()]),
    close: () => {
      states.transitions.close();
      network.healthChecks.close();
    },
  };
}

function watchersOf({
  durable,
  watchInput,
}: FakeAwsOptions): Pick<DispatchOptions, "durable" | "watchInput"> {
  return {
    ...(durable === undefined ? {} : { durable }),
    ...(watchInput === undefined ? {} : { watchInput }),
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
