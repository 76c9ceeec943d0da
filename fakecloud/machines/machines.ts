import type { FakeAws, InstanceView } from "../aws/contract.ts";
import type { Clock } from "../kernel/clock.ts";
import type { KeyPairSource } from "../kernel/fixture-key-pairs.ts";
import type { Random } from "../kernel/random.ts";
import { noTrace, type TraceSink } from "../kernel/trace.ts";
import type { BootLogLine } from "./boot-log.ts";
import { startCloudController } from "./cloud-controller.ts";
import { runCloudInit } from "./cloud-init/run.ts";
import { Host, PoweredOffError } from "./host.ts";
import { Kubelet } from "./kubelet/kubelet.ts";
import type { KubeadmContext } from "./kubeadm/context.ts";
import { createShell } from "./shell.ts";
import { WorkloadCluster } from "./workload/workload-cluster.ts";

export interface MachinesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace?: TraceSink;
  readonly aws: FakeAws;
  readonly keyPairs: KeyPairSource;
  /** A failure in the fake itself; nobody awaits what machines do. */
  readonly onDefect: (error: unknown) => void;
}

export interface Machines {
  /** The console of an instance; empty if it never booted. */
  bootLog(instanceId: string): readonly BootLogLine[];
  /** One sentence about what keeps the machine from joining; undefined if nothing does. */
  why(instanceId: string): string | undefined;
  /** Clusters that `kubeadm init` has made, in that order. */
  clusters(): readonly WorkloadCluster[];
  close(): void;
}

/** Watches the instances of a fake AWS and lives what happens inside each. */
export function createMachines(options: MachinesOptions): Machines {
  const { clock, random, trace = noTrace, aws, keyPairs, onDefect } = options;
  const hosts = new Map<string, Host>();
  const clusters: WorkloadCluster[] = [];
  const stops: (() => void)[] = [];

  const context: KubeadmContext = {
    keyPairs,
    createCluster: (facts) => {
      const cluster = new WorkloadCluster({ ...facts, clock, random, trace, keyPairs });
      clusters.push(cluster);
      stops.push(startCloudController(cluster, aws), () => cluster.close());
      return cluster;
    },
    startKubelet: (host, cluster, kubelet) => new Kubelet(host, cluster, kubelet).start(),
  };
  const shell = createShell(context);

  const boot = (instance: InstanceView) => {
    const host = new Host(instance, { clock, random, trace, aws });
    hosts.set(instance.instanceId, host);
    live(host, shell).catch((error: unknown) => {
      if (error instanceof PoweredOffError) return; // Whatever it was doing ended with the power.
      onDefect(error);
    });
  };

  aws.onInstanceTransition(({ instance, to }) => {
    if (to === "running") boot(instance);
    else if (to !== "pending") hosts.get(instance.instanceId)?.powerOff();
  });

  return {
    bootLog: (instanceId) => hosts.get(instanceId)?.log.lines ?? [],
    why: (instanceId) => hosts.get(instanceId)?.trouble,
    clusters: () => clusters,
    close: () => {
      for (const host of hosts.values()) host.powerOff();
      for (const stop of stops) stop();
    },
  };
}

async function live(host: Host, shell: ReturnType<typeof createShell>): Promise<void> {
  host.log.write(`booting ${host.instance.imageName}`);
  await host.work("boot", 15_000, 40_000);
  host.event("booted", `${host.instance.privateDnsName}: reached target cloud-init`);
  try {
    await runCloudInit(host, shell);
  } catch (error) {
    if (error instanceof PoweredOffError || !host.isOn) throw error;
    // cloud-init gives up; the machine stays on, useless, and its console says why.
    const { message } = error as Error;
    host.trouble ??= message;
    host.log.write(`cloud-init: ERROR: ${message}`);
  }
}
