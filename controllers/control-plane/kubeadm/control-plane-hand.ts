// oxlint-disable no-restricted-imports, typescript/no-non-null-assertion -- It is a part of the tests: production code never imports it.
import { expect } from "vitest";
import type { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import type { EtcdCluster } from "@seatrial/fakecloud/machines/etcd/etcd-cluster.ts";
import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { MachineFinalizer, PreTerminateHookCleanupAnnotation } from "../../api/constants.ts";
import { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Cluster, Machine } from "../../api/core/v1beta2.ts";
import { AWSMachine } from "../../api/aws/v1beta2.ts";
import { ConfigMap, DaemonSet, Deployment, Node, Pod, Secret } from "../../api/kubernetes.ts";
import { setConditions } from "../../bootstrap/objects/conditions.ts";
import { type Client, keyOf, type KubeObject } from "../../runtime/client.ts";
import { parseTime } from "../../runtime/clock.ts";
import {
  type Controller,
  type ControllerDeps,
  done,
  requeueAfter,
  watch,
} from "../../runtime/controller.ts";

const hour = 60 * 60_000;
const components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"];

function key(name: string) {
  return { namespace: "default", name };
}

interface Surroundings {
  readonly kernel: Kernel;
  readonly workload: Client;
  readonly etcd: EtcdCluster;
}

/**
 * Does what machines, infrastructure and the Machine controller would do: boots a machine once its data is there, and lets it
 * go once nothing holds it.
 */
export class Hand {
  /** Names of machines that never boot. */
  readonly broken = new Set<string>();
  /** When the certificate of the API server on each node expires. */
  readonly certificateExpiries = new Map<string, number>();
  /** The version that kubeadm-config named when each machine joined. */
  readonly joinedWith: string[] = [];
  bootMs = 30_000;
  readonly #kernel: Kernel;
  readonly #workload: Client;
  readonly #etcd: EtcdCluster;

  constructor({ kernel, workload, etcd }: Surroundings) {
    this.#kernel = kernel;
    this.#workload = workload;
    this.#etcd = etcd;
  }

  controllers(deps: ControllerDeps): readonly Controller[] {
    return [
      {
        name: "hand",
        for: watch({ kind: Machine, toRequests: (machine) => [keyOf(machine)] }),
        watches: [
          watch({ kind: KubeadmConfig, toRequests: (config) => [keyOf(config)] }),
          watch({ kind: AWSMachine, toRequests: (machine) => [keyOf(machine)] }),
        ],
        reconciler: {
          reconcile: async (machineKey) => {
            const machine = await deps.client.get(Machine, machineKey);
            if (machine === undefined) return done;
            if (machine.metadata.deletionTimestamp !== undefined)
              return this.#release(deps, machine);
            return this.#boot(deps, machine);
          },
        },
      },
      {
        name: "initialized",
        for: watch({ kind: KubeadmControlPlane, toRequests: (kcp) => [keyOf(kcp)] }),
        reconciler: {
          reconcile: async (kcpKey) => {
            const kcp = await deps.client.get(KubeadmControlPlane, kcpKey);
            const controlPlaneInitialized = kcp?.status?.initialization?.controlPlaneInitialized;
            if (controlPlaneInitialized !== true) return done;
            const status = { initialization: { controlPlaneInitialized } };
            await deps.client.mergePatch(
              Cluster,
              key("test"),
              { status },
              { subresource: "status" },
            );
            return done;
          },
        },
      },
    ];
  }

  async #boot({ client, clock }: ControllerDeps, machine: Machine) {
    const { name } = machine.metadata;
    const config = await client.get(KubeadmConfig, key(name));
    if (config === undefined) return done;
    const owner = {
      apiVersion: machine.apiVersion,
      kind: "Machine",
      name,
      uid: machine.metadata.uid!,
    };
    if (config.metadata.ownerReferences?.some(({ kind }) => kind === "Machine") !== true) {
      const ownerReferences = [{ ...owner, controller: true }];
      await client.mergePatch(KubeadmConfig, key(name), { metadata: { ownerReferences } });
      return done;
    }
    const secret = await client.get(Secret, key(name));
    if (secret === undefined || config.status?.initialization?.dataSecretCreated !== true)
      return done;
    if (machine.status?.nodeRef !== undefined) return this.#reportState(client, machine, config);
    if (this.broken.has(name)) return done;
    const startedMs = parseTime(machine.metadata.creationTimestamp!)!;
    const waitMs = startedMs + this.bootMs - clock.now();
    if (waitMs > 0) return requeueAfter(waitMs);
    await this.#join(name, Buffer.from(secret.data!["value"]!, "base64").toString());
    await client.mergePatch(Machine, key(name), { spec: { providerID: `aws:///${name}` } });
    const status = { nodeRef: { name: `node-${name}` } };
    await client.mergePatch(Machine, key(name), { status }, { subresource: "status" });
    return done;
  }

  async #reportState(client: Client, machine: Machine, config: KubeadmConfig) {
    const expiry = config.metadata.annotations?.["machine.cluster.x-k8s.io/certificates-expiry"];
    if (expiry !== undefined && machine.status?.certificatesExpiryDate === undefined) {
      const status = { certificatesExpiryDate: expiry };
      await client.mergePatch(Machine, keyOf(machine), { status }, { subresource: "status" });
      return done;
    }
    return this.#setReady(client, machine, this.#kernel.clock.now());
  }

  /** Ready is what the Machine controller makes of the readiness gates. */
  async #setReady(client: Client, machine: Machine, nowMs: number) {
    const isTrue = (type: string) =>
      machine.status?.conditions?.some((each) => each.type === type && each.status === "True");
    const gates = machine.spec.readinessGates ?? [];
    const status = gates.every(({ conditionType }) => isTrue(conditionType)) ? "True" : "False";
    const values = ["Ready", "Available"].map(
      (type) => ({ type, status, reason: "Test" }) as const,
    );
    const conditions = setConditions(machine.status?.conditions, values, { nowMs });
    if (isTrue("Ready") === (status === "True") && isTrue("Ready") !== undefined) return done;
    const patch = {
      metadata: { resourceVersion: machine.metadata.resourceVersion },
      status: { conditions },
    };
    await client.mergePatch(Machine, keyOf(machine), patch, { subresource: "status" });
    return done;
  }

  async #join(name: string, userData: string): Promise<void> {
    const nodeName = `node-${name}`;
    this.certificateExpiries.set(nodeName, this.#kernel.clock.now() + 365 * 24 * hour);
    const address = `10.0.0.${this.#etcd.members().length + 1}-${name}`;
    if (userData.includes("kubeadm init")) {
      this.#etcd.bootstrap(nodeName, address, "3.6.4");
      await this.#createAddons();
      await this.#workload.create(ConfigMap, {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { namespace: "kube-system", name: "kubeadm-config" },
        data: {
          ClusterConfiguration:
            "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.2\n",
        },
      });
    } else {
      expect(userData).toContain("kubeadm join");
      const config = await this.#workload.get(ConfigMap, {
        namespace: "kube-system",
        name: "kubeadm-config",
      });
      this.joinedWith.push(
        /kubernetesVersion: (\S+)/.exec(config!.data!["ClusterConfiguration"]!)![1]!,
      );
      const id = this.#etcd.addLearner(address, "3.6.4");
      this.#etcd.start(id, nodeName);
      this.#etcd.promote(id);
    }
    const role = "node-role.kubernetes.io/control-plane";
    await this.#workload.create(Node, {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: nodeName, labels: { [role]: "" } },
      spec: { taints: [{ key: role, effect: "NoSchedule" }] },
    });
    for (const component of components) {
      const pod = { namespace: "kube-system", name: `${component}-${nodeName}` };
      await this.#workload.create(Pod, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { ...pod, labels: { tier: "control-plane", component } },
        spec: { nodeName, containers: [{ name: component, image: "x" }] },
      });
      await this.setPodReady(component, nodeName, true);
    }
  }

  /** What `kubeadm init` leaves behind for kube-proxy and CoreDNS. */
  async #createAddons(): Promise<void> {
    await this.#workload.create(ConfigMap, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "kube-system", name: "coredns" },
      data: { Corefile: ".:53 {\n    forward . /etc/resolv.conf\n}\n" },
    });
    for (const [kind, name, image] of [
      [DaemonSet, "kube-proxy", "registry.k8s.io/kube-proxy:v1.34.2"],
      [Deployment, "coredns", "registry.k8s.io/coredns/coredns:v1.12.1"],
    ] as const) {
      const labels = { "k8s-app": name };
      const template = { metadata: { labels }, spec: { containers: [{ name, image }] } };
      const metadata = { namespace: "kube-system", name };
      const spec = { selector: { matchLabels: labels }, template };
      await this.#workload.create(kind, {
        apiVersion: "apps/v1",
        kind: kind.kind,
        metadata,
        spec,
      } as KubeObject);
    }
  }

  async setPodReady(component: string, nodeName: string, isReady: boolean): Promise<void> {
    const conditions = [{ type: "Ready", status: isReady ? "True" : "False" }];
    const status = { phase: "Running", conditions };
    const pod = { namespace: "kube-system", name: `${component}-${nodeName}` };
    await this.#workload.mergePatch(Pod, pod, { status }, { subresource: "status" });
  }

  async #release({ client, clock }: ControllerDeps, machine: Machine) {
    const { name, annotations, finalizers = [] } = machine.metadata;
    if (annotations?.[PreTerminateHookCleanupAnnotation] !== undefined) {
      return this.#waitForHook(client, machine, clock.now());
    }
    await this.#powerOff(`node-${name}`);
    await client.delete(AWSMachine, key(name));
    await client.delete(KubeadmConfig, key(name));
    if (finalizers.includes(MachineFinalizer)) {
      await client.mergePatch(Machine, key(name), { metadata: { finalizers: [] } });
    }
    return done;
  }

  async #waitForHook(client: Client, machine: Machine, nowMs: number) {
    const reason = "WaitingForPreTerminateHook";
    const { conditions: before } = machine.status ?? {};
    if (before?.some(({ type, reason: r }) => type === "Deleting" && r === reason)) return done;
    const values = [{ type: "Deleting", status: "True", reason } as const];
    const conditions = setConditions(before, values, { nowMs });
    const { resourceVersion } = machine.metadata;
    const patch = { metadata: { resourceVersion }, status: { conditions } };
    await client.mergePatch(Machine, keyOf(machine), patch, { subresource: "status" });
    return done;
  }

  async #powerOff(nodeName: string): Promise<void> {
    const member = this.#etcd.members().find((each) => each.name === nodeName);
    if (member !== undefined) this.#etcd.setUp(member.id, false);
    if (!this.#etcd.hasQuorum()) return;
    await this.#workload.delete(Node, { namespace: "", name: nodeName });
    for (const component of components) {
      const name = `${component}-${nodeName}`;
      await this.#workload.delete(Pod, { namespace: "kube-system", name });
    }
  }
}
