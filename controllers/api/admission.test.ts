import { readdirSync, readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { expect, test } from "vitest";
import { admission } from "./admission.ts";
import { convert } from "./conversion.ts";
import { crds } from "./crds.ts";

interface Anything {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: object;
  };
  readonly spec: {
    readonly replicas?: number;
    readonly cloudInit?: object;
    readonly network?: object;
    readonly [field: string]: unknown;
  };
}

const groupOf = (kind: string) => crds.find((crd) => crd.spec.names["kind"] === kind)!.spec.group;

function object(kind: string, spec: Anything["spec"], metadata: object = {}): Anything {
  const apiVersion = `${groupOf(kind)}/v1beta2`;
  return { apiVersion, kind, metadata: { name: "x", namespace: "default", ...metadata }, spec };
}

/** As an API server would: defaults first, then validation; what is refused, as it prints it. */
function admit(after: Anything, before?: Anything) {
  const rule = admission.find((each) => each.kind === after.kind)!;
  const context =
    before === undefined
      ? ({ operation: "CREATE" } as const)
      : ({ operation: "UPDATE", old: before } as const);
  const result = (rule.default?.(deepFreeze(after), context) ?? after) as Anything;
  const errors =
    before === undefined
      ? (rule.validateCreate?.(result) ?? [])
      : (rule.validateUpdate?.(before, result) ?? []);
  return { result, errors: errors.map(({ field, message }) => `${field}: ${message}`) };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

const bootstrap = { configRef: { apiGroup: "g", kind: "K", name: "n" } };
const infrastructureRef = { apiGroup: "g", kind: "K", name: "n" };
const machine = { clusterName: "c", bootstrap, infrastructureRef };
const workers = { clusterName: "c", selector: {}, template: { spec: { ...machine } } };
const kcp = { version: "v1.34.2", machineTemplate: { spec: { infrastructureRef } } };

test("a MachineDeployment without selector, replicas and strategy gets upstream's", () => {
  const { result, errors } = admit(object("MachineDeployment", workers));
  const labels = { "cluster.x-k8s.io/deployment-name": "x", "cluster.x-k8s.io/cluster-name": "c" };
  expect(errors).toEqual([]);
  expect(result.metadata.labels).toEqual({ "cluster.x-k8s.io/cluster-name": "c" });
  expect(result.spec).toMatchObject({
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels } },
    rollout: {
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    },
  });
});

test("defaulting twice changes nothing more", () => {
  const samples = [
    object("Machine", { ...machine, version: "1.34.2" }),
    object("MachineSet", workers),
    object("MachineDeployment", workers),
    object("MachineHealthCheck", { clusterName: "c", selector: {} }),
    object("KubeadmControlPlane", kcp),
    object("AWSCluster", { region: "eu-west-1", bastion: { enabled: true } }),
    object("AWSMachine", { instanceType: "t3.large" }),
  ];
  for (const sample of samples) {
    const once = admit(sample).result;
    expect(admit(once, once).result).toEqual(once);
  }
});

test("the autoscaler's annotations bound the replicas that a manifest leaves out", () => {
  const bounds = {
    annotations: {
      "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size": "2",
      "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size": "5",
    },
  };
  const replicas = (old?: number) =>
    admit(
      object("MachineDeployment", workers, bounds),
      old === undefined ? undefined : object("MachineDeployment", { ...workers, replicas: old }),
    ).result.spec.replicas as number;
  expect([replicas(), replicas(1), replicas(4), replicas(9)]).toEqual([2, 2, 4, 5]);
});

test.each([
  ["Cluster", { topology: { classRef: { name: "c" } } }, "spec.topology", "ClusterTopology"],
  ["Machine", { ...machine, taints: [] }, "spec.taints", "MachineTaintPropagation"],
  ["KubeadmConfig", { format: "ignition" }, "spec.format", "KubeadmBootstrapFormatIgnition"],
  ["KubeadmControlPlaneTemplate", { template: { spec: {} } }, "spec", "ClusterTopology"],
  ["AWSClusterTemplate", { template: { spec: {} } }, "spec", "ClusterTopology"],
  [
    "AWSMachine",
    { instanceType: "t3.large", ignition: { version: "2.3" } },
    "spec.ignition",
    "BootstrapFormatIgnition",
  ],
])(
  "%s: what is behind a gate that is off is refused by field and gate",
  (kind, spec, field, gate) => {
    expect(admit(object(kind, spec)).errors).toContain(
      `${field}: Forbidden: can be set only if the ${gate} feature flag is enabled`,
    );
  },
);

