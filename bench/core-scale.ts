import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { AWSCluster, AWSMachineTemplate } from "@seatrial/controllers/api/aws/v1beta2.ts";
import { Cluster, Machine, MachineDeployment } from "@seatrial/controllers/api/core/v1beta2.ts";
import { crds } from "@seatrial/controllers/api/crds.ts";
import { CustomResourceDefinition, Node, Secret } from "@seatrial/controllers/api/kubernetes.ts";
import { coreControllers } from "@seatrial/controllers/core/controllers.ts";
import { defaults, providerControllers } from "@seatrial/controllers/core/core-world.ts";
import type { Client, Kind } from "@seatrial/controllers/runtime/client.ts";
import type { ReconcileRecord } from "@seatrial/controllers/runtime/controller-runner.ts";
import { createClient } from "@seatrial/controllers/runtime/dynamic-client.ts";
import { createManager, type Manager } from "@seatrial/controllers/runtime/manager.ts";
import type { Transport } from "@seatrial/controllers/runtime/transport.ts";

const second = 1_000;
const machinesPerCluster = 10;
const infrastructure = "infrastructure.cluster.x-k8s.io";
const namespace = "default";

/** Management cluster, manager and a workload cluster for each Cluster, in this process and on virtual time. */
class Fleet {
  readonly kernel = new Kernel({ seed: "1", keepTrace: false });
  readonly people: Client;
  readonly manager: Manager;
  readonly #dial: (name: string) => Transport;
  readonly #workloads = new Map<
    string,
    { readonly client: Client; readonly transport: Transport }
  >();
  reconciles = 0;
  errors = 0;

  constructor() {
    const { clock, random, trace } = this.kernel;
    const common = { clock, random, trace, version: "v1.36.0" };
    const user = { username: "bench", groups: ["system:masters"] };
    this.#dial = (name) => {
      const server = createApiServer({
        ...common,
        name,
        ...(name === "management" ? { admission: defaults() } : {}),
      });
      return inProcessTransport(server, { user, actor: "manager", clock, random });
    };
    const management = this.#dial("management");
    this.people = createClient({ transport: management, clock, random });
    const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
    this.manager = createManager({
      transport: management,
      clock,
      random,
      logger: silent,
      onReconcile: (record) => this.#count(record),
      workloadDialer: (kubeconfig) => this.workload(kubeconfig).transport,
      controllers: (deps) => [
        ...coreControllers(deps),
        ...providerControllers(deps, {
          workloadOf: ({ metadata }) =>
            this.workload(metadata.labels?.["cluster.x-k8s.io/cluster-name"] ?? "").client,
          hasNode: () => true,
        }),
      ],
    });
  }

  #count({ outcome }: ReconcileRecord): void {
    this.reconciles += 1;
    if (outcome === "error" || outcome === "terminal") this.errors += 1;
  }

  workload(name: string) {
    let known = this.#workloads.get(name);
    if (known === undefined) {
      const { clock, random } = this.kernel;
      const transport = this.#dial(name);
      known = { transport, client: createClient({ transport, clock, random }) };
      this.#workloads.set(name, known);
    }
    return known;
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.kernel.complete(work, { horizonMs: 600 * second });
  }

  async start(): Promise<void> {
    for (const crd of crds) {
      await this.run(this.people.create(CustomResourceDefinition, crd as never));
    }
    await this.kernel.runFor(second);
    this.manager.start();
    await this.kernel.run(() => this.manager.ready, { horizonMs: 60 * second });
  }

  async apply(name: string): Promise<void> {
    const create = (kind: unknown, more: object): Promise<unknown> => {
      const { group, version, kind: word } = kind as Kind;
      const apiVersion = group === "" ? version : `${group}/${version}`;
      const object = { apiVersion, kind: word, ...more };
      return this.people.create(kind as Kind, object as never);
    };
    const metadata = { name, namespace };
    const value = Buffer.from(name).toString("base64");
    await create(Secret, { metadata: { name: `${name}-kubeconfig`, namespace }, data: { value } });
    await create(AWSCluster, { metadata, spec: { region: "eu-west-1" } });
    const infrastructureRef = { apiGroup: infrastructure, kind: "AWSCluster", name };
    await create(Cluster, { metadata, spec: { infrastructureRef } });
    const template = { spec: { instanceType: "t3.large" } };
    await create(AWSMachineTemplate, { metadata, spec: { template } });
    await create(MachineDeployment, {
      metadata,
      spec: {
        clusterName: name,
        replicas: machinesPerCluster,
        selector: {},
        template: {
          spec: {
            clusterName: name,
            version: "v1.34.2",
            bootstrap: { dataSecretName: "bootstrap" },
            infrastructureRef: { apiGroup: infrastructure, kind: "AWSMachineTemplate", name },
          },
        },
      },
    });
  }

  async until(condition: () => Promise<boolean>): Promise<void> {
    for (let waited = 0; !(await condition()); waited += 1) {
      if (waited > 360) throw new Error("the fleet did not get there within an hour");
      await this.kernel.runFor(10 * second);
    }
  }
}

