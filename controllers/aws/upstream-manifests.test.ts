import { expect, test } from "vitest";
import type { EmbeddedApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { createManagementCluster } from "../../scenarios/runner/management-cluster.ts";
import { convert } from "../api/conversion.ts";
import { crds } from "../api/crds.ts";
import type { OpenApiSchema } from "../api/open-api.ts";

type Json = Readonly<Record<string, unknown>>;

const user = { username: "kubernetes-admin", groups: ["system:masters"] };

/** An API server with the project's kinds; `whole` asks admission as well, as the management cluster does. */
class Server {
  readonly #server: EmbeddedApiServer;
  readonly #kernel = new Kernel({ seed: "1" });

  constructor(whole: boolean) {
    const { clock, random, trace } = this.#kernel;
    const common = { clock, random, trace };
    this.#server = whole
      ? createManagementCluster(common)
      : createApiServer({
          ...common,
          name: "management",
          version: "v1.36.0",
          convert: (objects, apiVersion) =>
            objects.map((object) => convert<never>(object as never, apiVersion)),
        });
  }

  async start(kinds: ReadonlySet<string>): Promise<this> {
    for (const crd of crds.filter(({ spec }) => kinds.has(String(spec.names["kind"])))) {
      await this.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd);
    }
    await this.#kernel.runFor(1000);
    return this;
  }

  async call(method: string, path: string, body?: unknown): Promise<Json> {
    const query = method === "GET" ? {} : { fieldValidation: ["Strict"] };
    const response = await this.#server.handle({
      method: method as "GET",
      path,
      query,
      headers: { "content-type": "application/json", "user-agent": "kubectl" },
      ...(body === undefined ? {} : { body }),
      user,
    });
    const answer = response.kind === "answer" ? (response.body as Json) : {};
    if (response.status >= 300) throw new Error(`${method} ${path}: ${String(answer["message"])}`);
    return answer;
  }
}

function pathOf(kind: string, version: string, name = ""): string {
  const { spec } = crds.find((crd) => crd.spec.names["kind"] === kind)!;
  const scope = spec.scope === "Namespaced" ? "/namespaces/default" : "";
  const base = `/apis/${spec.group}/${version}${scope}/${String(spec.names["plural"])}`;
  return name === "" ? base : `${base}/${name}`;
}

/** Fields of the first that the second lacks or has otherwise. */
function lost(sent: unknown, stored: unknown, path = ""): readonly string[] {
  if (Array.isArray(sent)) {
    const list = Array.isArray(stored) ? (stored as unknown[]) : [];
    return sent.flatMap((item, index) => lost(item, list[index], `${path}[${index}]`));
  }
  if (sent !== null && typeof sent === "object") {
    const fields = (stored ?? {}) as Json;
    return Object.entries(sent).flatMap(([key, value]) =>
      lost(value, fields[key], `${path}.${key}`),
    );
  }
  // An empty value is the same as none.
  if (sent === null || sent === stored || (sent === "" && stored === undefined)) return [];
  return [`${path}: ${JSON.stringify(sent)} became ${JSON.stringify(stored)}`];
}

/** Values that satisfy one or another pattern of the schemas. */
const candidates = [
  "value",
  "v1.34.2",
  "10.0.0.0/16",
  "1h0m0s",
  "example.com/x",
  "arn:aws:iam::123456789012:role/x",
  "1",
  "h-0123456789abcdef0",
  "cr-0123456789abcdef0",
  "cluster.x-k8s.io",
  "test/value",
  "40%",
  "[1-2]",
];

/** What rules in CEL ask of a field, by its name. */
const valuesByName: Readonly<Record<string, string>> = {
  carrierGatewayId: "cagw-0123456789abcdef0",
  partitionType: "Linux",
};

/** Fields of which each variant leaves some out, because rules exclude them from each other. */
const variants: readonly (readonly string[])[] = [
  ["spotMarketOptions", "dynamicHostAllocation", "capacityReservationPreference", "diskLayout"],
  ["capacityReservationId", "hostID", "marketType", "layout"],
];

