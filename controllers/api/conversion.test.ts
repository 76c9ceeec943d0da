import fc from "fast-check";
import { expect, test } from "vitest";
import { convert } from "./conversion.ts";
import { crds } from "./crds.ts";
import type { OpenApiSchema } from "./open-api.ts";

const both = crds.filter(({ spec }) => spec.versions.filter(({ served }) => served).length === 2);
const durations = ["0s", "10s", "5m", "300s", "1h0m0s"];

/** Objects of one version: any subset of the fields, with short lists and values that the schema allows by type. */
function anyValue(schema: OpenApiSchema, name: string, depth: number): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema["x-kubernetes-int-or-string"] === true) {
    return fc.oneof(fc.nat(9), fc.constantFrom("10%", "50%"));
  }
  if (schema.type === "integer") return fc.nat(100);
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "array") {
    return fc.array(anyValue(schema.items ?? {}, name, depth + 1), { minLength: 1, maxLength: 2 });
  }
  if (schema.properties !== undefined) return anyFields(schema, depth);
  if (schema.additionalProperties !== undefined) {
    const value = anyValue(schema.additionalProperties, name, depth + 1);
    return fc.dictionary(fc.constantFrom("a", "b", "c"), value, {
      minKeys: 1,
      noNullPrototype: true,
    });
  }
  // Durations of v1beta1 are plain strings in the schema.
  if (schema.format === "date-time") return fc.constant("2026-01-05T08:00:00Z");
  return /(timeout|period|ttl)$/i.test(name) || name.startsWith("timeout")
    ? fc.constantFrom(...durations)
    : fc.constantFrom("x", "y/v1", "z");
}

function anyFields(schema: OpenApiSchema, depth: number): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, inner]) => {
    const isRequired = schema.required?.includes(name) === true;
    const isTopology = name === "topology" || name === "ignition";
    const value = anyValue(inner, name, depth + 1);
    if (isRequired) return [name, value] as const;
    return [
      name,
      isTopology ? fc.constant(undefined) : fc.option(value, { nil: undefined, freq: 2 }),
    ] as const;
  });
  return (
    fc
      .record(Object.fromEntries(fields))
      .map((record) =>
        Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)),
      )
      // An object without any field is no different from none, and the schema of v1beta2 forbids it.
      .map((record) => (Object.keys(record).length === 0 ? undefined : record))
  );
}

function anyObject(versionName: string) {
  return fc.constantFrom(...both).chain((crd) => {
    const version = crd.spec.versions.find(({ name }) => name === versionName)!;
    const { spec = {}, status = {} } = version.schema.openAPIV3Schema.properties!;
    return fc
      .record({ spec: anyValue(spec, "spec", 0), status: anyValue(status, "status", 0) })
      .map((content) =>
        clean({
          apiVersion: `${crd.spec.group}/${versionName}`,
          kind: crd.spec.names["kind"] as string,
          metadata: { name: "x", namespace: "default", annotations: { mine: "1" } },
          ...content,
        }),
      );
  });
}

type Object_ = { apiVersion: string; kind: string; metadata: { name: string; namespace: string } };

/** Leaves out what is undefined or an empty object, at any depth. */
function clean(value: unknown): Object_ {
  const tidy = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(tidy).filter((item) => item !== undefined);
    if (typeof each !== "object" || each === null) return each;
    const entries = Object.entries(each)
      .map(([key, inner]) => [key, tidy(inner)] as const)
      .filter(([, inner]) => inner !== undefined);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  return tidy(value) as Object_;
}

function otherVersion(apiVersion: string): string {
  return apiVersion.endsWith("v1beta1")
    ? apiVersion.replace("v1beta1", "v1beta2")
    : apiVersion.replace("v1beta2", "v1beta1");
}

// Turns red when the annotation is not written, or when `restore` ignores it.
test.each(["v1beta1", "v1beta2"])("an object of %s survives the way there and back", (version) => {
  fc.assert(
    fc.property(anyObject(version), (object) => {
      const there = convert(object, otherVersion(object.apiVersion));
      expect(there.apiVersion).not.toBe(object.apiVersion);
      expect(convert(there, object.apiVersion)).toEqual(object);
    }),
    { numRuns: process.env["SEATRIAL_FULL"] === undefined ? 300 : 5_000 },
  );
});

const healthCheck = {
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "MachineHealthCheck",
  metadata: { name: "x", namespace: "default" },
  spec: {
    clusterName: "c",
    maxUnhealthy: "40%",
    nodeStartupTimeout: "10m0s",
    selector: {},
    unhealthyConditions: [{ type: "Ready", status: "Unknown", timeout: "5m0s" }],
  },
};

test("a health check of v1beta1 is stored as checks and triggers, without a trace of the old form", () => {
  expect(convert(healthCheck, "cluster.x-k8s.io/v1beta2")).toEqual({
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "MachineHealthCheck",
    metadata: { name: "x", namespace: "default" },
    spec: {
      clusterName: "c",
      selector: {},
      checks: {
        nodeStartupTimeoutSeconds: 600,
        unhealthyNodeConditions: [{ type: "Ready", status: "Unknown", timeoutSeconds: 300 }],
      },
      remediation: { triggerIf: { unhealthyLessThanOrEqualTo: "40%" } },
    },
  });
});

