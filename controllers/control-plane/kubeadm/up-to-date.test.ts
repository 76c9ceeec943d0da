import { expect, test } from "vitest";
import type { KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import type { ControlPlane, Member } from "./control-plane.ts";
import { desiredConfigSpec, type Role } from "./desired-config.ts";
import { rolloutReasons } from "./up-to-date.ts";

const created = "2026-01-05T08:00:00Z";

function controlPlane(
  kubeadmConfigSpec: KubeadmConfigSpec = {},
  rest: Partial<ControlPlane["kcp"]["spec"]> = {},
): ControlPlane {
  const infrastructureRef = { apiGroup: "infra.example", kind: "XMachineTemplate", name: "t" };
  return {
    kcp: {
      apiVersion: "controlplane.cluster.x-k8s.io/v1beta2",
      kind: "KubeadmControlPlane",
      metadata: { name: "kcp", namespace: "default" },
      spec: {
        version: "v1.34.2",
        kubeadmConfigSpec,
        machineTemplate: { spec: { infrastructureRef } },
        ...rest,
      },
    },
    cluster: {
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Cluster",
      metadata: { name: "c", namespace: "default" },
      spec: {},
    },
    members: [],
    nowMs: Date.parse("2026-01-06T08:00:00Z"),
  };
}

function member(config: KubeadmConfigSpec, annotations: Record<string, string> = {}): Member {
  const reference = { apiGroup: "x", kind: "X", name: "m" };
  return {
    machine: {
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Machine",
      metadata: { name: "m", namespace: "default", creationTimestamp: created },
      spec: {
        clusterName: "c",
        version: "v1.34.2",
        bootstrap: { configRef: reference },
        infrastructureRef: reference,
      },
      status: { certificatesExpiryDate: "2026-02-01T00:00:00Z" },
    },
    config: {
      apiVersion: "bootstrap.cluster.x-k8s.io/v1beta2",
      kind: "KubeadmConfig",
      metadata: { name: "m" },
      spec: config,
    },
    infraMachine: {
      apiVersion: "infra.example/v1",
      kind: "XMachine",
      metadata: {
        name: "m",
        annotations: {
          "cluster.x-k8s.io/cloned-from-name": "t",
          "cluster.x-k8s.io/cloned-from-groupkind": "XMachineTemplate.infra.example",
          ...annotations,
        },
      },
    },
  };
}

test.each<Role>(["init", "join"])(
  "a machine made from the spec as it is needs no rollout (%s)",
  (role) => {
    const specs: readonly KubeadmConfigSpec[] = [
      {},
      { clusterConfiguration: { dns: { imageTag: "v1.12.1" } } },
      { initConfiguration: { nodeRegistration: { name: "a" } } },
      { joinConfiguration: { nodeRegistration: { taints: [] } } },
      { joinConfiguration: { controlPlane: {} }, format: "cloud-config" },
    ];
    for (const spec of specs) {
      const all = controlPlane(spec);
      expect(rolloutReasons(all, member(desiredConfigSpec(all.kcp, role)))).toEqual([]);
    }
  },
);

const same: readonly (readonly [
  title: string,
  before: KubeadmConfigSpec,
  after: KubeadmConfigSpec,
])[] = [
  ["an initConfiguration that is empty", {}, { initConfiguration: {} }],
  ["another version of DNS", {}, { clusterConfiguration: { dns: { imageTag: "v1.13.1" } } }],
  ["empty lists and sections", {}, { files: [], clusterConfiguration: { apiServer: {} } }],
  ["the default format in words", {}, { format: "cloud-config" }],
  ["an endpoint", {}, { clusterConfiguration: { controlPlaneEndpoint: "lb:6443" } }],
];

test.each(same)("%s rolls nothing out (D37)", (_title, before, after) => {
  for (const role of ["init", "join"] as const) {
    const config = desiredConfigSpec(controlPlane(before).kcp, role);
    expect(rolloutReasons(controlPlane(after), member(config))).toEqual([]);
  }
});

test("what the bootstrap controller fills in for discovery rolls nothing out (D37)", () => {
  const config = desiredConfigSpec(controlPlane().kcp, "join");
  const discovery = {
    bootstrapToken: { token: "a.b", apiServerEndpoint: "lb:6443", caCertHashes: ["sha256:0"] },
  };
  const filled = { ...config, joinConfiguration: { ...config.joinConfiguration, discovery } };
  expect(rolloutReasons(controlPlane(), member(filled))).toEqual([]);
});

test("each kind of change has its reason", () => {
  const config = desiredConfigSpec(controlPlane().kcp, "join");
  const changed = controlPlane(
    { files: [{ path: "/a", content: "b" }] },
    {
      version: "v1.35.0",
      rollout: { after: "2026-01-05T12:00:00Z", before: { certificatesExpiryDays: 30 } },
    },
  );
  const other = { "cluster.x-k8s.io/cloned-from-name": "old" };
  expect(rolloutReasons(changed, member(config, other))).toEqual([
    "Certificates will expire soon",
    "KubeadmControlPlane spec.rolloutAfter expired",
    "Version v1.34.2, v1.35.0 required",
    "KubeadmConfig is not up-to-date",
    "XMachine is not up-to-date",
  ]);
});

test("taints that are an empty list differ from none: kubeadm sets its own for none", () => {
  const config = desiredConfigSpec(controlPlane().kcp, "join");
  const after = controlPlane({ joinConfiguration: { nodeRegistration: { taints: [] } } });
  expect(rolloutReasons(after, member(config))).toEqual(["KubeadmConfig is not up-to-date"]);
});

test("rollout.after that lies in the future, or in the second of the creation, rolls nothing out", () => {
  const config = desiredConfigSpec(controlPlane().kcp, "join");
  for (const after of ["2026-02-01T00:00:00Z", created]) {
    expect(rolloutReasons(controlPlane({}, { rollout: { after } }), member(config))).toEqual([]);
  }
});