function sampleText(schema: OpenApiSchema, name: string): string {
  if (schema.format === "date-time") return "2026-01-05T08:00:00Z";
  if (schema.format === "byte") return "dmFsdWU=";
  const known = valuesByName[name];
  if (known !== undefined) return known;
  if (/(timeout|period|ttl|duration)$/i.test(name) || name.startsWith("timeout")) return "5m0s";
  const { pattern = "", minLength = 0, maxLength = Infinity } = schema;
  const regexp = new RegExp(pattern, "u");
  const found = candidates.find((one) => regexp.test(one) && one.length >= minLength);
  if (found === undefined) throw new Error(`no sample for ${name}: ${pattern}`);
  return found.slice(0, maxLength);
}

/** A value with every field that the schema knows. */
function sample(schema: OpenApiSchema, name: string, without: readonly string[]): unknown {
  if (schema.enum !== undefined) return schema.enum.find((value) => value !== "");
  if (schema["x-kubernetes-int-or-string"] === true) return 1;
  if (schema.type === "integer") return Math.max(1, schema.minimum ?? 1);
  if (schema.type === "boolean") return true;
  if (schema.type === "array") return [sample(schema.items ?? {}, name, without)];
  if (schema.properties !== undefined) {
    return Object.fromEntries(
      Object.entries(schema.properties)
        .filter(([field]) => schema.required?.includes(field) === true || !without.includes(field))
        .map(([field, inner]) => [field, sample(inner, field, without)]),
    );
  }
  if (schema.additionalProperties !== undefined) {
    return { key: sample(schema.additionalProperties, "key", without) };
  }
  return schema.type === "object" ? {} : sampleText(schema, name);
}

const everyVersion = crds.flatMap(({ spec }) =>
  spec.versions
    .filter(({ served }) => served)
    .map((version) => ({ kind: String(spec.names["kind"]), group: spec.group, version })),
);

test.each(everyVersion.map((one) => ({ ...one, title: `${one.kind} ${one.version.name}` })))(
  "$title: every field is accepted and kept, and survives the other version",
  async ({ kind, group, version }) => {
    const server = await new Server(false).start(new Set([kind]));
    const { properties = {} } = version.schema.openAPIV3Schema;
    for (const [index, without] of variants.entries()) {
      const name = `sample-${index}`;
      const manifest = {
        apiVersion: `${group}/${version.name}`,
        kind,
        metadata: { name },
        spec: sample(properties["spec"] ?? {}, "spec", without),
      };
      const stored = await server.call("POST", pathOf(kind, version.name), manifest);
      expect(lost(manifest, stored)).toEqual([]);
      for (const other of everyVersion.filter((one) => one.kind === kind)) {
        const path = pathOf(kind, other.version.name, name);
        await server.call("PUT", path, await server.call("GET", path));
      }
      const after = await server.call("GET", pathOf(kind, version.name, name));
      expect(after["spec"]).toEqual(stored["spec"]);
    }
  },
);

interface Shape {
  readonly cluster?: Json;
  readonly podCidrs?: readonly string[];
  readonly kubeletArgs?: Readonly<Record<string, string>>;
  readonly apiServerArgs?: Readonly<Record<string, string>>;
  readonly machine?: Json;
  readonly more?: (name: string) => readonly Json[];
}

const infra = "infrastructure.cluster.x-k8s.io";

/** References name a version in v1beta1 and a group in v1beta2. */
function reference(core: string, group: string, kind: string, name: string): Json {
  const version = group === infra ? "v1beta2" : core;
  return core === "v1beta1"
    ? { apiVersion: `${group}/${version}`, kind, name }
    : { apiGroup: group, kind, name };
}

