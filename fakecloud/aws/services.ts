import { KeyedRandom } from "../kernel/random.ts";
import { VirtualClock } from "../kernel/virtual-clock.ts";
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
import { ec2Handlers } from "./ec2/handlers.ts";
import { elbHandlers } from "./elb/handlers.ts";
import { elbv2Handlers } from "./elbv2/handlers.ts";
import { honouredByEc2 } from "./ec2/tables/honoured.ts";
import { honouredByElb } from "./elb/tables/honoured.ts";
import { honouredByElbv2 } from "./elbv2/tables/honoured.ts";
import { verdictOf } from "./iam/authorize.ts";
import { honouredByIam } from "./iam/tables/honoured.ts";
import { honouredBySts } from "./sts/tables/honoured.ts";
import { honouredBySecretsManager } from "./secretsmanager/tables/honoured.ts";
import { honouredBySsm } from "./ssm/tables/honoured.ts";
import { honouredByS3 } from "./s3/tables/honoured.ts";
import { honouredByTagging } from "./tagging/tables/honoured.ts";
import { iamHandlers } from "./iam/handlers.ts";
import { s3Handlers } from "./s3/handlers.ts";
import type { S3Caller } from "./s3/s3-store.ts";
import { secretsManagerHandlers } from "./secretsmanager/handlers.ts";
import { type CallContext, defineService, type Service } from "./service.ts";
import { ssmHandlers } from "./ssm/handlers.ts";
import { stsHandlers } from "./sts/handlers.ts";
import { taggingHandlers } from "./tagging/handlers.ts";
import { taggedResources } from "./tagging/tagged-resources.ts";
import { createStates, type States } from "./states.ts";

/** Every service that there is; one that is missing here is refused by name. */
export function createServices(states: States): readonly Service[] {
  const { reads, elb, elbv2, identity, secrets, parameters } = states;
  return [
    defineService({
      model: ec2Model,
      honoured: honouredByEc2,
      handlers: ec2Handlers,
      state: (call) => reads.region(call),
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
      state: (call) => reads.account(call),
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
      state: (call) => s3Caller(states, call),
    }),
    defineService({
      model: taggingModel,
      honoured: honouredByTagging,
      handlers: taggingHandlers,
      state: (call) => ({
        resources: () =>
          taggedResources({ ...states, ec2: { region: () => reads.region(call) } }, call),
      }),
    }),
  ];
}

function s3Caller({ s3, identity, enforcePolicies }: States, call: CallContext): S3Caller {
  const { accountId, region, principal, anonymous = false } = call;
  const caller = { store: s3, accountId, region, principal, anonymous };
  if (!enforcePolicies) return caller;
  return {
    ...caller,
    byIdentity: (need) => verdictOf(call, identity.account(accountId), need),
  };
}

/** For the coverage table. */
export function implementedServices(): readonly Service[] {
  const clock = new VirtualClock({ startMs: 0, seed: "coverage" });
  const random = new KeyedRandom("coverage");
  return createServices(createStates({ clock, random, profile: "lenient" }));
}