const refused: readonly (readonly [
  title: string,
  after: Anything,
  error: string,
  before?: Anything,
])[] = [
  ["a Cluster without any reference", object("Cluster", {}), "spec: Required value"],
  [
    "a Cluster that loses its control plane",
    object("Cluster", { infrastructureRef }),
    "spec.controlPlaneRef: Forbidden: cannot be removed",
    object("Cluster", { infrastructureRef, controlPlaneRef: infrastructureRef }),
  ],
  [
    "a network that is no CIDR",
    object("Cluster", {
      infrastructureRef,
      clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0"] } },
    }),
    'spec.clusterNetwork.pods.cidrBlocks[0]: Invalid value: "10.0.0.0"',
  ],
  [
    "a Machine without bootstrap",
    object("Machine", { ...machine, bootstrap: {} }),
    "spec.bootstrap: Required value",
  ],
  [
    "a version that is none",
    object("Machine", { ...machine, version: "v1.34" }),
    'spec.version: Invalid value: "v1.34": must be a valid semantic version',
  ],
  [
    "a Machine that moves to another cluster",
    object("Machine", { ...machine, clusterName: "d" }),
    "spec.clusterName: Forbidden: field is immutable",
    object("Machine", machine),
  ],
  [
    "a selector that the template does not match",
    object("MachineSet", { ...workers, selector: { matchLabels: { a: "b" } } }),
    'must match spec.selector "a=b"',
  ],
  [
    "a name template without random part",
    object("MachineSet", { ...workers, machineNaming: { template: "{{ .machineSet.name }}" } }),
    "spec.machineNaming.template: Invalid value",
  ],
  [
    "no surge and nothing unavailable",
    object("MachineDeployment", {
      ...workers,
      rollout: {
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      },
    }),
    "may not be 0 when `maxSurge` is 0",
  ],
  [
    "a surge that is a string of digits",
    object("MachineDeployment", {
      ...workers,
      rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "5" } } },
    }),
    "must be either an int or a percentage",
  ],
  [
    "a health check that gives a node ten seconds",
    object("MachineHealthCheck", {
      clusterName: "c",
      selector: {},
      checks: { nodeStartupTimeoutSeconds: 10 },
    }),
    "spec.checks.nodeStartupTimeoutSeconds: Invalid value: 10: must be at least 30s",
  ],
  [
    "an order without draining",
    object("MachineDrainRule", { drain: { behavior: "Skip", order: 1 } }),
    "spec.drain.order: Invalid value: 1",
  ],
  [
    "an even number of control planes with stacked etcd",
    object("KubeadmControlPlane", { ...kcp, replicas: 2 }),
    "spec.replicas: Forbidden: cannot be an even number when etcd is stacked",
  ],
  [
    "no control plane",
    object("KubeadmControlPlane", { ...kcp, replicas: 0 }),
    "spec.replicas: Forbidden: cannot be less than or equal to 0",
  ],
  [
    "scale-in of a single control plane",
    object("KubeadmControlPlane", {
      ...kcp,
      rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0 } } },
    }),
    "replica count needs to be at least 3",
  ],
  [
    "an upgrade over two minors",
    object("KubeadmControlPlane", { ...kcp, version: "v1.36.0" }),
    "cannot update Kubernetes version from v1.34.2 to v1.36.0",
    object("KubeadmControlPlane", kcp),
  ],
  [
    "another folder for certificates",
    object("KubeadmControlPlane", {
      ...kcp,
      kubeadmConfigSpec: { clusterConfiguration: { certificatesDir: "/other" } },
    }),
    "spec.kubeadmConfigSpec.clusterConfiguration.certificatesDir: Forbidden: cannot be modified",
    object("KubeadmControlPlane", {
      ...kcp,
      kubeadmConfigSpec: { clusterConfiguration: { certificatesDir: "/some" } },
    }),
  ],
  [
    "two sources of one file",
    object("KubeadmConfig", {
      files: [{ path: "/a", content: "x", contentFrom: { secret: { name: "n", key: "k" } } }],
    }),
    "only one of content or contentFrom",
  ],
  [
    "one file twice",
    object("KubeadmConfig", { files: [{ path: "/a" }, { path: "/a" }] }),
    "path property must be unique among all files",
  ],
  [
    "a resource set that selects nothing",
    object("ClusterResourceSet", { clusterSelector: {}, resources: [] }),
    "selector must not be empty",
  ],
  [
    "another strategy of a resource set",
    object("ClusterResourceSet", {
      clusterSelector: { matchLabels: { a: "b" } },
      strategy: "Reconcile",
    }),
    "spec.strategy: Forbidden: field is immutable",
    object("ClusterResourceSet", {
      clusterSelector: { matchLabels: { a: "b" } },
      strategy: "ApplyOnce",
    }),
  ],
  [
    "a cluster that moves to another region",
    object("AWSCluster", { region: "eu-west-2" }),
    "spec.region: Forbidden: field is immutable",
    object("AWSCluster", { region: "eu-west-1" }),
  ],
  [
    "an instance type that changes",
    object("AWSMachine", { instanceType: "m5.large" }),
    "spec: Forbidden: cannot be modified",
    object("AWSMachine", { instanceType: "t3.large" }),
  ],
  [
    "a template that changes",
    object("AWSMachineTemplate", { template: { spec: { instanceType: "m5.large" } } }),
    "AWSMachineTemplate.Spec is immutable",
    object("AWSMachineTemplate", { template: { spec: { instanceType: "t3.large" } } }),
  ],
  [
    "a volume type that needs iops",
    object("AWSMachine", { instanceType: "t3.large", rootVolume: { size: 8, type: "io1" } }),
    "spec.rootVolume.iops: Required value",
  ],
  [
    "a tag of AWS's own",
    object("AWSCluster", { additionalTags: { "aws:x": "y" } }),
    'cannot have prefix "aws:"',
  ],
  [
    "a second controller identity",
    object("AWSClusterControllerIdentity", {}),
    "only acceptable name is default",
  ],
];

