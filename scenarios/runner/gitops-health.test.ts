import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadScenario } from "./load-scenario.ts";
import { unconverged } from "./snapshot.ts";
import { createWorld, type World } from "./world.ts";

/** What GitOps tools look at. */
interface Looked {
  readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
  readonly spec?: { readonly paused?: boolean };
  readonly status?: {
    readonly phase?: string;
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    /** As v1beta1 calls them. */
    readonly updatedReplicas?: number;
    readonly upToDateReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const conditionOf = ({ status }: Looked, type: string): string | undefined =>
  status?.conditions?.find((one) => one.type === type)?.status;

/** The rules of kstatus for kinds that it does not know: what `flux` and `kubectl wait`-like tools decide by. */
function kstatus(object: Looked): "Current" | "Failed" | "InProgress" | "Terminating" {
  const { metadata, status } = object;
  if (metadata.deletionTimestamp !== undefined) return "Terminating";
  const { observedGeneration = metadata.generation } = status ?? {};
  if (observedGeneration !== metadata.generation) return "InProgress";
  if (conditionOf(object, "Stalled") === "True") return "Failed";
  if (conditionOf(object, "Reconciling") === "True") return "InProgress";
  return (conditionOf(object, "Ready") ?? "True") === "True" ? "Current" : "InProgress";
}

type Kind = "cluster" | "machine" | "machinedeployment";

/** The rules that Argo CD brings for Cluster, Machine and MachineDeployment; a failed Ready condition degrades a Cluster. */
function argo(object: Looked, kind: Kind): string {
  if (object.metadata.deletionTimestamp !== undefined) return "Progressing";
  if (object.spec?.paused === true) return "Suspended";
  if (object.status?.phase === "Failed") return "Degraded";
  return argoOfPhase(object, kind);
}

function argoOfPhase(object: Looked, kind: Kind): string {
  const { phase, replicas, readyReplicas, updatedReplicas } = object.status ?? {};
  const { upToDateReplicas = updatedReplicas } = object.status ?? {};
  if (phase !== (kind === "cluster" ? "Provisioned" : "Running")) return "Progressing";
  if (kind === "cluster" && conditionOf(object, "Ready") === "False") return "Degraded";
  const isComplete = replicas === upToDateReplicas && replicas === readyReplicas;
  return kind === "machinedeployment" && !isComplete ? "Progressing" : "Healthy";
}

let world: World;
const hourMs = 3_600_000;
const complete = <T>(promise: Promise<T>) => world.kernel.complete(promise, { horizonMs: hourMs });

beforeAll(async () => {
  const file = fileURLToPath(new URL("../quick-start.yaml", import.meta.url));
  const { manifests, scenario } = loadScenario(file);
  const rest = { keepTrace: false, awsWire: false, excepted: new Set<string>() };
  world = createWorld({ seed: "1", cloud: {}, manifests, ...rest });
  await complete(world.perform({ apply: { manifests: scenario.world.manifests } }));
  await world.kernel.runFor(20_000);
});

afterAll(() => world.close());

/** As a tool reads them: over the API, in the version of its manifests. */
async function read(version: string, plural: string): Promise<readonly Looked[]> {
  const response = await complete(
    world.management.handle({
      method: "GET",
      path: `/apis/cluster.x-k8s.io/${version}/namespaces/default/${plural}`,
      query: {},
      headers: {},
      user: { username: "argocd", groups: ["system:masters"] },
    }),
  );
  if (response.kind !== "answer") throw new Error("a list is no stream");
  return (response.body as { readonly items: readonly Looked[] }).items;
}

async function health(version: string) {
  const clusters = await read(version, "clusters");
  const machines = await read(version, "machines");
  const deployments = await read(version, "machinedeployments");
  return {
    argo: {
      clusters: clusters.map((one) => argo(one, "cluster")),
      machines: machines.map((one) => argo(one, "machine")),
      deployments: deployments.map((one) => argo(one, "machinedeployment")),
    },
    kstatus: { clusters: clusters.map(kstatus), machines: machines.map(kstatus) },
  };
}

async function settle(): Promise<void> {
  await world.kernel.run(() => unconverged(world.snapshot()).length === 0, { horizonMs: hourMs });
  await world.kernel.runFor(60_000);
}

const versions = ["v1beta1", "v1beta2"] as const;

test("while a cluster is made, nothing of it is healthy", async () => {
  for (const version of versions) {
    const { argo: seen } = await health(version);
    expect(seen.clusters, version).toEqual(["Progressing"]);
    expect(seen.deployments, version).toEqual(["Progressing"]);
  }
  await world.kernel.run(() => world.snapshot().machines.length === 2, { horizonMs: hourMs });
  await world.kernel.runFor(5_000); // A Machine without any status counts as Current, says kstatus.
  const later = await health("v1beta2");
  expect(later.argo.machines).toEqual(["Progressing", "Progressing"]);
  expect(later.kstatus.machines).toEqual(["InProgress", "InProgress"]);
});

test("once it has settled everything is healthy and current, in both versions", async () => {
  await settle();
  for (const version of versions) {
    expect(await health(version)).toEqual({
      argo: {
        clusters: ["Healthy"],
        machines: ["Healthy", "Healthy"],
        deployments: ["Healthy"],
      },
      kstatus: { clusters: ["Current"], machines: ["Current", "Current"] },
    });
  }
  // What `kubectl wait --for=condition=Ready` of old scripts waits for; in v1beta2 a Cluster is Available instead.
  const [old] = await read("v1beta1", "clusters");
  expect(old && conditionOf(old, "Ready")).toBe("True");
});

test("while it is scaled the MachineDeployment makes progress, and is healthy again afterwards", async () => {
  const target = "machinedeployment/small-md-0";
  await complete(world.perform({ scale: { target, replicas: 2 } }));
  await world.kernel.runFor(20_000);
  for (const version of versions) {
    const seen = await health(version);
    expect(seen.argo.deployments, version).toEqual(["Progressing"]);
    expect(seen.argo.machines.toSorted(), version).toEqual(["Healthy", "Healthy", "Progressing"]);
  }
  expect((await health("v1beta2")).kstatus.machines).toContain("InProgress");
  await settle();
  expect((await health("v1beta1")).argo.deployments).toEqual(["Healthy"]);
});

test("a paused cluster is suspended, and one that is deleted is on its way out until it is gone", async () => {
  await complete(world.perform({ pause: { target: "cluster/small" } }));
  for (const version of versions) {
    expect((await health(version)).argo.clusters, version).toEqual(["Suspended"]);
  }
  await complete(world.perform({ unpause: { target: "cluster/small" } }));
  await complete(world.perform({ delete: { target: "cluster/small" } }));
  for (const version of versions) {
    const seen = await health(version);
    expect([seen.argo.clusters, seen.kstatus.clusters]).toEqual([["Progressing"], ["Terminating"]]);
  }
  await world.kernel.run(() => world.snapshot().clusters.length === 0, { horizonMs: hourMs });
  expect((await health("v1beta1")).argo.machines).toEqual([]);
});