test("what v1beta2 has no place for travels in the annotation", () => {
  const deployment = {
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "MachineDeployment",
    metadata: { name: "x", namespace: "default" },
    spec: { clusterName: "c", revisionHistoryLimit: 3, replicas: 1 },
  };
  const stored = convert(deployment, "cluster.x-k8s.io/v1beta2");
  expect(stored.spec).toEqual({ clusterName: "c", replicas: 1 });
  expect(convert(stored, "cluster.x-k8s.io/v1beta1")).toEqual(deployment);
});

test("a change made in one version is not undone by what the annotation remembers", () => {
  const deployment = {
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "MachineDeployment",
    metadata: { name: "x", namespace: "default" },
    spec: { clusterName: "c", revisionHistoryLimit: 3, replicas: 1 },
  };
  const stored = convert(deployment, "cluster.x-k8s.io/v1beta2");
  const scaled = { ...stored, spec: { ...stored.spec, replicas: 5 } };
  expect(convert(scaled, "cluster.x-k8s.io/v1beta1").spec).toEqual({
    clusterName: "c",
    revisionHistoryLimit: 3,
    replicas: 5,
  });
});

test("references lose their version and get it back", () => {
  const cluster = {
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "Cluster",
    metadata: { name: "x", namespace: "default" },
    spec: {
      infrastructureRef: {
        apiVersion: "infrastructure.cluster.x-k8s.io/v1beta2",
        kind: "AWSCluster",
        name: "x",
      },
    },
  };
  const stored = convert(cluster, "cluster.x-k8s.io/v1beta2");
  expect(stored.spec).toEqual({
    infrastructureRef: {
      apiGroup: "infrastructure.cluster.x-k8s.io",
      kind: "AWSCluster",
      name: "x",
    },
  });
  expect(stored.metadata).toEqual(cluster.metadata);
});

test("kubeadm arguments are a map in v1beta1 and a list in v1beta2; repeated ones survive", () => {
  const config = {
    apiVersion: "bootstrap.cluster.x-k8s.io/v1beta2",
    kind: "KubeadmConfig",
    metadata: { name: "x", namespace: "default" },
    spec: {
      joinConfiguration: {
        nodeRegistration: {
          kubeletExtraArgs: [
            { name: "v", value: "1" },
            { name: "v", value: "2" },
          ],
        },
      },
    },
  };
  const old = convert(config, "bootstrap.cluster.x-k8s.io/v1beta1");
  expect(old.spec.joinConfiguration.nodeRegistration.kubeletExtraArgs).toEqual({ v: "2" });
  expect(convert(old, config.apiVersion)).toEqual(config);
});

test("a version that does not exist is refused by name", () => {
  expect(() => convert(healthCheck, "cluster.x-k8s.io/v1alpha4")).toThrow(
    "MachineHealthCheck cannot be converted from cluster.x-k8s.io/v1beta1 to cluster.x-k8s.io/v1alpha4",
  );
});

test("an annotation that was copied from another object brings nothing back", () => {
  const deployment = {
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "MachineDeployment",
    metadata: { name: "x", namespace: "default" },
    spec: { clusterName: "c", revisionHistoryLimit: 3, replicas: 1 },
  };
  const { metadata } = convert(deployment, "cluster.x-k8s.io/v1beta2");
  const machineSet = {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "MachineSet",
    metadata: { ...metadata, name: "x-abcde" },
    spec: { clusterName: "c", replicas: 7 },
  };
  expect(convert(machineSet, "cluster.x-k8s.io/v1beta1")).toEqual({
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "MachineSet",
    metadata: { name: "x-abcde", namespace: "default" },
    spec: { clusterName: "c", replicas: 7 },
  });
});

test("a duration comes back as it was written, so that applying it again changes nothing", () => {
  const written = { ...healthCheck, spec: { ...healthCheck.spec, nodeStartupTimeout: "600s" } };
  const stored = convert(written, "cluster.x-k8s.io/v1beta2");
  expect(stored.spec).toMatchObject({ checks: { nodeStartupTimeoutSeconds: 600 } });
  expect(convert(stored, "cluster.x-k8s.io/v1beta1")).toEqual(written);
});

test("a topology says in v1beta2, where v1beta2 says it, what it said in v1beta1", () => {
  const deployment = {
    class: "default",
    name: "md-0",
    nodeDrainTimeout: "5m0s",
    machineHealthCheck: { enable: true, maxUnhealthy: "40%" },
    strategy: { type: "RollingUpdate", remediation: { maxInFlight: 1 } },
  };
  const topology = {
    class: "quick",
    version: "v1.34.2",
    workers: { machineDeployments: [deployment] },
  };
  const cluster = {
    apiVersion: "cluster.x-k8s.io/v1beta1",
    kind: "Cluster",
    metadata: { name: "c" },
    spec: { topology },
  };
  const converted = convert(cluster, "cluster.x-k8s.io/v1beta2");
  expect(converted.spec.topology).toEqual({
    classRef: { name: "quick" },
    version: "v1.34.2",
    workers: {
      machineDeployments: [
        {
          class: "default",
          name: "md-0",
          deletion: { nodeDrainTimeoutSeconds: 300 },
          healthCheck: {
            enabled: true,
            remediation: { triggerIf: { unhealthyLessThanOrEqualTo: "40%" }, maxInFlight: 1 },
          },
          rollout: { strategy: { type: "RollingUpdate" } },
        },
      ],
    },
  });
  expect(convert(converted, "cluster.x-k8s.io/v1beta1")).toEqual(cluster);
});
