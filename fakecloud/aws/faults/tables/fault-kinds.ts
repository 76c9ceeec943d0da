/** What a field holds, how it is checked, and what it is for. */
export interface FieldFacts {
  readonly type:
    | "chance"
    | "count"
    | "duration"
    | "factor"
    | "pattern"
    | "shift"
    | "status"
    | "text"
    | "whole"
    | { readonly oneOf: readonly string[] };
  readonly required?: boolean;
  readonly default?: boolean | number | string;
  readonly says: string;
}

export interface KindFacts {
  /** In the fault catalogue: C for the cloud, N for nodes. */
  readonly family: string;
  /** call: strikes calls; state: lasts until it ends; event: happens, and is over. */
  readonly nature: "call" | "event" | "state";
  readonly says: string;
  /** The field that stands alone: `{ zoneOutage: b }`, and TARGET on the command line. */
  readonly main?: string;
  /** Whether `chance` means something: it is asked again and again. */
  readonly mayMiss?: boolean;
  readonly fields: Readonly<Record<string, FieldFacts>>;
  readonly example: string;
}

const instance = (says: string): FieldFacts => ({
  type: "pattern",
  required: true,
  says: `${says}: IDs or Name tags`,
});

const pick: FieldFacts = {
  type: { oneOf: ["all", "newest", "oldest", "random"] },
  default: "all",
  says: "which of the instances that fit",
};

/** The steps of a boot that can fail, as machines/README.md lists them. */
const steps = [
  "boot",
  "user data",
  "kubeadm init",
  "kubeadm join",
  "etcd learner start",
  "etcd promotion",
  "kubelet registration",
];