interface Leg {
  readonly realMs: number;
  readonly cpuMs: number;
  readonly virtualMs: number;
}

async function measure(fleet: Fleet, leg: () => Promise<void>): Promise<Leg> {
  const [startedMs, cpu, virtualMs] = [
    performance.now(),
    process.cpuUsage(),
    fleet.kernel.clock.now(),
  ];
  await leg();
  const used = process.cpuUsage(cpu);
  return {
    realMs: performance.now() - startedMs,
    cpuMs: (used.user + used.system) / 1000,
    virtualMs: fleet.kernel.clock.now() - virtualMs,
  };
}

/** `count` Clusters of ten Machines each: from manifests to Ready, an hour at rest, and back to nothing. */
export async function benchmarkCoreAtScale(
  count = Number(process.env["SEATRIAL_BENCH_CLUSTERS"] ?? "1000"),
): Promise<readonly string[]> {
  const fleet = new Fleet();
  await fleet.start();
  const names = Array.from({ length: count }, (_, index) => `c${index}`);
  const created = await measure(fleet, async () => {
    for (const name of names) await fleet.run(fleet.apply(name));
    await fleet.until(async () => {
      const deployments = await fleet.run(fleet.people.list(MachineDeployment, { namespace }));
      return deployments.every(({ status }) => status?.availableReplicas === machinesPerCluster);
    });
  });
  const machines = await fleet.run(fleet.people.list(Machine, { namespace }));
  const reconciles = fleet.reconciles;
  globalThis.gc?.();
  const heldMiB = process.memoryUsage().heapUsed / 2 ** 20;
  const rested = await measure(fleet, () => fleet.kernel.runFor(3_600 * second));
  const atRest = fleet.reconciles - reconciles;
  const deleted = await measure(fleet, async () => {
    for (const name of names) await fleet.run(fleet.people.delete(Cluster, { namespace, name }));
    await fleet.until(
      async () => (await fleet.run(fleet.people.list(Cluster, { namespace }))).length === 0,
    );
  });
  const left = await fleet.run(fleet.people.list(Machine, { namespace }));
  const nodes = await fleet.run(fleet.workload("c0").client.list(Node));
  await fleet.run(fleet.manager.stop());
  if (machines.length !== count * machinesPerCluster || left.length + nodes.length > 0) {
    throw new Error(`${machines.length} Machines came up, ${left.length} are left`);
  }
  return [
    legText(`${count} Clusters of ${machinesPerCluster} Machines to Ready`, created, 180),
    `${heldMiB.toFixed(0)} MiB of heap with everything Ready (goal 4,096)`,
    `${reconciles} reconciles to Ready, ${fleet.errors} errors in all`,
    legText(`an hour at rest, ${atRest} reconciles`, rested),
    legText("all of them deleted", deleted),
    `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB of memory at most`,
  ];
}

function legText(what: string, { realMs, cpuMs, virtualMs }: Leg, goal?: number): string {
  const text = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const target = goal === undefined ? "" : ` (goal ${goal} s)`;
  return `${what}: ${text(realMs)} real${target}, ${text(cpuMs)} CPU, ${text(virtualMs)} virtual`;
}
