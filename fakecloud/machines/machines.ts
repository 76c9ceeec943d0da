import type { MachineCloud, InstanceView } from "../aws/contract.ts";
import type { Clock } from "../kernel/clock.ts";
import { type Faults, noFaults } from "../kernel/faults.ts";
import type { KeyPairSource } from "../kernel/fixture-key-pairs.ts";
import type { Random } from "../kernel/random.ts";
import { noTrace, type TraceSink } from "../kernel/trace.ts";
import type { BootLogLine } from "./boot-log.ts";
import { startCloudController } from "./cloud-controller.ts";
import { boot } from "./boot.ts";
import { Host, PoweredOffError } from "./host.ts";
import { Kubelet } from "./kubelet/kubelet.ts";
import type { ClusterIdentity, KubeadmContext } from "./kubeadm/context.ts";
import { resumeRoles } from "./resume.ts";
import { createShell } from "./shell/shell.ts";
import type { HostSnapshot, MachinesSnapshot, SavedMachines } from "./snapshot.ts";
import { whyNotReady } from "./why.ts";
import { WorkloadCluster } from "./workload/workload-cluster.ts";

export interface MachinesOptions {
  readonly clock: Clock;
  /**
   * Where `clock` shortens delays, this one does not: heartbeats and everything that is computed from timestamps go by it.
   * `clock` if not given.
   */
  readonly wallClock?: Clock;
  readonly random: Random;
  readonly trace?: TraceSink;
  readonly faults?: Faults;
  readonly aws: MachineCloud;
  readonly keyPairs: KeyPairSource;
  /** A failure in the fake itself; nobody awaits what machines do. */
  readonly onDefect: (error: unknown) => void;
  /** What an earlier process has saved; the instances themselves are the fake AWS's to restore, and come first. */
  readonly restore?: MachinesSnapshot;
  /** Told of each cluster when it has been made or restored, and of the name of one that nobody has the data of any more. */
  readonly onCluster?: (cluster: WorkloadCluster) => void;
  readonly onClusterLost?: (name: string) => void;
}

export interface Machines {
  /** The console of an instance; empty if it never booted. */
  bootLog(instanceId: string): readonly BootLogLine[];
  /** One sentence about what keeps the machine from joining, or its Node from being ready; undefined if nothing does. */
  why(instanceId: string): string | undefined;
  /** Clusters that `kubeadm init` has made and that still have a control-plane machine, in that order. */
  clusters(): readonly WorkloadCluster[];
  /** Everything inside all machines but the objects of their clusters, which are their stores' to save. */
  save(): SavedMachines;
  close(): void;
}

/** Watches the instances of a fake AWS and lives what happens inside each. */
export function createMachines(options: MachinesOptions): Machines {
  return new LivingMachines(options);
}

class LivingMachines implements Machines {
  readonly #options: MachinesOptions;
  readonly #hosts = new Map<string, Host>();
  readonly #kubelets = new Map<string, Kubelet>();
  /** Instances whose console can still be read, and nothing else. */
  readonly #terminated = new Set<string>();
  #clusters: WorkloadCluster[] = [];
  readonly #context: KubeadmContext;
  readonly #shell: ReturnType<typeof createShell>;

  constructor(options: MachinesOptions) {
    this.#options = options;
    this.#context = this.#createContext();
    this.#shell = createShell(this.#context);
    options.aws.onInstanceTransition(({ instance, to }) => {
      if (to === "running") this.#powerOn(instance);
      else if (to !== "pending") this.#hosts.get(instance.instanceId)?.powerOff();
      if (to === "terminated") this.#forget(instance.instanceId);
    });
    if (options.restore !== undefined) this.#restore(options.restore);
  }

  bootLog(instanceId: string): readonly BootLogLine[] {
    return this.#hosts.get(instanceId)?.log.lines ?? [];
  }

