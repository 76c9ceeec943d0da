import type { FakeAws, InstanceView } from "../aws/contract.ts";
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
import type { KubeadmContext } from "./kubeadm/context.ts";
import { createShell } from "./shell/shell.ts";
import { whyNotReady } from "./why.ts";
import { WorkloadCluster } from "./workload/workload-cluster.ts";

export interface MachinesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace?: TraceSink;
  readonly faults?: Faults;
  readonly aws: FakeAws;
  readonly keyPairs: KeyPairSource;
  /** A failure in the fake itself; nobody awaits what machines do. */
  readonly onDefect: (error: unknown) => void;
}

export interface Machines {
  /** The console of an instance; empty if it never booted. */
  bootLog(instanceId: string): readonly BootLogLine[];
  /** One sentence about what keeps the machine from joining, or its Node from being ready; undefined if nothing does. */
  why(instanceId: string): string | undefined;
  /** Clusters that `kubeadm init` has made and that still have a control-plane machine, in that order. */
  clusters(): readonly WorkloadCluster[];
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
  #clusters: WorkloadCluster[] = [];
  readonly #shell: ReturnType<typeof createShell>;

  constructor(options: MachinesOptions) {
    this.#options = options;
    this.#shell = createShell(this.#context());
    options.aws.onInstanceTransition(({ instance, to }) => {
      if (to === "running") this.#powerOn(instance);
      else if (to !== "pending") this.#hosts.get(instance.instanceId)?.powerOff();
      if (to === "terminated") this.#forget(instance.instanceId);
    });
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

  close(): void {
    for (const host of this.#hosts.values()) host.powerOff();
    for (const cluster of this.#clusters) cluster.close();
    this.#clusters = [];
  }

  #powerOn(instance: InstanceView): void {
    const { clock, random, trace = noTrace, faults = noFaults, aws, onDefect } = this.#options;
    const { instanceId } = instance;
    const host =
      this.#hosts.get(instanceId) ?? new Host(instance, { clock, random, trace, faults, aws });
    this.#hosts.set(instanceId, host);
    host.powerOn();
    boot(host, this.#shell).catch((error: unknown) => {
      if (error instanceof PoweredOffError) return; // Whatever it was doing ended with the power.
      onDefect(error);
    });
  }

  /** Disks go with the instance; a cluster whose last etcd member has lost its disk is nowhere any more. */
  #forget(instanceId: string): void {
    this.#kubelets.delete(instanceId);
    for (const cluster of this.#clusters) cluster.loseDisk(instanceId);
    this.#clusters = this.#clusters.filter((cluster) => !cluster.isLost);
  }

  #context(): KubeadmContext {
    const { clock, random, trace = noTrace, faults = noFaults, aws, keyPairs } = this.#options;
    return {
      keyPairs,
      createCluster: (facts) => {
        const cluster = new WorkloadCluster({ ...facts, clock, random, trace, keyPairs });
        this.#clusters = [...this.#clusters, cluster];
        cluster.onClose(startCloudController({ cluster, aws, faults }));
        return cluster;
      },
      startKubelet: async (host, cluster, kubelet) => {
        host.files.set("/etc/kubernetes/kubelet.conf", "# kubeconfig\n");
        await host.enable("kubelet", async () => {
          const process = new Kubelet(host, cluster, kubelet);
          this.#kubelets.set(host.instance.instanceId, process);
          await process.start();
        });
      },
    };
  }
}
