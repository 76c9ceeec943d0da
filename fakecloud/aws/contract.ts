import type { Clock } from "../kernel/clock.ts";
import type { Faults } from "../kernel/faults.ts";
import type { Random } from "../kernel/random.ts";
import type { TraceSink } from "../kernel/trace.ts";
import type { Network } from "../network/contract.ts";
import type { DirectCall, WireRequest, WireResponse } from "../wire/contract.ts";
import type { EventLog } from "./event-log.ts";
import type { FaultPlan } from "./faults/fault-plan.ts";
import type { PermissionRecorder } from "./iam/permission-recorder.ts";
import type { SavedTables } from "./persistence/state-root.ts";
import type { Service } from "./service.ts";

export type InstanceState =
  | "pending"
  | "running"
  | "shutting-down"
  | "stopped"
  | "stopping"
  | "terminated";

/** What the inside of an instance, the network and the tools need to know of it. Read afresh: it is a snapshot. */
export interface InstanceView {
  readonly instanceId: string;
  readonly accountId: string;
  readonly region: string;
  readonly zone: string;
  readonly state: InstanceState;
  readonly instanceType: string;
  readonly imageId: string;
  /** Name of the image as the catalogue knows it: "capa-ami-ubuntu-24.04-v1.33.4-…". */
  readonly imageName: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly privateDnsName: string;
  readonly publicIp?: string;
  readonly securityGroupIds: readonly string[];
  readonly instanceProfileArn?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** As given at launch, base64 decoded; empty if there was none. */
  readonly userData: Uint8Array;
  readonly metadataOptions: { readonly httpTokens: string; readonly httpEndpoint: string };
  readonly launchedAtMs: number;
}

export interface InstanceTransition {
  readonly instance: InstanceView;
  readonly from: InstanceState | undefined;
  readonly to: InstanceState;
}

/** Sees the input of a call on its way to the handler, which takes what this returns. */
export type WatchInput = (
  service: Service,
  operation: string,
  input: Record<string, unknown>,
) => Record<string, unknown>;

export interface FakeAwsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace?: TraceSink;
  readonly faults?: Faults;
  /** faithful: delays, quotas, throttling as the real one. lenient: none of them. Lag is a choice of its own, below. */
  readonly profile: "faithful" | "lenient";
  /**
   * How far what EC2 and IAM show may lag behind what is: a share of the reads, by so many ms; new resources may be unknown to
   * writes for as long. Not given: every read shows the present.
   */
  readonly consistency?: {
    readonly chance: number;
    readonly span: { readonly min: number; readonly max: number };
  };
  /** Calls of roles and users need a policy that allows them; the account's administrator may do everything. Off if not given. */
  readonly enforcePolicies?: true;
  readonly accountId?: string;
  /**
   * The administrator's key: only it and keys that were issued are known, and signatures are verified. Not given: any
   * credentials will do, as with other emulators.
   */
  readonly administrator?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Load balancers get this name instead of an AWS-like one (`seatrial up`: a loopback address of their own). */
  readonly loadBalancerDnsName?: (loadBalancer: {
    readonly name: string;
    readonly region: string;
    readonly generated: string;
  }) => string;
  /** For tests that want to know what a handler reads. */
  readonly watchInput?: WatchInput;
  /** What `save` has given in an earlier process: everything goes on from there. */
  readonly restore?: SavedTables;
  /**
   * Asked after every call, and told after everything that happens by itself (`undefined`), whether it is on disk yet;
   * the answer waits for the promise.
   */
  readonly durable?: (
    call: { readonly operation: string } | undefined,
  ) => Promise<void> | undefined;
}

/** What the inside of machines needs of the cloud around them. */
export type MachineCloud = Pick<
  FakeAws,
  "callFromInstance" | "instance" | "instances" | "network" | "onInstanceTransition"
>;

export interface FakeAws {
  readonly network: Network;
  /** What goes wrong in this cloud and its machines: takes faults as data, ends them, and is asked at every fault point. */
  readonly faults: FaultPlan;
  /** Who called what, with which result. */
  readonly events: EventLog;
  /** The least that each caller would have to be allowed. */
  readonly permissions: PermissionRecorder;
  /** One AWS call on the wire; the adapters (SDK request handler, HTTP, msw) all end here. */
  handle(request: WireRequest): Promise<WireResponse>;
  /** The same call past the wire, in objects instead of bytes; undefined if the answer is lost. Throws an AwsError. */
  call(call: DirectCall): Promise<{ readonly output: unknown } | undefined>;
  /**
   * A call from software on an instance, with the credentials of its instance profile: "secretsmanager",
   * "GetSecretValue", the SDK's input object. Throws an AwsError as the SDK would see it.
   */
  callFromInstance(
    instanceId: string,
    service: string,
    operation: string,
    input: object,
  ): Promise<unknown>;
  instance(instanceId: string): InstanceView | undefined;
  instances(): readonly InstanceView[];
  onInstanceTransition(listener: (transition: InstanceTransition) => void): void;
  /** Everything an account holds that somebody created, as sorted "type/id" lines: empty after a complete clean-up. */
  inventory(accountId?: string): readonly string[];
  /** Ends an instance behind everybody's back, as a person in the console would. */
  terminateOutOfBand(instanceId: string): void;
  /** The whole cloud as plain JSON: all accounts, regions and services, and what is pending. It holds secrets. */
  save(): SavedTables;
  close(): void;
}
