import type { FakeAws, FakeAwsOptions } from "@seatrial/fakecloud/aws/contract.ts";
import { Mirror } from "@seatrial/fakecloud/kubernetes/persistence/mirror.ts";
import {
  forgetCluster,
  loadStore,
  persistCluster,
  writeThrough,
} from "@seatrial/fakecloud/kubernetes/persistence/persist-cluster.ts";
import type {
  StateChange,
  StateDatabase,
} from "@seatrial/fakecloud/kubernetes/persistence/state-database.ts";
import type { Clock } from "@seatrial/fakecloud/kernel/clock.ts";
import type { ClusterState } from "@seatrial/fakecloud/kubernetes/cluster-state.ts";
import type { Machines, MachinesOptions } from "@seatrial/fakecloud/machines/machines.ts";
import type {
  ClusterFacts,
  HostSnapshot,
  MachinesSnapshot,
} from "@seatrial/fakecloud/machines/snapshot.ts";
import type { WorkloadCluster } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";

/** Calls that change nothing that has to be kept. */
const reading = /^(Describe|Get(?!SessionToken)|Head|List)/;

/** How long what changes without a call, such as the health of targets, may stay unwritten. */
const longestMs = 1000;

/** The database's name for a workload cluster: its own could be that of the management cluster. */
const workloadName = (name: string) => `workload/${name}`;

/**
 * What makes a factory go on where it was: the management cluster, the objects of every workload cluster, the AWS state with
 * what is pending, and the inside of the machines, in one database and one order of writes. Objects are written as they
 * change; AWS and machines are compared with what was written last, at every commit.
 */
export class FactoryState {
  readonly #database: StateDatabase;
  readonly #clock: Clock;
  readonly #aws = new Mirror("aws");
  readonly #machines = new Mirror("machines");
  readonly #savedAws: ReturnType<Mirror["load"]>;
  #awsChanged = true;
  #awsWrittenMs = 0;

  constructor(database: StateDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#savedAws = this.#aws.load(database);
  }

  /** For the fake AWS. */
  awsOptions(): Pick<FakeAwsOptions, "durable" | "restore"> {
    return {
      ...(this.#savedAws.size === 0 ? {} : { restore: this.#savedAws }),
      durable: (call) => {
        if (call !== undefined && reading.test(call.operation)) return this.#database.pending;
        this.#awsChanged = true;
        return this.#database.write([]);
      },
    };
  }

  /** For the machines. */
  machinesOptions(): Pick<MachinesOptions, "onCluster" | "onClusterLost" | "restore"> {
    return {
      restore: this.#loadMachines(),
      onCluster: ({ name, state }: WorkloadCluster) =>
        writeThrough(state.store, this.#database, workloadName(name)),
      onClusterLost: (name) => void forgetCluster(this.#database, workloadName(name)),
    };
  }

  #loadMachines(): MachinesSnapshot {
    const saved = this.#machines.load(this.#database);
    const records = <T>(table: string) => (saved.get(table) ?? []).map(([, record]) => record as T);
    return {
      hosts: records<HostSnapshot>("hosts"),
      clusters: records<ClusterFacts>("clusters").map((facts) => ({
        ...facts,
        store: loadStore(this.#database, workloadName(facts.name)) ?? { revision: 1, objects: [] },
      })),
    };
  }

  /** To be called once both are there. */
  keep(aws: Pick<FakeAws, "save">, machines: Pick<Machines, "save">): void {
    this.#database.alsoCommit(() => [...this.#awsChanges(aws), ...this.#machineChanges(machines)]);
  }

  /** Brings the management cluster back, and writes it through from then on. */
  readonly prepareManagement = (state: ClusterState): void => {
    persistCluster(state, this.#database);
  };

  /** Everything as it is now; nothing is acknowledged afterwards. */
  async close(): Promise<void> {
    this.#awsChanged = true;
    await this.#database.write([]);
    this.#database.close();
  }

  #awsChanges(aws: Pick<FakeAws, "save">): readonly StateChange[] {
    const now = this.#clock.now();
    if (!this.#awsChanged && now - this.#awsWrittenMs < longestMs) return [];
    this.#awsChanged = false;
    this.#awsWrittenMs = now;
    return this.#aws.changes(aws.save());
  }

  #machineChanges(machines: Pick<Machines, "save">): readonly StateChange[] {
    const { hosts, clusters } = machines.save();
    return this.#machines.changes(
      new Map<string, readonly (readonly [string, unknown])[]>([
        ["hosts", hosts.map((host) => [host.instanceId, host] as const)],
        ["clusters", clusters.map((cluster) => [cluster.name, cluster] as const)],
      ]),
    );
  }
}
