import type {
  MachineCloud,
  InstanceState,
  InstanceTransition,
  InstanceView,
} from "../aws/contract.ts";
import { fixtureKeyPairs } from "../kernel/fixture-key-pairs.ts";
import type { Faults } from "../kernel/faults.ts";
import { Kernel } from "../kernel/kernel.ts";
import type { Network } from "../network/contract.ts";
import { addInstance, clusterTopology, type MemoryTopology } from "../network/memory-topology.ts";
import { EnforcedNetwork } from "../network/network.ts";
import { createMachines, type Machines } from "./machines.ts";
import type { MachinesSnapshot } from "./snapshot.ts";

/** The name that the control plane is called by in tests: it leads to the first API server that is up. */
export const endpointHost = "api.test";
const apiPort = 6443;

export interface LaunchOptions {
  readonly role?: "control-plane" | "node";
  readonly imageName?: string;
  readonly instanceType?: string;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** An AWS that is nothing but instances, one VPC, and secrets: for tests of what happens inside machines. */
export class TestCloud {
  readonly kernel: Kernel;
  readonly topology: MemoryTopology;
  readonly network: Network;
  machines: Machines;
  readonly #faults: Faults | undefined;
  readonly secrets = new Map<string, Uint8Array>();
  /** False: the endpoint leads nowhere, as behind a load balancer without targets. */
  endpointWorks = true;
  readonly #instances = new Map<string, Mutable<InstanceView>>();
  readonly #listeners: ((transition: InstanceTransition) => void)[] = [];

  constructor(seed = "1", faults?: Faults) {
    this.kernel = new Kernel({ seed });
    this.topology = clusterTopology();
    this.#openEtcdPorts();
    const { clock, random } = this.kernel;
    const inner = new EnforcedNetwork({ topology: this.topology, clock, random });
    this.network = this.#withEndpoint(inner);
    this.#faults = faults;
    this.machines = this.#createMachines(undefined);
  }

  /** As if the process had been killed and started again: all that is left is what was saved, as JSON. */
  restartProcess(): void {
    const { hosts, clusters } = this.machines.save();
    const stores = new Map(
      this.machines.clusters().map(({ name, state }) => [name, state.store.snapshot()]),
    );
    const withStores = clusters.map((facts) => ({ ...facts, store: stores.get(facts.name) }));
    const text = JSON.stringify({ hosts, clusters: withStores });
    const saved = JSON.parse(text) as MachinesSnapshot;
    this.#listeners.length = 0;
    this.machines.close();
    this.machines = this.#createMachines(saved);
  }

  #createMachines(restore: MachinesSnapshot | undefined): Machines {
    const { clock, random, trace } = this.kernel;
    return createMachines({
      clock,
      random,
      trace,
      aws: this.#aws(),
      keyPairs: fixtureKeyPairs(random),
      onDefect: (error) => this.kernel.fail(error),
      ...(this.#faults === undefined ? {} : { faults: this.#faults }),
      ...(restore === undefined ? {} : { restore }),
    });
  }

  /** Brings an instance to `running`, which boots it. Returns its ID. */
  launch(name: string, userData: string | Uint8Array, options: LaunchOptions = {}): string {
    const { role = "node", imageName = "capa-ami-ubuntu-24.04-v1.34.2-test" } = options;
    const instanceId = `i-${name}`;
    const index = this.#instances.size + 1;
    const ip = role === "node" ? `10.0.3.${index + 30}` : `10.0.2.${index + 30}`;
    const subnetId = role === "node" ? "subnet-private-b" : "subnet-private-a";
    addInstance(this.topology, instanceId, {
      subnetId,
      ip,
      group: role === "node" ? "sg-node" : "sg-cp",
    });
    const instance: InstanceView = {
      instanceId,
      accountId: "123456789012",
      region: "eu-west-1",
      zone: role === "node" ? "eu-west-1b" : "eu-west-1a",
      state: "running",
      instanceType: options.instanceType ?? "t3.large",
      imageId: "ami-test",
      imageName,
      vpcId: "vpc-1",
      subnetId,
      privateIp: ip,
      privateDnsName: `ip-${ip.replaceAll(".", "-")}.eu-west-1.compute.internal`,
      securityGroupIds: [],
      tags: { Name: name },
      userData: typeof userData === "string" ? Buffer.from(userData) : userData,
      metadataOptions: { httpTokens: "optional", httpEndpoint: "enabled" },
      launchedAtMs: this.kernel.clock.now(),
    };
    this.#instances.set(instanceId, instance);
    for (const listener of this.#listeners) listener({ instance, from: "pending", to: "running" });
    return instanceId;
  }

  setState(instanceId: string, to: InstanceState): void {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw new Error(`no instance ${instanceId}`);
    const from = instance.state;
    instance.state = to;
    this.topology.setState(instanceId, to);
    for (const listener of this.#listeners) listener({ instance, from, to });
  }

  terminate(instanceId: string): void {
    this.setState(instanceId, "shutting-down");
    this.setState(instanceId, "terminated");
  }

  nodeName(instanceId: string): string {
    return this.#instances.get(instanceId)?.privateDnsName ?? "";
  }

  log(instanceId: string): string {
    return this.machines
      .bootLog(instanceId)
      .map(({ text }) => text)
      .join("\n");
  }

  #openEtcdPorts(): void {
    const group = this.topology.securityGroups.get("sg-cp");
    if (group === undefined) throw new Error("no group for control planes");
    const etcd = { egress: false, protocol: "tcp", fromPort: 2379, toPort: 2380, groupId: "sg-cp" };
    group.rules = [...group.rules, etcd];
  }

  #withEndpoint(inner: EnforcedNetwork): Network {
    return {
      listen: (instanceId, port, service) => inner.listen(instanceId, port, service),
      resolve: (from, name) => inner.resolve(from, name),
      changes: () => inner.changes(),
      canReach: (from, host, port) => {
        if (host !== endpointHost || !this.endpointWorks) return inner.canReach(from, host, port);
        // Whether a machine answers on its own address is what a health check would find out.
        const targets = [...this.#instances.values()].map(({ instanceId }) =>
          inner.canReach({ from: "instance", instanceId }, "127.0.0.1", apiPort),
        );
        const reached = targets.find((reach) => reach.reachable);
        if (reached !== undefined) return reached;
        return {
          reachable: false,
          obstacle: {
            code: "NoHealthyTargets",
            message: `no target behind ${endpointHost} is healthy`,
            silent: false,
          },
        };
      },
    };
  }

  #aws(): MachineCloud {
    return {
      network: this.network,
      callFromInstance: (_instanceId, service, operation, input) =>
        this.#call(service, operation, input),
      instance: (instanceId) => this.#instances.get(instanceId),
      instances: () => [...this.#instances.values()],
      onInstanceTransition: (listener) => void this.#listeners.push(listener),
    };
  }

  #call(
    service: string,
    operation: string,
    { SecretId = "" }: { readonly SecretId?: string },
  ): Promise<unknown> {
    const SecretBinary = this.secrets.get(SecretId);
    if (service !== "secretsmanager" || SecretBinary === undefined) {
      const error = new Error(`${operation} ${SecretId} is not allowed`);
      error.name = "AccessDeniedException";
      return Promise.reject(error);
    }
    if (operation === "DeleteSecret") this.secrets.delete(SecretId);
    return Promise.resolve({ SecretBinary });
  }
}
