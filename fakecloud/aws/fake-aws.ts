import { noFaults } from "../kernel/faults.ts";
import { noTrace } from "../kernel/trace.ts";
import { faithfulTimings, lenientTimings, LoadBalancing } from "../network/load-balancing.ts";
import { EnforcedNetwork } from "../network/network.ts";
import {
  ec2Model,
  elbModel,
  iamModel,
  secretsManagerModel,
  stsModel,
} from "../wire/service-models.ts";
import { AwsError } from "./aws-error.ts";
import type { FakeAws, FakeAwsOptions } from "./contract.ts";
import { Dispatch } from "./dispatch.ts";
import { Ec2Cloud } from "./ec2/ec2-cloud.ts";
import { faithfulEc2, lenientEc2 } from "./ec2/ec2-settings.ts";
import { ec2Handlers } from "./ec2/handlers.ts";
import { terminate } from "./ec2/instance-states.ts";
import { viewOf } from "./ec2/instance-view.ts";
import { ElbRegion } from "./elb/elb-region.ts";
import { elbHandlers } from "./elb/handlers.ts";
import { createProviderRoles } from "./iam/provider-roles.ts";
import { iamHandlers } from "./iam/handlers.ts";
import { Identity } from "./iam/identity.ts";
import { rootOf } from "./iam/principal.ts";
import { inventoryOf } from "./inventory.ts";
import { secretsManagerHandlers } from "./secretsmanager/handlers.ts";
import { SecretStore } from "./secretsmanager/secret-store.ts";
import { type CallContext, defineService, PerRegion } from "./service.ts";
import { stsHandlers } from "./sts/handlers.ts";

const defaultAccountId = "123456789012";

/** Composition root of the fake AWS: every service over one set of states, behind one wire. */
export function createFakeAws(options: FakeAwsOptions): FakeAws {
  const { clock, random, trace = noTrace, faults = noFaults, profile } = options;
  const accountId = options.accountId ?? defaultAccountId;
  const faithful = profile === "faithful";
  const identity = new Identity({ clock, random, defaultAccountId: accountId, enforce: false });
  createProviderRoles(identity.account(accountId));
  const ec2 = new Ec2Cloud({
    clock,
    random,
    trace,
    settings: faithful ? faithfulEc2 : lenientEc2,
    identity,
  });
  const network = new EnforcedNetwork({
    topology: ec2,
    clock,
    random,
    assumeHealthyWhenNotSimulated: !faithful,
  });
  const balancing = new LoadBalancing({
    topology: ec2,
    network,
    clock,
    random,
    timings: faithful ? faithfulTimings : lenientTimings,
  });
  const { loadBalancerDnsName } = options;
  const elb = new PerRegion(
    (account, region) =>
      new ElbRegion(account, region, {
        balancing,
        ...(loadBalancerDnsName === undefined ? {} : { loadBalancerDnsName }),
      }),
  );
  const secrets = new PerRegion(
    (account, region) => new SecretStore({ accountId: account, region, clock, random }),
  );
  const services = [
    defineService({
      model: ec2Model,
      handlers: ec2Handlers,
      state: (call) => ec2.region(call.accountId, call.region),
    }),
    defineService({ model: elbModel, handlers: elbHandlers, state: (call) => elb.of(call) }),
    defineService({
      model: iamModel,
      handlers: iamHandlers,
      state: (call) => identity.account(call.accountId),
    }),
    defineService({
      model: stsModel,
      handlers: stsHandlers,
      state: ({ principal }) => ({ identity, principal }),
    }),
    defineService({
      model: secretsManagerModel,
      handlers: secretsManagerHandlers,
      state: (call) => secrets.of(call),
    }),
  ];
  const dispatch = new Dispatch({
    clock,
    random,
    trace,
    faults,
    services,
    identify: (accessKeyId) => {
      const caller = accessKeyId === undefined ? undefined : identity.caller(accessKeyId);
      return caller?.known === true ? caller.principal : rootOf(accountId);
    },
    afterCall: ({ operation }) => {
      if (!/^(Describe|Get|List)/.test(operation)) ec2.touch();
    },
  });

  const find = (instanceId: string) => {
    for (const region of ec2.regions()) {
      const instance = region.instances.peek(instanceId);
      if (instance !== undefined) return { region, instance };
    }
    return undefined;
  };

  return {
    network,
    handle: (request) => dispatch.handle(request),
    callFromInstance: async (instanceId, service, operation, input) => {
      const found = find(instanceId);
      const target = services.find(({ model }) => model.signingName === service);
      if (found === undefined || target === undefined) {
        throw new AwsError("UnknownService", `no service ${service} for instance ${instanceId}`);
      }
      const view = viewOf(found.region, found.instance);
      const principal = identity.instancePrincipal(
        view.accountId,
        view.instanceProfileArn ?? "",
        instanceId,
      );
      if (view.instanceProfileArn === undefined || principal === undefined) {
        throw new AwsError(
          "NoCredentials",
          "Unable to locate credentials: the instance has no instance profile",
        );
      }
      const call: CallContext = {
        accountId: view.accountId,
        region: view.region,
        principal,
        requestId: "",
        service,
        operation,
        clock,
        random,
      };
      return dispatch.invoke(target, call, input as Record<string, unknown>);
    },
    instance: (instanceId) => {
      const found = find(instanceId);
      return found === undefined ? undefined : viewOf(found.region, found.instance);
    },
    instances: () =>
      ec2
        .regions()
        .flatMap((region) =>
          [...region.instances.values()].map((instance) => viewOf(region, instance)),
        ),
    onInstanceTransition: (listener) => ec2.onTransition(listener),
    inventory: (only) => inventoryOf({ ec2, elb: elb.all(), secrets: secrets.all() }, only),
    terminateOutOfBand: (instanceId) => {
      const found = find(instanceId);
      if (found !== undefined) terminate(found.region, found.instance);
    },
    close: () => network.healthChecks.close(),
  };
}
