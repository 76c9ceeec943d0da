import { expect, test } from "vitest";
import type { Cluster, Machine, MachineDrainRule } from "../../api/core/v1beta2.ts";
import type { Pod } from "../../api/kubernetes.ts";
import { type DrainFacts, planDrain, podName } from "./plan-drain.ts";

function pod(name: string, more: { labels?: Record<string, string>; owner?: string } = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "apps",
      labels: { app: name, ...more.labels },
      ...(more.owner === undefined
        ? {}
        : {
            ownerReferences: [
              { apiVersion: "apps/v1", kind: more.owner, name: "x", uid: "x", controller: true },
            ],
          }),
    },
    status: { phase: "Running" },
  };
}

function rule(
  name: string,
  app: string,
  drain: MachineDrainRule["spec"]["drain"],
): MachineDrainRule {
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "MachineDrainRule",
    metadata: { name, namespace: "default" },
    spec: { drain, pods: [{ selector: { matchLabels: { app } } }] },
  };
}

function plan(facts: Partial<DrainFacts>) {
  const made = planDrain({
    pods: [],
    machine: { metadata: { name: "m", labels: { pool: "a" } } } as unknown as Machine,
    cluster: { metadata: { name: "c", labels: {} } } as unknown as Cluster,
    rules: [],
    namespaces: new Map(),
    isUnreachable: false,
    nowMs: Date.parse("2026-01-01T00:10:00Z"),
    ...facts,
  });
  return Object.fromEntries(
    Object.entries(made)
      .filter(([, pods]) => pods.length > 0)
      .map(([what, pods]) => [what, pods.map(podName)]),
  );
}

test("pods go in the order of their MachineDrainRules, one order at a time", () => {
  const rules = [
    rule("first", "first", { behavior: "Drain", order: -5 }),
    rule("second", "second", { behavior: "Drain", order: -1 }),
  ];
  const pods = ["plain", "second", "first"].map((name) => pod(name));
  expect(plan({ pods, rules })).toEqual({
    evict: ["apps/first"],
    evictLater: ["apps/plain", "apps/second"],
  });
  expect(plan({ pods: pods.slice(0, 2), rules })).toEqual({
    evict: ["apps/second"],
    evictLater: ["apps/plain"],
  });
});

test("skipped pods stay, and those that are to complete are waited for but never evicted", () => {
  const pods = [
    pod("job", { labels: { "cluster.x-k8s.io/drain": "wait-completed" } }),
    pod("kept", { labels: { "cluster.x-k8s.io/drain": "Skip" } }),
    pod("web"),
  ];
  expect(plan({ pods })).toEqual({ awaitCompletion: ["apps/job"], evict: ["apps/web"] });
});

test("the first rule by name decides, and the label of a pod outranks every rule", () => {
  const rules = [
    rule("b", "web", { behavior: "Drain", order: 3 }),
    rule("a", "web", { behavior: "Skip" }),
  ];
  expect(plan({ pods: [pod("web")], rules })).toEqual({});
  const labelled = pod("web", { labels: { "cluster.x-k8s.io/drain": "wait-completed" } });
  expect(plan({ pods: [labelled], rules })).toEqual({ awaitCompletion: ["apps/web"] });
});

test("a rule that names other Machines does not count", () => {
  const other = rule("a", "web", { behavior: "Skip" });
  const spec = { ...other.spec, machines: [{ selector: { matchLabels: { pool: "b" } } }] };
  expect(plan({ pods: [pod("web")], rules: [{ ...other, spec }] })).toEqual({
    evict: ["apps/web"],
  });
});

test("pods of DaemonSets and mirror pods stay; a pod that is going is only waited for", () => {
  const mirror = pod("etcd");
  mirror.metadata.annotations = { "kubernetes.io/config.mirror": "x" };
  const going = pod("going");
  going.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
  const pods = [pod("agent", { owner: "DaemonSet" }), mirror, going];
  expect(plan({ pods })).toEqual({ terminating: ["apps/going"] });
  expect(plan({ pods, isUnreachable: true })).toEqual({});
});