/** The objects of a template as the upstream provider publishes them, in either version of the core kinds. */
function template(core: "v1beta1" | "v1beta2", name: string, shape: Shape): readonly Json[] {
  const args = (given: Readonly<Record<string, string>>) =>
    core === "v1beta1"
      ? given
      : Object.entries(given).map(([key, value]) => ({ name: key, value }));
  const nodeRegistration = {
    name: "{{ ds.meta_data.local_hostname }}",
    kubeletExtraArgs: args({ "cloud-provider": "external", ...shape.kubeletArgs }),
  };
  const [bootstrap, controlPlane] = ["bootstrap.cluster.x-k8s.io", "controlplane.cluster.x-k8s.io"];
  const machineRef = (role: string) =>
    reference(core, infra, "AWSMachineTemplate", `${name}-${role}`);
  const machineTemplate = (role: string, profile: string): Json => ({
    apiVersion: `${infra}/v1beta2`,
    kind: "AWSMachineTemplate",
    metadata: { name: `${name}-${role}` },
    spec: {
      template: {
        spec: {
          instanceType: "t3.large",
          iamInstanceProfile: `${profile}.cluster-api-provider-aws.sigs.k8s.io`,
          sshKeyName: "default",
          ...shape.machine,
        },
      },
    },
  });
  const configRef = reference(core, bootstrap, "KubeadmConfigTemplate", `${name}-md-0`);
  return [
    {
      apiVersion: `cluster.x-k8s.io/${core}`,
      kind: "Cluster",
      metadata: { name, labels: { ccm: "external", csi: "external" } },
      spec: {
        clusterNetwork: { pods: { cidrBlocks: shape.podCidrs ?? ["192.168.0.0/16"] } },
        controlPlaneRef: reference(core, controlPlane, "KubeadmControlPlane", `${name}-cp`),
        infrastructureRef: reference(core, infra, "AWSCluster", name),
      },
    },
    {
      apiVersion: `${infra}/v1beta2`,
      kind: "AWSCluster",
      metadata: { name },
      spec: { region: "eu-west-1", sshKeyName: "default", ...shape.cluster },
    },
    {
      apiVersion: `${controlPlane}/${core}`,
      kind: "KubeadmControlPlane",
      metadata: { name: `${name}-cp` },
      spec: {
        replicas: 3,
        version: "v1.34.2",
        machineTemplate:
          core === "v1beta1"
            ? { infrastructureRef: machineRef("cp") }
            : { spec: { infrastructureRef: machineRef("cp") } },
        kubeadmConfigSpec: {
          clusterConfiguration: {
            apiServer: {
              extraArgs: args({ "cloud-provider": "external", ...shape.apiServerArgs }),
            },
            controllerManager: { extraArgs: args({ "cloud-provider": "external" }) },
          },
          initConfiguration: { nodeRegistration },
          joinConfiguration: { nodeRegistration },
        },
      },
    },
    machineTemplate("cp", "control-plane"),
    {
      apiVersion: `cluster.x-k8s.io/${core}`,
      kind: "MachineDeployment",
      metadata: { name: `${name}-md-0` },
      spec: {
        clusterName: name,
        replicas: 2,
        selector: core === "v1beta1" ? { matchLabels: null } : {},
        template: {
          spec: {
            clusterName: name,
            version: "v1.34.2",
            bootstrap: { configRef },
            infrastructureRef: machineRef("md-0"),
          },
        },
      },
    },
    machineTemplate("md-0", "nodes"),
    {
      apiVersion: `${bootstrap}/${core}`,
      kind: "KubeadmConfigTemplate",
      metadata: { name: `${name}-md-0` },
      spec: { template: { spec: { joinConfiguration: { nodeRegistration } } } },
    },
    {
      apiVersion: `addons.cluster.x-k8s.io/${core}`,
      kind: "ClusterResourceSet",
      metadata: { name: `${name}-ccm` },
      spec: {
        clusterSelector: { matchLabels: { ccm: "external" } },
        resources: [{ kind: "ConfigMap", name: "cloud-controller-manager-addon" }],
        strategy: "ApplyOnce",
      },
    },
    ...(shape.more?.(name) ?? []),
  ];
}

const role = (name: string, source: Json): Json => ({
  apiVersion: `${infra}/v1beta2`,
  kind: "AWSClusterRoleIdentity",
  metadata: { name },
  spec: {
    allowedNamespaces: {},
    durationSeconds: 900,
    roleARN: `arn:aws:iam::123456789012:role/${name}`,
    sessionName: `${name}-session`,
    sourceIdentityRef: source,
  },
});

const resourceNames = {
  enableResourceNameDnsAAAARecord: true,
  enableResourceNameDnsARecord: true,
  hostnameType: "resource-name",
};

