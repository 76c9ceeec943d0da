// oxlint-disable no-restricted-imports -- It is a part of the tests: production code never imports it.
import type { AdmissionHook } from "@seatrial/fakecloud/kubernetes/admission/admission.ts";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { type FaultPoint, type Faults, noFaults } from "@seatrial/fakecloud/kernel/faults.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { admission } from "../api/admission.ts";
import { AWSCluster, AWSMachine, AWSMachineTemplate } from "../api/aws/v1beta2.ts";
import { Cluster, Machine, MachineDeployment } from "../api/core/v1beta2.ts";
import { crds } from "../api/crds.ts";
import { CustomResourceDefinition, Node, Secret } from "../api/kubernetes.ts";
import type { Client, Kind, KubeObject, UnstructuredObject } from "../runtime/client.ts";
import { keyOf } from "../runtime/client.ts";
import { parseTime } from "../runtime/clock.ts";
import {
  type Controller,
  type ControllerDeps,
  done,
  requeueAfter,
  type Result,
  watch,
} from "../runtime/controller.ts";
import { createClient, type DynamicClient } from "../runtime/dynamic-client.ts";
import { createManager, type Manager } from "../runtime/manager.ts";
import type { Transport } from "../runtime/transport.ts";
import { coreControllers } from "./controllers.ts";

export const minute = 60_000;
export const namespace = "default";
export const infrastructure = "infrastructure.cluster.x-k8s.io";

function readyNode(machine: AWSMachine): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `node-${machine.metadata.name}` },
    spec: { providerID: `test:///${machine.metadata.name}` },
    status: {
      conditions: [
        { type: "Ready", status: "True", reason: "KubeletReady", message: "" },
        ...["MemoryPressure", "DiskPressure", "PIDPressure"].map((type) => ({
          type,
          status: "False",
          reason: "Fine",
          message: "",
        })),
      ],
    },
  };
}

async function bringUp(workload: Client, node: Node): Promise<void> {
  const key = { namespace: "", name: node.metadata.name };
  if ((await workload.get(Node, key)) !== undefined) return;
  await workload.create(Node, node);
  const { status } = node;
  await workload.mergePatch(Node, key, { status }, { subresource: "status" });
}

export interface Provider {
  /** The cluster that the Node of a machine comes up in. */
  readonly workloadOf: (machine: AWSMachine) => Client;
  readonly hasNode: (machine: AWSMachine) => boolean;
  readonly stuck?: Readonly<Record<"creating" | "deleting" | "keepsNodes", boolean>>;
}

/** A small infrastructure provider that honours the contract, without a cloud. */
export function providerControllers(deps: ControllerDeps, provider: Provider): Controller[] {
  return [machineController(deps, provider), clusterController(deps)];
}

function machineController(deps: ControllerDeps, provider: Provider): Controller {
  const { client } = deps;
  return {
    name: "awsmachine",
    for: watch({ kind: AWSMachine, toRequests: (machine) => [keyOf(machine)] }),
    watches: [
      watch({
        kind: Machine,
        toRequests: (machine) => [{ namespace, name: machine.spec.infrastructureRef.name }],
      }),
    ],
    concurrency: 20,
    reconciler: {
      reconcile: async (key) => {
        const found = await client.get(AWSMachine, key);
        if (found === undefined) return done;
        return found.metadata.deletionTimestamp === undefined
          ? makeInstance(deps, provider, found)
          : removeInstance(deps, provider, found);
      },
    },
  };
}

/** Instances come after 30 s, their Nodes after 30 s more. */
async function makeInstance(
  { client, clock }: ControllerDeps,
  { stuck, hasNode, workloadOf }: Provider,
  machine: AWSMachine,
): Promise<Result> {
  const key = keyOf(machine);
  if (machine.metadata.finalizers === undefined) {
    await client.mergePatch(AWSMachine, key, { metadata: { finalizers: ["test/instance"] } });
  }
  const ageMs = clock.now() - (parseTime(machine.metadata.creationTimestamp ?? "") ?? 0);
  if (ageMs < 30_000 || stuck?.creating === true) {
    return requeueAfter(Math.max(10_000, 30_000 - ageMs));
  }
  if (machine.spec?.providerID === undefined) {
    await client.mergePatch(AWSMachine, key, { spec: { providerID: `test:///${key.name}` } });
    const status = { ready: true };
    await client.mergePatch(AWSMachine, key, { status }, { subresource: "status" });
  }
  if (ageMs < 60_000) return requeueAfter(60_000 - ageMs);
  if (hasNode(machine)) await bringUp(workloadOf(machine), readyNode(machine));
  return done; // Up, or it never comes up.
}

