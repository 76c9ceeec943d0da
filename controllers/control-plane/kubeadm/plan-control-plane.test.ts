import fc from "fast-check";
import { expect, test } from "vitest";
import type { ControlPlane, Member } from "./control-plane.ts";
import { desiredConfigSpec } from "./desired-config.ts";
import { planControlPlane } from "./plan-control-plane.ts";
import { planRemediation } from "./plan-remediation.ts";
import { planTermination } from "./pre-terminate.ts";

const health = [
  "APIServerPodHealthy",
  "ControllerManagerPodHealthy",
  "SchedulerPodHealthy",
  "EtcdPodHealthy",
  "EtcdMemberHealthy",
];
const nowMs = Date.parse("2026-01-06T08:00:00Z");

interface MachineFacts {
  readonly domain: string;
  readonly isOutdated: boolean;
  readonly isDeleting: boolean;
  readonly hasNode: boolean;
  readonly isHealthy: boolean;
  readonly isGivenUp: boolean;
}

function condition(type: string, status: "False" | "True", reason = "Test") {
  const lastTransitionTime = "2026-01-05T08:00:00Z";
  return { type, status, reason, message: "", lastTransitionTime };
}

function toMember(facts: MachineFacts, index: number, kcp: ControlPlane["kcp"]): Member {
  const name = `m-${index}`;
  const reference = { apiGroup: "x", kind: "X", name };
  return {
    machine: {
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Machine",
      metadata: {
        name,
        namespace: "default",
        creationTimestamp: `2026-01-05T0${index}:00:00Z`,
        ...(facts.isDeleting ? { deletionTimestamp: "2026-01-06T07:00:00Z" } : {}),
      },
      spec: {
        clusterName: "c",
        version: facts.isOutdated ? "v1.33.0" : "v1.34.2",
        failureDomain: facts.domain,
        bootstrap: { configRef: reference },
        infrastructureRef: reference,
      },
      status: {
        ...(facts.hasNode ? { nodeRef: { name: `node-${name}` } } : {}),
        conditions: [
          ...health.map((type) => condition(type, facts.isHealthy ? "True" : "False")),
          ...(facts.isGivenUp
            ? [condition("HealthCheckSucceeded", "False"), condition("OwnerRemediated", "False")]
            : []),
        ],
      },
    },
    config: {
      apiVersion: "bootstrap.cluster.x-k8s.io/v1beta2",
      kind: "KubeadmConfig",
      metadata: { name },
      spec: desiredConfigSpec(kcp, "join"),
    },
  };
}

function controlPlane(
  machines: readonly MachineFacts[],
  replicas: number,
  maxSurge = 1,
): ControlPlane {
  const infrastructureRef = { apiGroup: "x", kind: "XTemplate", name: "t" };
  const kcp: ControlPlane["kcp"] = {
    apiVersion: "controlplane.cluster.x-k8s.io/v1beta2",
    kind: "KubeadmControlPlane",
    metadata: { name: "kcp", namespace: "default" },
    spec: {
      version: "v1.34.2",
      replicas,
      machineTemplate: { spec: { infrastructureRef } },
      rollout: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge } } },
    },
    status: {
      initialization: { controlPlaneInitialized: true },
      conditions: [condition("CertificatesAvailable", "True")],
    },
  };
  return {
    kcp,
    cluster: {
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Cluster",
      metadata: { name: "c", namespace: "default" },
      spec: {},
      status: {
        failureDomains: ["a", "b", "c"].map((name) => ({ name, controlPlane: true })),
      },
    },
    members: machines.map((facts, index) => toMember(facts, index, kcp)),
    nowMs,
  };
}

const good: MachineFacts = {
  domain: "a",
  isOutdated: false,
  isDeleting: false,
  hasNode: true,
  isHealthy: true,
  isGivenUp: false,
};

/** Mostly machines as they are most of the time: where nothing is wrong, something happens. */
function mostly(value: boolean): fc.Arbitrary<boolean> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, fc.constant(!value));
}

const anyMachine: fc.Arbitrary<MachineFacts> = fc.record({
  domain: fc.constantFrom("a", "b", "c", "gone"),
  isOutdated: fc.boolean(),
  isDeleting: mostly(false),
  hasNode: mostly(true),
  isHealthy: mostly(true),
  isGivenUp: mostly(false),
});