/** After templates/*.yaml of kubernetes-sigs/cluster-api-provider-aws, whose structure these have. */
const shapes: Readonly<Record<string, Shape>> = {
  "the default template": {
    cluster: {
      controlPlaneLoadBalancer: { loadBalancerType: "nlb", healthCheckProtocol: "HTTPS" },
    },
  },
  "one zone behind a classic load balancer": {
    cluster: { network: { vpc: { availabilityZoneUsageLimit: 1 } } },
  },
  IPv6: {
    cluster: {
      network: { vpc: { ipv6: {} } },
      controlPlaneLoadBalancer: { loadBalancerType: "nlb" },
    },
    podCidrs: ["fd01::/48"],
    kubeletArgs: { "node-ip": "::" },
    apiServerArgs: { "bind-address": "::" },
    machine: { privateDnsName: resourceNames },
  },
  "dedicated hosts": {
    machine: { hostID: "h-0123456789abcdef0", hostAffinity: "host", tenancy: "host" },
  },
  "several accounts, with a bastion": {
    cluster: {
      bastion: { enabled: true },
      identityRef: { kind: "AWSClusterRoleIdentity", name: "inner" },
    },
    more: (name) => [
      role(`${name}-outer`, { kind: "AWSClusterControllerIdentity", name: "default" }),
      role(`${name}-inner`, { kind: "AWSClusterRoleIdentity", name: `${name}-outer` }),
    ],
  },
  "bootstrap data in the parameter store": {
    machine: { cloudInit: { secureSecretsBackend: "ssm-parameter-store" } },
  },
  "spot instances": { machine: { spotMarketOptions: { maxPrice: "" } } },
  "a network that exists": {
    cluster: {
      network: {
        vpc: { id: "vpc-0123456789abcdef0" },
        subnets: [{ id: "subnet-0123456789abcdef0" }, { id: "subnet-0123456789abcdef1" }],
        securityGroupOverrides: { bastion: "sg-1", controlplane: "sg-2", node: "sg-3", lb: "sg-4" },
      },
    },
  },
  "edge zones": {
    cluster: {
      network: {
        subnets: ["us-east-1a", "us-east-1-bos-1a"].flatMap((availabilityZone, index) => [
          {
            id: `public-${index}`,
            availabilityZone,
            cidrBlock: `10.0.${index}.0/24`,
            isPublic: true,
          },
          {
            id: `private-${index}`,
            availabilityZone,
            cidrBlock: `10.0.${index + 8}.0/24`,
            isPublic: false,
          },
        ]),
      },
    },
  },
};

/** One server for all shapes: compiling all schemas takes longer than what is asked of them. */
let whole: Promise<Server> | undefined;
const wholeServer = () => (whole ??= new Server(true).start(everyKind));

const everyKind = new Set(everyVersion.map(({ kind }) => kind));

test.each(
  Object.entries(shapes).flatMap(([title, shape], index) =>
    (["v1beta1", "v1beta2"] as const).map((core) => ({
      title,
      core,
      shape,
      name: `shape-${index}-${core}`,
    })),
  ),
)(
  "$title ($core): upstream's manifests apply unchanged and lose nothing",
  async ({ core, shape, name: shapeName }) => {
    const server = await wholeServer();
    for (const manifest of template(core, shapeName, shape)) {
      const kind = String(manifest["kind"]);
      const { name } = manifest["metadata"] as { readonly name: string };
      const [, version = ""] = String(manifest["apiVersion"]).split("/");
      const stored = await server.call("POST", pathOf(kind, version), manifest);
      expect(lost(manifest, stored)).toEqual([]);
      for (const other of everyVersion.filter((one) => one.kind === kind)) {
        const path = pathOf(kind, other.version.name, name);
        await server.call("PUT", path, await server.call("GET", path));
      }
      const after = await server.call("GET", pathOf(kind, version, name));
      expect(after["spec"]).toEqual(stored["spec"]);
    }
  },
);

test("Ignition is behind a gate, as it is upstream by default, and the refusal names it", async () => {
  const server = await wholeServer();
  const profile = "control-plane.cluster-api-provider-aws.sigs.k8s.io";
  const s3Bucket = { name: "bucket", controlPlaneIAMInstanceProfile: profile };
  const [, cluster] = template("v1beta1", "flatcar", { cluster: { s3Bucket } });
  await expect(server.call("POST", pathOf("AWSCluster", "v1beta2"), cluster)).rejects.toThrow(
    /spec\.s3Bucket: .*BootstrapFormatIgnition/,
  );
});
