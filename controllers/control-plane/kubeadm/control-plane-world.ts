// oxlint-disable no-restricted-imports, typescript/no-non-null-assertion -- It is a part of the tests: production code never imports it.
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { fixtureKeyPairs } from "@seatrial/fakecloud/kernel/fixture-key-pairs.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { EtcdCluster } from "@seatrial/fakecloud/machines/etcd/etcd-cluster.ts";
import {
  createManagementCluster,
  installDefinitions,
} from "../../../scenarios/runner/management-cluster.ts";
import { AWSMachineTemplate } from "../../api/aws/v1beta2.ts";
import { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Cluster, Machine } from "../../api/core/v1beta2.ts";
import type { DaemonSet, Deployment } from "../../api/kubernetes.ts";
import { setConditions } from "../../bootstrap/objects/conditions.ts";
import { bootstrapControllers } from "../../bootstrap/controllers.ts";
import type { Client, Kind, KubeObject } from "../../runtime/client.ts";
import { createClient } from "../../runtime/dynamic-client.ts";
import { createManager } from "../../runtime/manager.ts";
import { controlPlaneControllers } from "../controllers.ts";
import { Hand } from "./control-plane-hand.ts";
import type { EtcdClientFactory } from "./etcd-client.ts";

const namespace = "default";
const hour = 60 * 60_000;

/** A management cluster with the two kubeadm providers, and a hand that does the work of all the others. */
export class World {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly workload: Client;
  readonly etcd: EtcdCluster;
  readonly events: string[] = [];
  readonly hand: Hand;
  isWorkloadReachable = true;
  readonly #manager;

  constructor(seed = "1") {
    this.kernel = new Kernel({ seed });
    const { clock, random, trace } = this.kernel;
    const management = createManagementCluster({ clock, random, trace });
    this.#install = () => installDefinitions(management);
    const server = createApiServer({ clock, random, trace, name: "w", version: "v1.34.0" });
    const user = { username: "test", groups: ["system:masters"] };
    const link = { user, actor: "test", clock, random };
    const workloadTransport = inProcessTransport(server, link);
    this.client = createClient({ transport: inProcessTransport(management, link), clock, random });
    this.workload = createClient({ transport: workloadTransport, clock, random });
    this.etcd = new EtcdCluster("default/test", random);
    this.hand = new Hand({ kernel: this.kernel, workload: this.workload, etcd: this.etcd });
    const keyPairs = fixtureKeyPairs(random);
    const refuse = () => Promise.reject(new Error("connection refused"));
    this.#manager = createManager({
      transport: inProcessTransport(management, { ...link, actor: "manager" }),
      clock,
      random,
      logger: { debug: () => {}, info: () => {}, error: (fields) => this.log(fields) },
      workloadDialer: () => ({
        request: (request) =>
          this.isWorkloadReachable && this.etcd.hasQuorum()
            ? workloadTransport.request(request)
            : refuse(),
        watch: (request, sink) => workloadTransport.watch(request, sink),
      }),
      controllers: (base) => {
        const deps = { ...base, recorder: { event: this.#event }, keyPairs };
        return [
          ...bootstrapControllers(deps),
          ...controlPlaneControllers({
            ...deps,
            etcd: this.#etcdClients(),
            apiServerCertificates: {
              expiryMs: async ({ nodeName }) => this.hand.certificateExpiries.get(nodeName) ?? 0,
            },
          }),
          ...this.hand.controllers(deps),
        ];
      },
    });
  }

  readonly #install: () => Promise<void>;
  readonly errors: string[] = [];

  log(fields: Readonly<Record<string, unknown>>): void {
    this.errors.push(JSON.stringify(fields));
  }