// Turns red when preflight no longer looks for deletions, or when the surge is added twice.
test("no plan adds a machine beyond the surge, nor acts while one is on its way in or out", () => {
  fc.assert(
    fc.property(
      fc.array(anyMachine, { maxLength: 6 }),
      fc.constantFrom(1, 3, 5),
      fc.constantFrom(0, 1),
      (machines, replicas, maxSurge) => {
        const step = planControlPlane(controlPlane(machines, replicas, maxSurge));
        if (step.type === "initialize") expect(machines).toHaveLength(0);
        if (step.type !== "scaleUp" && step.type !== "scaleDown") return;
        expect(machines.filter(({ isDeleting }) => isDeleting)).toEqual([]);
        if (step.type === "scaleUp") {
          expect(machines.length).toBeLessThan(replicas + maxSurge);
          expect(machines.every(({ hasNode, isHealthy }) => hasNode && isHealthy)).toBe(true);
        } else {
          expect(machines.length).toBeGreaterThanOrEqual(replicas + (maxSurge === 0 ? 0 : 1));
        }
      },
    ),
  );
});

// Turns red when a planner depends on anything but the spec for its goal.
test("repeating the plan ends with exactly the wanted, up-to-date machines", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(1, 3, 5),
      fc.constantFrom(0, 1),
      (outdated, replicas, maxSurge) => {
        const surge = replicas === 1 ? 1 : maxSurge;
        let machines = outdated.map((isOutdated): MachineFacts => ({ ...good, isOutdated }));
        for (let round = 0; round < 40; round += 1) {
          const all = controlPlane(machines, replicas, surge);
          const step = planControlPlane(all);
          if (step.type === "none") break;
          expect(machines.length).toBeLessThanOrEqual(Math.max(outdated.length, replicas + surge));
          if (step.type === "scaleUp") {
            machines = [...machines, { ...good, domain: step.failureDomain ?? "a" }];
          } else if (step.type === "scaleDown") {
            machines = machines.filter((_, index) => all.members[index] !== step.member);
          }
        }
        expect(machines).toHaveLength(replicas);
        expect(machines.every(({ isOutdated }) => !isOutdated)).toBe(true);
      },
    ),
  );
});

test("a machine that is given up waits while a healthy one is still being provisioned (D28)", () => {
  const all = controlPlane(
    [good, { ...good, isGivenUp: true, isHealthy: false }, { ...good, hasNode: false }],
    3,
  );
  const etcd = { members: [], alarms: [], leaderId: "0", reports: new Map() };
  expect(planRemediation(all, etcd)).toMatchObject({
    type: "refuse",
    reason: "RemediationDeferred",
    message: expect.stringContaining("provisioning to complete") as string,
  });
});

test("after a crash between removing the member and releasing the hook, the hook is released (D26, D27)", () => {
  const leaving: MachineFacts = { ...good, isDeleting: true };
  const all = controlPlane([good, good, leaving], 3);
  const { machine } = all.members[2]!;
  const hook = "pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup";
  const waiting = {
    ...machine,
    metadata: { ...machine.metadata, annotations: { [hook]: "" } },
    status: {
      ...machine.status,
      conditions: [condition("Deleting", "True", "WaitingForPreTerminateHook")],
    },
  };
  const current = {
    ...all,
    members: [all.members[0]!, all.members[1]!, { ...all.members[2]!, machine: waiting }],
  };
  const member = (name: string) => ({
    id: name,
    name: `node-${name}`,
    peerUrls: [],
    clientUrls: [],
    isLearner: false,
  });
  const etcd = (...names: string[]) => ({
    members: names.map(member),
    alarms: [],
    leaderId: "m-0",
    reports: new Map(),
  });
  expect(planTermination(current, etcd("m-0", "m-1")).type).toBe("releaseHook");
  expect(planTermination(current, etcd("m-0", "m-1", "m-2"))).toMatchObject({
    type: "removeMember",
    etcdMember: { name: "node-m-2" },
  });
});