async function removeInstance(
  { client }: ControllerDeps,
  { stuck, workloadOf }: Provider,
  machine: AWSMachine,
): Promise<Result> {
  if (stuck?.deleting === true) return requeueAfter(10_000);
  const node = { namespace: "", name: readyNode(machine).metadata.name };
  if (stuck?.keepsNodes !== true) await workloadOf(machine).delete(Node, node);
  await client.mergePatch(AWSMachine, keyOf(machine), { metadata: { finalizers: null } });
  return done; // The object is gone.
}

function clusterController(deps: ControllerDeps): Controller {
  return {
    name: "awscluster",
    for: watch({ kind: AWSCluster, toRequests: (cluster) => [keyOf(cluster)] }),
    reconciler: {
      reconcile: async (key) => {
        const found = await deps.client.get(AWSCluster, key);
        if (found === undefined || found.status?.ready === true) return done;
        const controlPlaneEndpoint = { host: "api.example", port: 6443 };
        await deps.client.mergePatch(AWSCluster, key, { spec: { controlPlaneEndpoint } });
        const status = { ready: true, failureDomains: { a: { controlPlane: true } } };
        await deps.client.mergePatch(AWSCluster, key, { status }, { subresource: "status" });
        return done;
      },
    },
  };
}

/** Upstream's defaults, as a part of the API server. */
export function defaults(): AdmissionHook[] {
  return admission.map((rule) => ({
    name: `${rule.kind}.${rule.group}`,
    kinds: [`${rule.kind}.${rule.group}`],
    version: "v1beta2",
    mutate: ({ operation, object, oldObject }) =>
      rule.default?.(object, {
        operation: operation === "CREATE" ? "CREATE" : "UPDATE",
        ...(oldObject === undefined ? {} : { old: oldObject }),
      }) as typeof object,
  }));
}

/** A management cluster with the core's controllers, a small provider and one workload cluster, all on virtual time. */
export class World {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly workload: DynamicClient;
  manager: Manager;
  /** Of what the manager writes to the management cluster. */
  faults: Faults = noFaults;
  /** Of what goes to workload clusters; the actor is the kubeconfig that was dialled with. */
  workloadFaults: Faults = noFaults;
  readonly dialled: string[] = [];
  /** To workload clusters, that are open now. */
  connections = 0;
  /** What the provider does not do: make instances, let go of them, remove Nodes. */
  readonly stuck = { creating: false, deleting: false, keepsNodes: false };
  /** False: nobody says that there is a control plane to join. */
  hasControlPlane = true;
  hasNode: (machine: AWSMachine) => boolean = () => true;
  readonly errors: string[] = [];
  /** How often each controller has reconciled each object. */
  readonly reconciles = new Map<string, number>();
  readonly #manage: () => Manager;

  constructor(seed = "1") {
    this.kernel = new Kernel({ seed });
    const { clock, random, trace } = this.kernel;
    const common = { clock, random, trace, version: "v1.36.0" };
    const management = createApiServer({
      ...common,
      name: "management",
      admission: defaults(),
    });
    const workload = createApiServer({ ...common, name: "workload" });
    const user = { username: "test", groups: ["system:masters"] };
    const transportTo = (server: typeof management, faults = noFaults, actor = "manager") =>
      inProcessTransport(server, { user, actor, clock, random, faults });
    const options = { clock, random };
    this.client = createClient({ transport: transportTo(management), ...options });
    this.workload = createClient({ transport: transportTo(workload), ...options });
    const lineTo = (kubeconfig: string): Transport => {
      const faults = { decide: (point: FaultPoint) => this.workloadFaults.decide(point) };
      const line = transportTo(workload, faults, kubeconfig);
      return {
        request: (request) => line.request(request),
        watch: (request, sink) => line.watch(request, sink),
      };
    };
    const manage = (): Manager =>
      createManager({
        transport: transportTo(management, { decide: (point) => this.faults.decide(point) }),
        ...options,
        onReconcile: ({ controller, key }) => {
          const name = `${controller} ${key.name}`;
          this.reconciles.set(name, (this.reconciles.get(name) ?? 0) + 1);
        },
        logger: {
          debug: () => undefined,
          info: () => undefined,
          error: (fields) => this.errors.push(JSON.stringify(fields)),
        },
        controllers: (deps) => [
          ...coreControllers(deps),
          ...providerControllers(deps, {
            workloadOf: () => this.workload,
            hasNode: (machine) => this.hasNode(machine),
            stuck: this.stuck,
          }),
        ],
        workloadDialer: (kubeconfig) => {
          this.dialled.push(kubeconfig);
          this.connections += 1;
          return {
            ...lineTo(kubeconfig),
            close: async () => {
              this.connections -= 1;
            },
          };
        },
      });
    this.#manage = manage;
    this.manager = manage();
  }

