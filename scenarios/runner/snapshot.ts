/** What expressions see of a world at one instant. Whole numbers are bigints, as CEL wants them. */
export interface Snapshot {
  readonly clusters: readonly ClusterFacts[];
  readonly machines: readonly MachineFacts[];
  readonly deployments: readonly ReplicaFacts[];
  readonly controlPlanes: readonly ReplicaFacts[];
  readonly awsMachines: readonly AwsMachineFacts[];
  readonly nodes: readonly NodeFacts[];
  /** Pods of workload clusters. */
  readonly pods: readonly PodFacts[];
  /** One for each control-plane machine whose API server runs. */
  readonly apiServers: readonly ApiServerFacts[];
  /** Events of the management cluster. */
  readonly events: readonly EventFacts[];
  /** What keeps a Machine from joining, or its Node from being ready; no line for those that nothing keeps. */
  readonly reasons: readonly MachineText[];
  /** The whole boot log of each Machine's instance. */
  readonly consoles: readonly MachineText[];
  /** Instances that are not terminated, of every account. */
  readonly instances: readonly InstanceFacts[];
  /** "type/id" of everything in the cloud that was not there when the run began. */
  readonly inventory: readonly string[];
}

export interface ConditionFacts {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** By type. */
export type Conditions = Readonly<Record<string, ConditionFacts>>;

export interface AwsMachineFacts {
  readonly name: string;
  readonly ready: boolean;
  readonly instance: string;
  readonly conditions: Conditions;
}

export interface PodFacts {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly phase: string;
  readonly ready: boolean;
}

export interface ApiServerFacts {
  readonly cluster: string;
  readonly version: string;
}

export interface EventFacts {
  /** "AWSMachine/md-0-abc". */
  readonly about: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export interface MachineText {
  readonly machine: string;
  readonly text: string;
}

export interface ClusterFacts {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly available: boolean;
  readonly deleting: boolean;
  readonly paused: boolean;
  readonly conditions: Conditions;
}

export interface MachineFacts {
  readonly namespace: string;
  readonly name: string;
  readonly cluster: string;
  /** Name of the MachineDeployment; empty for control-plane Machines. */
  readonly deployment: string;
  readonly controlPlane: boolean;
  readonly phase: string;
  readonly ready: boolean;
  readonly available: boolean;
  readonly upToDate: boolean;
  readonly version: string;
  readonly node: string;
  readonly providerID: string;
  readonly failureDomain: string;
  readonly deleting: boolean;
  /** RFC 3339. */
  readonly created: string;
  readonly conditions: Conditions;
}

export interface ReplicaFacts {
  readonly namespace: string;
  readonly name: string;
  readonly cluster: string;
  readonly desired: bigint;
  readonly replicas: bigint;
  readonly ready: bigint;
  readonly available: bigint;
  readonly upToDate: bigint;
  /** The status describes the spec of now. */
  readonly observed: boolean;
}

export interface NodeFacts {
  readonly cluster: string;
  readonly name: string;
  readonly ready: boolean;
  readonly version: string;
  /** Keys. */
  readonly taints: readonly string[];
}

export interface InstanceFacts {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly type: string;
  readonly zone: string;
}

/** LIV-1: everything that is wanted is there, up to date and available, and nothing is on its way out. */
export function unconverged(snapshot: Snapshot): readonly string[] {
  return [...gaps(snapshot)];
}

export function isConverged(snapshot: Snapshot): boolean {
  return gaps(snapshot).next().done === true;
}

/** One by one: as long as there is a gap, most looks need only the first. */
function* gaps(snapshot: Snapshot): Generator<string, void> {
  for (const cluster of snapshot.clusters) yield* clusterGap(cluster);
  for (const owner of snapshot.controlPlanes) yield* replicaGap("KubeadmControlPlane", owner);
  for (const owner of snapshot.deployments) yield* replicaGap("MachineDeployment", owner);
  const running = snapshot.instances.filter(({ state }) => state === "running");
  const ready = snapshot.nodes.filter((node) => node.ready);
  const truth = {
    running: new Set(running.map(({ id }) => id)),
    ready: new Set(ready.map(({ cluster, name }) => `${cluster}/${name}`)),
  };
  for (const machine of snapshot.machines) yield* machineGap(machine, truth);
}

function clusterGap(cluster: ClusterFacts): readonly string[] {
  const name = `Cluster ${cluster.namespace}/${cluster.name}`;
  if (cluster.deleting) return [`${name} is being deleted`];
  if (!cluster.available) return [`${name} is not Available (phase ${cluster.phase})`];
  return [];
}

function replicaGap(kind: string, owner: ReplicaFacts): readonly string[] {
  const name = `${kind} ${owner.namespace}/${owner.name}`;
  if (!owner.observed) return [`${name} has a spec that its status does not describe yet`];
  const { desired, replicas, ready, available, upToDate } = owner;
  if ([replicas, ready, available, upToDate].every((count) => count === desired)) return [];
  return [
    `${name} wants ${desired} and has ${replicas} (${ready} ready, ${available} available, ${upToDate} up to date)`,
  ];
}

/** What is so, beside what objects claim. */
interface Truth {
  /** IDs of the instances that run. */
  readonly running: ReadonlySet<string>;
  /** `cluster/name` of the Nodes that are ready: two clusters may have Nodes of one name. */
  readonly ready: ReadonlySet<string>;
}

function machineGap(machine: MachineFacts, { running, ready }: Truth): readonly string[] {
  const name = `Machine ${machine.namespace}/${machine.name}`;
  if (machine.deleting) return [`${name} is being deleted`];
  if (machine.phase !== "Running") return [`${name} is ${machine.phase || "without a phase"}`];
  // Nobody may have noticed yet what has happened to it.
  const instanceId = machine.providerID.split("/").at(-1) ?? "";
  if (!running.has(instanceId)) return [`the instance of ${name} does not run`];
  return ready.has(`${machine.cluster}/${machine.node}`)
    ? []
    : [`Node ${machine.node} of ${name} is not Ready`];
}