test("machines are spread: the next goes where fewest are", () => {
  const all = controlPlane(
    [
      { ...good, domain: "a" },
      { ...good, domain: "b" },
    ],
    3,
  );
  expect(planControlPlane(all)).toMatchObject({ type: "scaleUp", failureDomain: "c" });
});

test("a machine in a failure domain that is gone leaves first", () => {
  const machines = ["a", "b", "gone", "c"].map((domain) => ({ ...good, domain }));
  const step = planControlPlane(controlPlane(machines, 3));
  expect(step).toMatchObject({
    type: "scaleDown",
    member: { machine: { metadata: { name: "m-2" } } },
  });
});

const anyMember = { peerUrls: [], clientUrls: [], isLearner: false };

/** A replacement that failed as well, and what was noted on it. */
function failedAgain(
  record: { readonly minutesAgo: number; readonly retryCount: number },
  remediation: NonNullable<ControlPlane["kcp"]["spec"]["remediation"]>,
) {
  const all = controlPlane([good, good, { ...good, isGivenUp: true, isHealthy: false }], 3);
  const failed = all.members[2]!;
  const timestamp = new Date(nowMs - record.minutesAgo * 60_000).toISOString();
  const annotation = JSON.stringify({ machine: "older", timestamp, retryCount: record.retryCount });
  const annotations = { "controlplane.cluster.x-k8s.io/remediation-for": annotation };
  const machine = { ...failed.machine, metadata: { ...failed.machine.metadata, annotations } };
  const members = [all.members[0]!, all.members[1]!, { ...failed, machine }];
  const kcp = { ...all.kcp, spec: { ...all.kcp.spec, remediation } };
  const member = (name: string) => ({ ...anyMember, id: name, name });
  return planRemediation(
    { ...all, kcp, members },
    {
      members: ["node-m-0", "node-m-1", "node-m-2"].map(member),
      alarms: [],
      leaderId: "node-m-0",
      reports: new Map(),
    },
  );
}

test("a replacement that fails soon counts as a retry, one that lived an hour does not", () => {
  const record = (minutesAgo: number) => {
    const step = failedAgain({ minutesAgo, retryCount: 1 }, {});
    return step.type === "remediate" ? step.record.retryCount : step.type;
  };
  expect([record(10), record(59), record(61)]).toEqual([2, 2, 0]);
});

test("retries end with maxRetry, and wait for retryPeriodSeconds", () => {
  expect(failedAgain({ minutesAgo: 10, retryCount: 2 }, { maxRetry: 2 })).toMatchObject({
    type: "refuse",
    reason: "CannotBeRemediated",
  });
  expect(failedAgain({ minutesAgo: 10, retryCount: 0 }, { retryPeriodSeconds: 900 })).toMatchObject(
    {
      type: "refuse",
      reason: "RemediationDeferred",
    },
  );
  expect(failedAgain({ minutesAgo: 20, retryCount: 0 }, { retryPeriodSeconds: 900 }).type).toBe(
    "remediate",
  );
});

test("a replacement that has been made is waited for, though the control plane still says that it is due", () => {
  const all = controlPlane([good, good, { ...good, hasNode: false, isHealthy: false }], 4);
  const text = JSON.stringify({ machine: "older", timestamp: "2026-01-06T07:59:00Z" });
  const annotations = { "controlplane.cluster.x-k8s.io/remediation-in-progress": text };
  const kcp = { ...all.kcp, metadata: { ...all.kcp.metadata, annotations } };
  const member = (name: string) => ({ ...anyMember, id: name, name });
  const etcd = {
    members: ["node-m-0", "node-m-1"].map(member),
    alarms: [],
    leaderId: "node-m-0",
    reports: new Map(),
  };
  expect(planControlPlane({ ...all, kcp }, etcd).type).toBe("scaleUp");
  const third = all.members[2]!;
  const carries = { "controlplane.cluster.x-k8s.io/remediation-for": text };
  const metadata = { ...third.machine.metadata, annotations: carries };
  const made = { ...third, machine: { ...third.machine, metadata } };
  const members = [all.members[0]!, all.members[1]!, made];
  expect(planControlPlane({ ...all, kcp, members }, etcd).type).toBe("wait");
});