  why(instanceId: string): string | undefined {
    const host = this.#hosts.get(instanceId);
    if (host === undefined) return undefined;
    return host.trouble ?? whyNotReady(host, this.#kubelets.get(instanceId));
  }

  clusters(): readonly WorkloadCluster[] {
    return this.#clusters;
  }

  save(): SavedMachines {
    const hosts = [...this.#hosts.values()].filter(
      ({ instance }) => !this.#terminated.has(instance.instanceId),
    );
    return {
      hosts: hosts.map((host) => host.snapshot()),
      clusters: this.#clusters.map((cluster) => cluster.facts()),
    };
  }

  close(): void {
    for (const host of this.#hosts.values()) host.powerOff();
    for (const cluster of this.#clusters) cluster.close();
    this.#clusters = [];
  }

  #powerOn(instance: InstanceView): void {
    const host = this.#hosts.get(instance.instanceId) ?? this.#newHost(instance);
    host.powerOn();
    this.#watch(boot(host, this.#shell));
  }

  #newHost(instance: InstanceView): Host {
    const { clock, random, trace = noTrace, faults = noFaults, aws } = this.#options;
    const host = new Host(instance, { clock, random, trace, faults, aws });
    this.#hosts.set(instance.instanceId, host);
    return host;
  }

  /** Nobody awaits what a machine does; only what is no power failure is a failure of the fake. */
  #watch(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof PoweredOffError)) this.#options.onDefect(error);
    });
  }

  /** Clusters first, then what runs on each machine; a machine that was still being set up begins anew. */
  #restore({ hosts, clusters }: MachinesSnapshot): void {
    const { aws, onClusterLost } = this.#options;
    const exists = (id: string) => (aws.instance(id)?.state ?? "terminated") !== "terminated";
    for (const snapshot of clusters) {
      if (snapshot.disks.some(exists)) this.#newCluster(snapshot).restore(snapshot);
      else onClusterLost?.(snapshot.name);
    }
    for (const snapshot of hosts) {
      const instance = aws.instance(snapshot.instanceId);
      if (instance !== undefined && instance.state !== "terminated")
        this.#resume(instance, snapshot);
    }
    for (const instance of aws.instances()) {
      const isNew = !this.#hosts.has(instance.instanceId);
      if (isNew && instance.state === "running") this.#powerOn(instance);
    }
  }

  #resume(instance: InstanceView, snapshot: HostSnapshot): void {
    const host = this.#newHost(instance);
    host.restore(snapshot);
    if (instance.state !== "running") host.powerOff();
    const clusters = this.#clusters;
    this.#watch(resumeRoles(host, { snapshot, context: this.#context, clusters }));
    if (snapshot.isSetUp) return;
    host.isBegunAnew = true;
    if (instance.state === "running") this.#powerOn(instance);
  }

  /** Clusters of one name in two namespaces are two clusters. */
  #uniqueName(wanted: string): string {
    const taken = new Set(this.#clusters.map(({ name }) => name));
    for (let number = 2, name = wanted; ; number += 1) {
      if (!taken.has(name)) return name;
      name = `${wanted}-${number}`;
    }
  }

  /** Disks go with the instance; a cluster whose last etcd member has lost its disk is nowhere any more. */
  #forget(instanceId: string): void {
    this.#terminated.add(instanceId);
    this.#kubelets.delete(instanceId);
    this.#hosts.get(instanceId)?.files.clear(); // The console can still be read, as on AWS.
    for (const cluster of this.#clusters) {
      cluster.loseDisk(instanceId);
      if (cluster.isLost) this.#options.onClusterLost?.(cluster.name);
    }
    this.#clusters = this.#clusters.filter((cluster) => !cluster.isLost);
  }

  #newCluster(facts: ClusterIdentity): WorkloadCluster {
    const { clock, random, trace = noTrace, faults = noFaults, aws, keyPairs } = this.#options;
    const name = this.#uniqueName(facts.name);
    const { wallClock = clock } = this.#options;
    const options = { ...facts, name, clock, wallClock, random, trace, keyPairs };
    const cluster = new WorkloadCluster(options);
    this.#clusters = [...this.#clusters, cluster];
    this.#options.onCluster?.(cluster);
    cluster.onClose(startCloudController({ cluster, aws, faults }));
    return cluster;
  }

  #createContext(): KubeadmContext {
    return {
      keyPairs: this.#options.keyPairs,
      createCluster: ({ instanceId, ...facts }) =>
        // Begun on this machine before, and not finished: kubeadm goes on with what is there.
        this.#clusters.find((cluster) => cluster.hasDisk(instanceId)) ?? this.#newCluster(facts),
      startKubelet: async (host, cluster, kubelet) => {
        host.files.set("/etc/kubernetes/kubelet.conf", "# kubeconfig\n");
        const args = Object.fromEntries(kubelet.args);
        host.roles.kubelet = { ...kubelet, args, cluster: cluster.name };
        await host.enable("kubelet", async () => {
          const process = new Kubelet(host, cluster, kubelet);
          this.#kubelets.set(host.instance.instanceId, process);
          await process.start();
        });
      },
    };
  }
}