test.each(refused.map(([title, ...rest]) => [title, rest] as const))(
  "%s is refused",
  (_title, [after, error, before]) => {
    expect(admit(after, before).errors.join("\n")).toContain(error);
  },
);

test("what a control plane may change is accepted: size, version, arguments, files", () => {
  const before = admit(object("KubeadmControlPlane", kcp)).result;
  const after = object("KubeadmControlPlane", {
    ...kcp,
    replicas: 3,
    version: "v1.35.0",
    kubeadmConfigSpec: {
      clusterConfiguration: { apiServer: { extraArgs: [{ name: "v", value: "4" }] } },
      joinConfiguration: { nodeRegistration: { name: "n" } },
      files: [{ path: "/a", content: "b" }],
    },
  });
  expect(admit(after, before).errors).toEqual([]);
});

test("what the controllers fill in later is accepted", () => {
  const machineBefore = admit(object("AWSMachine", { instanceType: "t3.large" })).result;
  const filled = {
    ...machineBefore.spec,
    providerID: "aws:///eu-west-1a/i-1",
    instanceID: "i-1",
    cloudInit: { ...machineBefore.spec.cloudInit, secretPrefix: "p", secretCount: 1 },
  };
  expect(admit(object("AWSMachine", filled), machineBefore).errors).toEqual([]);
  const cluster = admit(object("AWSCluster", { region: "eu-west-1" })).result;
  const endpoint = { controlPlaneEndpoint: { host: "lb", port: 6443 } };
  const network = { ...cluster.spec.network, vpc: { id: "vpc-1" } };
  const provisioned = object("AWSCluster", { ...cluster.spec, ...endpoint, network });
  expect(admit(provisioned, cluster).errors).toEqual([]);
});

test("every example is admitted", () => {
  const folder = new URL("../../examples/", import.meta.url);
  const kinds = new Set(admission.map(({ kind }) => kind));
  const objects = readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => {
      const text = readFileSync(new URL(file, folder), "utf8");
      const plain = text.replaceAll(/\$\{\w+:=([^}]*)\}/g, "$1");
      return parseAllDocuments(plain).map((document) => document.toJS() as Anything);
    })
    .filter((each) => each !== null && kinds.has(each.kind));
  expect(objects.length).toBeGreaterThan(5);
  for (const each of objects) {
    const { apiVersion, kind, metadata } = each;
    const hub = apiVersion.replace(/^([^/]*\.?cluster\.x-k8s\.io)\/v1beta1$/, "$1/v1beta2");
    const stored =
      hub === apiVersion
        ? each
        : convert(each as Anything & { metadata: Record<string, unknown> }, hub);
    expect(admit(stored).errors, `${kind} ${metadata.name}`).toEqual([]);
  }
});