/** Every kind of fault that there is. The parser, the JSON Schema, the help of the command line and the README are made of this. */
export const faultKinds = {
  throttle: {
    family: "C1",
    nature: "call",
    says: "calls are refused as too many, with the code of their service",
    mayMiss: true,
    fields: {},
    example: '{ call: { cloud: "Describe*" }, do: { throttle: {} }, for: 10m }',
  },
  fail: {
    family: "C2",
    nature: "call",
    says: "calls fail; with phase afterCommit they have taken effect nevertheless",
    main: "code",
    mayMiss: true,
    fields: {
      code: { type: "text", default: "InternalError", says: "error code on the wire" },
      status: { type: "status", default: 500, says: "HTTP status from 400 to 599" },
      message: { type: "text", says: "the words; the code if not given" },
    },
    example: "{ call: { cloud: CreateVpc, times: 2 }, do: { fail: InternalError } }",
  },
  loseResponse: {
    family: "C3",
    nature: "call",
    says: "calls take effect, and their answer never arrives: the connection ends",
    mayMiss: true,
    fields: {
      after: {
        type: "duration",
        default: 0,
        says: "how long the connection stays open before it ends",
      },
    },
    example: "{ call: { cloud: RunInstances, nth: 2 }, do: { loseResponse: {} } }",
  },
  reset: {
    family: "C8",
    nature: "call",
    says: "the connection ends before calls take effect",
    mayMiss: true,
    fields: {},
    example: '{ call: { cloud: "*" }, chance: 0.1, do: { reset: {} }, for: 5m }',
  },
  delay: {
    family: "C8",
    nature: "call",
    says: "calls take longer",
    main: "by",
    mayMiss: true,
    fields: { by: { type: "duration", required: true, says: "how much longer" } },
    example: '{ call: { cloud: "*" }, do: { delay: 5s }, for: 10m }',
  },
  brownOut: {
    family: "C8",
    nature: "state",
    says: "the API of AWS is half down: calls fail with the internal error of their service",
    main: "only",
    mayMiss: true,
    fields: {
      only: {
        type: { oneOf: ["all", "changes", "launches"] },
        default: "all",
        says: "which calls",
      },
    },
    example: "{ do: { brownOut: changes }, chance: 0.5, for: 30m }",
  },
  busyAccount: {
    family: "C1",
    nature: "state",
    says: "somebody else uses up most of EC2's request limits",
    main: "share",
    fields: {
      share: { type: "chance", required: true, says: "how much of size and refill is gone" },
      operation: { type: "pattern", default: "*", says: "of which operations" },
    },
    example: "{ do: { busyAccount: 0.9 }, for: 1h }",
  },
  consistencyLag: {
    family: "C4",
    nature: "state",
    says: "reads of EC2 and IAM show a recent past; writes may not know what was just made",
    main: "max",
    fields: {
      max: { type: "duration", required: true, says: "at most so long" },
      min: { type: "duration", default: 0, says: "at least so long" },
      share: { type: "chance", default: 1, says: "of how many new resources" },
    },
    example: "{ do: { consistencyLag: 5s }, for: 1h }",
  },
  staleReads: {
    family: "C4",
    nature: "state",
    says: "a read may be answered as it was before: old states, missing tags, to and fro",
    main: "upTo",
    mayMiss: true,
    fields: {
      upTo: { type: "duration", required: true, says: "how old an answer may be" },
      operation: { type: "pattern", default: "Describe*", says: "of which operations" },
    },
    example: "{ do: { staleReads: 30s }, chance: 0.5, for: 1h }",
  },
  smallPages: {
    family: "C19",
    nature: "state",
    says: "EC2 lists come in small pages, whether they were asked for or not",
    main: "size",
    fields: { size: { type: "count", default: 5, says: "from 5, as EC2 has it" } },
    example: "{ do: { smallPages: 5 }, for: 1h }",
  },
  noCapacity: {
    family: "C5",
    nature: "state",
    says: "launches fail with InsufficientInstanceCapacity",
    main: "zone",
    mayMiss: true,
    fields: {
      zone: { type: "pattern", default: "*", says: "where: eu-west-1b, or b alone" },
      type: { type: "pattern", default: "*", says: "instance types" },
      market: {
        type: { oneOf: ["any", "on-demand", "spot"] },
        default: "any",
        says: "what is sold out",
      },
    },
    example: '{ do: { noCapacity: { zone: b, type: "m5.*" } }, for: 2h }',
  },
  quota: {
    family: "C6",
    nature: "state",
    says: "a quota of the account is another one",
    main: "name",
    fields: {
      name: {
        type: {
          oneOf: [
            "addresses",
            "internetGateways",
            "natGatewaysPerZone",
            "routesPerTable",
            "routeTablesPerVpc",
            "rulesPerSecurityGroup",
            "securityGroups",
            "spotVcpus",
            "standardVcpus",
            "subnetsPerVpc",
            "vpcs",
          ],
        },
        required: true,
        says: "which",
      },
      value: { type: "whole", required: true, says: "from 0" },
    },
    example: "{ do: { quota: { name: standardVcpus, value: 8 } } }",
  },
  zoneOutage: {
    family: "C7",
    nature: "state",
    says: "a zone is gone: its instances are impaired and unreachable, launches there fail",
    main: "zone",
    fields: { zone: { type: "pattern", required: true, says: "eu-west-1b, or b alone" } },
    example: "{ do: { zoneOutage: b }, for: 30m }",
  },
  impairment: {
    family: "C10",
    nature: "state",
    says: "status checks of instances fail",
    main: "instance",
    fields: {
      instance: instance("whose"),
      check: {
        type: { oneOf: ["instance", "system"] },
        default: "system",
        says: "instance: its software; system: the host under it",
      },
    },
    example: '{ do: { impairment: "md-0-*" }, for: 20m }',
  },
  partition: {
    family: "N4",
    nature: "state",
    says: "nothing gets to instances, and nothing from them",
    main: "instance",
    fields: { instance: instance("which") },
    example: '{ do: { partition: "md-0-*" }, for: 5m }',
  },
  failedLaunch: {
    family: "C11",
    nature: "state",
    says: "launches are accepted, and the instances terminate by themselves",
    main: "instance",
    mayMiss: true,
    fields: {
      instance: { type: "pattern", default: "*", says: "which: Name tags" },
      reason: {
        type: {
          oneOf: [
            "Client.InternalError",
            "Client.InvalidSnapshot.NotFound",
            "Client.VolumeLimitExceeded",
            "Server.InternalError",
          ],
        },
        default: "Server.InternalError",
        says: "what the instance says of it",
      },
    },
    example: '{ do: { failedLaunch: "md-0-*" }, chance: 0.3, for: 1h }',
  },
  slowBoot: {
    family: "C12",
    nature: "state",
    says: "machines take longer to boot",
    main: "instance",
    mayMiss: true,
    fields: {
      instance: instance("which"),
      by: { type: "duration", default: 600_000, says: "how much longer; 10m if not given" },
    },
    example: '{ do: { slowBoot: { instance: "*", by: 5m } }, for: 1h }',
  },
  failedBoot: {
    family: "C12",
    nature: "state",
    says: "a step of the boot of machines fails",
    main: "instance",
    mayMiss: true,
    fields: {
      instance: instance("which"),
      step: { type: { oneOf: steps }, default: "boot", says: "which step" },
      message: { type: "text", default: "it failed", says: "what the console says" },
    },
    example: '{ do: { failedBoot: { instance: "md-0-*", step: kubeadm join } }, chance: 0.5 }',
  },
  slowLoadBalancers: {
    family: "C13",
    nature: "state",
    says: "creation of load balancers and registration of targets take longer",
    main: "factor",
    fields: { factor: { type: "factor", required: true, says: "so many times as long" } },
    example: "{ do: { slowLoadBalancers: 5 }, for: 2h }",
  },
  unhealthyTargets: {
    family: "C13",
    nature: "state",
    says: "every health check of a load balancer fails",
    main: "loadBalancer",
    fields: { loadBalancer: { type: "pattern", required: true, says: "its name" } },
    example: '{ do: { unhealthyTargets: "my-cluster-*" }, for: 10m }',
  },
  slowIdentity: {
    family: "C14",
    nature: "state",
    says: "a new instance profile cannot be used at once",
    main: "takes",
    fields: { takes: { type: "duration", required: true, says: "how long it cannot" } },
    example: "{ do: { slowIdentity: 60s } }",
  },
  lingeringInterfaces: {
    family: "C15",
    nature: "state",
    says: "interfaces of deleted load balancers hold subnets and groups for longer",
    main: "takes",
    fields: { takes: { type: "duration", required: true, says: "how long" } },
    example: "{ do: { lingeringInterfaces: 15m } }",
  },
  slowStop: {
    family: "C16",
    nature: "state",
    says: "stopping and terminating take longer",
    main: "takes",
    fields: { takes: { type: "duration", required: true, says: "how long" } },
    example: "{ do: { slowStop: 10m }, for: 1h }",
  },
  expiredCredentials: {
    family: "C18",
    nature: "state",
    says: "credentials are refused as expired, in the words of each service",
    main: "by",
    mayMiss: true,
    fields: { by: { type: "pattern", default: "*", says: "whose: an ARN or its end" } },
    example: "{ do: { expiredCredentials: {} }, for: 15m }",
  },
  clockSkew: {
    family: "N5",
    nature: "state",
    says: "the clock of AWS is ahead of its callers' (behind with a minus): old signatures are refused",
    main: "by",
    fields: { by: { type: "shift", required: true, says: "how far: 10m, -10m" } },
    example: "{ do: { clockSkew: 10m }, for: 1h }",
  },
  withdrawnType: {
    family: "C21",
    nature: "state",
    says: "an instance type is offered no more",
    main: "type",
    fields: {
      type: { type: "pattern", required: true, says: "which" },
      zone: { type: "pattern", default: "*", says: "where: eu-west-1b, or b alone" },
    },
    example: "{ do: { withdrawnType: { type: t3.large, zone: c } } }",
  },
  silentKubelet: {
    family: "N1",
    nature: "state",
    says: "kubelets fall silent: their Nodes become Unknown",
    main: "instance",
    fields: {
      instance: instance("on which machines"),
      period: { type: "duration", default: 0, says: "flaps: silent and well for so long in turn" },
    },
    example: '{ do: { silentKubelet: "md-0-*" }, for: 10m }',
  },
  nodePressure: {
    family: "N3",
    nature: "state",
    says: "nodes run short of something",
    main: "instance",
    fields: {
      instance: instance("which machines"),
      of: { type: { oneOf: ["disk", "memory", "pid"] }, default: "disk", says: "of what" },
    },
    example: '{ do: { nodePressure: { instance: "md-0-*", of: memory } }, for: 10m }',
  },
  uninitializedNode: {
    family: "N7",
    nature: "state",
    says: "the cloud controller does not initialise Nodes: they keep their taint and get no provider ID",
    main: "node",
    fields: { node: { type: "pattern", required: true, says: "names of Nodes" } },
    example: '{ do: { uninitializedNode: "*" }, for: 10m }',
  },
  terminateInstance: {
    family: "C17",
    nature: "event",
    says: "somebody ends instances in the console",
    main: "instance",
    fields: { instance: instance("which"), pick },
    example: '{ do: { terminateInstance: { instance: "md-0-*", pick: oldest } } }',
  },
  stopInstance: {
    family: "C17",
    nature: "event",
    says: "somebody stops instances in the console",
    main: "instance",
    fields: { instance: instance("which"), pick },
    example: '{ do: { stopInstance: "md-0-*" } }',
  },
  spotInterruption: {
    family: "C9",
    nature: "event",
    says: "AWS takes spot instances back",
    main: "instance",
    fields: {
      instance: instance("which"),
      pick,
      notice: { type: "duration", default: 120_000, says: "warning before; 2m if not given" },
    },
    example: '{ do: { spotInterruption: "*" } }',
  },
  maintenance: {
    family: "C10",
    nature: "event",
    says: "AWS announces an event for instances, and carries it out when its time has come",
    main: "instance",
    fields: {
      instance: instance("which"),
      pick,
      event: {
        type: { oneOf: ["instance-retirement", "instance-stop"] },
        default: "instance-retirement",
        says: "what will happen",
      },
      in: { type: "duration", default: 7_200_000, says: "when; 2h if not given" },
    },
    example: '{ do: { maintenance: { instance: "md-0-*", pick: random, in: 30m } } }',
  },
  removeRule: {
    family: "C17",
    nature: "event",
    says: "somebody removes inbound rules of security groups",
    main: "group",
    fields: {
      group: { type: "pattern", required: true, says: "IDs, names or Name tags" },
      port: { type: "whole", says: "only rules that open this port" },
    },
    example: '{ do: { removeRule: { group: "*-controlplane", port: 6443 } } }',
  },
  removeRoute: {
    family: "C17",
    nature: "event",
    says: "somebody removes a route",
    main: "table",
    fields: {
      table: { type: "pattern", required: true, says: "IDs or Name tags of route tables" },
      destination: { type: "text", default: "0.0.0.0/0", says: "of the route" },
    },
    example: '{ do: { removeRoute: "*-rt-private-*" } }',
  },
  deregisterTarget: {
    family: "C17",
    nature: "event",
    says: "somebody takes instances out of a load balancer",
    main: "loadBalancer",
    fields: {
      loadBalancer: { type: "pattern", required: true, says: "its name" },
      instance: { type: "pattern", default: "*", says: "IDs or Name tags" },
    },
    example: '{ do: { deregisterTarget: "my-cluster-apiserver" } }',
  },
  stripTags: {
    family: "C17",
    nature: "event",
    says: "somebody removes tags of EC2 resources",
    main: "resource",
    fields: {
      resource: { type: "pattern", required: true, says: "IDs or Name tags" },
      key: { type: "pattern", default: "*", says: "which tags" },
    },
    example: '{ do: { stripTags: { resource: "my-cluster-vpc", key: "sigs.k8s.io/*" } } }',
  },
  deregisterImage: {
    family: "C17",
    nature: "event",
    says: "an image is withdrawn: nothing can be launched from it any more",
    main: "image",
    fields: { image: { type: "pattern", required: true, says: "IDs or names" } },
    example: '{ do: { deregisterImage: "capa-ami-ubuntu-24.04-v1.33*" } }',
  },
  detach: {
    family: "C17",
    nature: "event",
    says: "somebody detaches an internet gateway or a volume",
    main: "resource",
    fields: { resource: { type: "pattern", required: true, says: "IDs or Name tags" } },
    example: '{ do: { detach: "my-cluster-igw" } }',
  },
} as const satisfies Readonly<Record<string, KindFacts>>;

export type FaultKind = keyof typeof faultKinds;

export const kindFacts: ReadonlyMap<string, KindFacts> = new Map(Object.entries(faultKinds));