  /** The next process begins with empty caches. */
  restart(): void {
    this.manager = this.#manage();
    this.manager.start();
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.kernel.complete(work, { horizonMs: 10 * minute });
  }

  async start(): Promise<void> {
    for (const crd of crds) {
      await this.run(this.client.create(CustomResourceDefinition, crd as never));
    }
    await this.kernel.runFor(1000);
    this.manager.start();
  }

  create(kind: Kind<never>, object: object): Promise<UnstructuredObject> {
    const { group, version, kind: name } = kind as Kind;
    const apiVersion = group === "" ? version : `${group}/${version}`;
    return this.run(
      this.client.create(kind as Kind, { apiVersion, kind: name, ...object } as UnstructuredObject),
    );
  }

  async list<T extends KubeObject>(kind: Kind<T>): Promise<readonly T[]> {
    return this.run(this.client.list(kind, { namespace }));
  }

  get<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T | undefined> {
    return this.run(this.client.get(kind, { namespace, name }));
  }

  /** Lets time pass in steps until the condition holds. */
  async until(
    condition: () => Promise<boolean>,
    what: string,
    mostMs = 60 * minute,
  ): Promise<void> {
    const endMs = this.kernel.clock.now() + mostMs;
    while (!(await condition())) {
      if (this.kernel.clock.now() > endMs) {
        const machines = await this.list(Machine);
        throw new Error(
          `${what} did not happen.\n${this.errors.slice(-5).join("\n")}\n` +
            machines.map((each) => JSON.stringify([each.metadata.name, each.status])).join("\n"),
        );
      }
      await this.kernel.runFor(5_000);
    }
  }

  /** A Cluster with its infrastructure and its kubeconfig. */
  async createBareCluster(name: string, more: object = {}): Promise<void> {
    await this.create(Secret as never, {
      metadata: { name: `${name}-kubeconfig`, namespace },
      data: { value: Buffer.from(`kubeconfig of ${name}`).toString("base64") },
    });
    await this.create(AWSCluster as never, {
      metadata: { name, namespace },
      spec: { region: "eu-west-1" },
    });
    await this.create(Cluster as never, {
      metadata: { name, namespace },
      spec: { infrastructureRef: { apiGroup: infrastructure, kind: "AWSCluster", name }, ...more },
    });
  }

  /** Without a control-plane object the cluster counts as initialized once somebody says so. */
  async initialize(status: object = {}): Promise<void> {
    const key = { namespace, name: "test" };
    const initialization = { controlPlaneInitialized: true };
    const patch = { status: { initialization, ...status } };
    await this.run(this.client.mergePatch(Cluster, key, patch, { subresource: "status" }));
  }

  async createCluster(
    replicas: number,
    rollout?: object,
    more: object = {},
    cluster: object = {},
  ): Promise<void> {
    const dataSecretName = "bootstrap";
    await this.createBareCluster("test", cluster);
    if (this.hasControlPlane) await this.initialize();
    for (const name of ["one", "two"]) {
      await this.create(AWSMachineTemplate as never, {
        metadata: { name, namespace },
        spec: { template: { spec: { instanceType: "t3.large" } } },
      });
    }
    await this.create(MachineDeployment as never, {
      metadata: { name: "md", namespace },
      spec: {
        clusterName: "test",
        replicas,
        selector: {},
        ...(rollout === undefined ? {} : { rollout }),
        ...more,
        template: {
          spec: {
            clusterName: "test",
            version: "v1.34.2",
            bootstrap: { dataSecretName },
            infrastructureRef: {
              apiGroup: infrastructure,
              kind: "AWSMachineTemplate",
              name: "one",
            },
          },
        },
      },
    });
  }

  async settled(replicas: number): Promise<boolean> {
    const deployment = await this.get(MachineDeployment, "md");
    if (deployment === undefined) return false;
    const { status } = deployment;
    return (
      status?.availableReplicas === replicas &&
      status.upToDateReplicas === replicas &&
      status.replicas === replicas &&
      (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
    );
  }
}