  readonly #event = (_object: unknown, _type: string, reason: string, message: string) => {
    this.events.push(`${reason}: ${message}`);
  };

  async start(replicas: number, version = "v1.34.2"): Promise<void> {
    await this.do(this.#install());
    await this.kernel.runFor(1_000);
    this.#manager.start();
    for (const [kind, object] of manifests(replicas, version)) {
      await this.do(this.client.create(kind as Kind<KubeObject>, object as KubeObject));
    }
    const provisioned = {
      status: { initialization: { infrastructureProvisioned: true }, failureDomains },
    };
    await this.do(
      this.client.mergePatch(Cluster, key("test"), provisioned, { subresource: "status" }),
    );
    await this.do(
      this.client.mergePatch(Cluster, key("test"), {
        spec: { controlPlaneEndpoint: { host: "lb.example", port: 6443 } },
      }),
    );
  }

  do<T>(promise: Promise<T>): Promise<T> {
    return this.kernel.complete(promise, { horizonMs: hour });
  }

  machines(): Promise<readonly Machine[]> {
    return this.do(this.client.list(Machine, { namespace }));
  }

  async kcp(): Promise<KubeadmControlPlane> {
    return (await this.do(this.client.get(KubeadmControlPlane, key("test"))))!;
  }

  patchKcp(spec: object): Promise<KubeadmControlPlane> {
    return this.do(this.client.mergePatch(KubeadmControlPlane, key("test"), { spec }));
  }

  /** Lets time pass in steps until the question is answered with yes. */
  async until(question: () => Promise<boolean>, horizonMs = hour): Promise<void> {
    const end = this.kernel.clock.now() + horizonMs;
    while (!(await question())) {
      if (this.kernel.clock.now() > end) {
        const names = (await this.machines()).map((each) => each.metadata.name);
        const { conditions } = (await this.kcp()).status ?? {};
        throw new Error(
          `not reached; machines ${names.join(", ")}\n${JSON.stringify(conditions, null, 1)}\n${this.events.join("\n")}\n${this.errors.slice(-3).join("\n")}`,
        );
      }
      await this.kernel.runFor(5_000);
    }
  }

  async untilReady(replicas: number): Promise<void> {
    await this.until(async () => {
      const { status } = await this.kcp();
      const { generation } = (await this.kcp()).metadata;
      return (
        status?.replicas === replicas &&
        status.upToDateReplicas === replicas &&
        status.readyReplicas === replicas &&
        status.observedGeneration === generation
      );
    });
  }

  stop(): Promise<void> {
    return this.do(this.#manager.stop());
  }

  #etcdClients(): EtcdClientFactory {
    return {
      connect: async ({ nodeName }) => {
        const member = this.etcd.members().find(({ name }) => name === nodeName);
        if (member === undefined || !this.isWorkloadReachable)
          throw new Error("connection refused");
        const { id } = member;
        return {
          status: async () => this.etcd.status(id),
          memberList: async () => this.etcd.memberList(id),
          memberRemove: async (target) => this.etcd.remove(id, target),
          moveLeader: async (target) => this.etcd.moveLeader(id, target),
          alarms: async () => this.etcd.alarms(id),
          close: () => {},
        };
      },
    };
  }

  async imageOf(
    kind: Kind<DaemonSet> | Kind<Deployment>,
    name: string,
  ): Promise<string | undefined> {
    const object = await this.do(
      this.workload.get(kind as Kind<DaemonSet>, { namespace: "kube-system", name }),
    );
    return object?.spec?.template.spec?.containers?.[0]?.image;
  }

  /** A health check has given this machine up. */
  async giveUp(name: string): Promise<void> {
    const machine = (await this.do(this.client.get(Machine, key(name))))!;
    const values = [
      { type: "HealthCheckSucceeded", status: "False", reason: "NodeStartupTimeout" } as const,
      { type: "OwnerRemediated", status: "False", reason: "WaitingForRemediation" } as const,
    ];
    const nowMs = this.kernel.clock.now();
    const conditions = setConditions(machine.status?.conditions, values, { nowMs });
    const patch = { status: { conditions } };
    await this.do(this.client.mergePatch(Machine, key(name), patch, { subresource: "status" }));
  }
}

const failureDomains = ["a", "b", "c"].map((name) => ({ name, controlPlane: true }));

export function key(name: string) {
  return { namespace, name };
}

function manifests(replicas: number, version: string) {
  const reference = (apiGroup: string, kind: string) => ({ apiGroup, kind, name: "test" });
  const metadata = { name: "test", namespace };
  const labels = { "cluster.x-k8s.io/cluster-name": "test" };
  return [
    [
      Cluster,
      {
        apiVersion: "cluster.x-k8s.io/v1beta2",
        kind: "Cluster",
        metadata,
        spec: {
          controlPlaneRef: reference("controlplane.cluster.x-k8s.io", "KubeadmControlPlane"),
          infrastructureRef: reference("infrastructure.cluster.x-k8s.io", "AWSCluster"),
        },
      },
    ],
    [
      AWSMachineTemplate,
      {
        apiVersion: "infrastructure.cluster.x-k8s.io/v1beta2",
        kind: "AWSMachineTemplate",
        metadata,
        spec: { template: { spec: { instanceType: "t3.large" } } },
      },
    ],
    [
      KubeadmControlPlane,
      {
        apiVersion: "controlplane.cluster.x-k8s.io/v1beta2",
        kind: "KubeadmControlPlane",
        metadata: { ...metadata, labels },
        spec: {
          replicas,
          version,
          kubeadmConfigSpec: {
            clusterConfiguration: { controllerManager: { extraArgs: [{ name: "v", value: "2" }] } },
          },
          machineTemplate: {
            spec: {
              infrastructureRef: reference("infrastructure.cluster.x-k8s.io", "AWSMachineTemplate"),
            },
          },
        },
      },
    ],
  ] as const;
}
