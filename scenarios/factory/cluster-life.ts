import { setTimeout as sleep } from "node:timers/promises";
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { ec2Of, instancesOf, nameOf } from "./ec2-instances.ts";
import type { UpProcess } from "./up-process.ts";

export interface ClusterFacts {
  readonly name: string;
  readonly manifest: string;
  readonly controlPlanes: number;
  readonly workers: number;
}

interface MachineObject {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly version: string };
  readonly status?: {
    readonly nodeRef?: { readonly name: string };
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const patienceMs = 180_000;
const controlPlaneLabel = "cluster.x-k8s.io/control-plane";

/** What a person does to one cluster of a running factory, with kubectl and an AWS client. */
export class ClusterLife {
  readonly factory: UpProcess;
  readonly facts: ClusterFacts;
  #manifest: string;
  #workers: number;
  /** Holds of every list of Machines that is looked at. */
  watch: (machines: readonly MachineObject[]) => void = () => undefined;

  constructor(factory: UpProcess, facts: ClusterFacts) {
    this.factory = factory;
    this.facts = facts;
    this.#manifest = facts.manifest;
    this.#workers = facts.workers;
  }

  get manifest(): string {
    return this.#manifest;
  }

  get deployment(): string {
    return `${this.facts.name}-md-0`;
  }

  /** As a GitOps tool applies it. */
  async apply(): Promise<void> {
    await this.factory.kubectl.ok("apply --server-side --force-conflicts -f -", {
      input: this.#manifest,
    });
  }

  edit(change: (manifest: string) => string): void {
    const changed = change(this.#manifest);
    if (changed === this.#manifest) throw new Error("the edit changes nothing");
    this.#manifest = changed;
  }

  async machines(): Promise<readonly MachineObject[]> {
    const text = await this.factory.kubectl.ok("get machines -o json");
    const { items } = JSON.parse(text) as { readonly items: readonly MachineObject[] };
    this.watch(items);
    return items;
  }

  /** Waits until all Machines that there should be, and no others, are as wanted and ready. */
  async settled(
    wanted: (machine: MachineObject) => boolean = () => true,
  ): Promise<readonly MachineObject[]> {
    const count = this.facts.controlPlanes + this.#workers;
    for (const startedMs = performance.now(); performance.now() - startedMs < patienceMs;) {
      const machines = await this.machines();
      if (machines.length === count && machines.every((one) => isReady(one) && wanted(one))) {
        return machines;
      }
      await sleep(300);
    }
    const machines = await this.factory.kubectl.ok(
      "get clusters,machinedeployments,machinesets,machines",
    );
    throw new Error(`not settled:\n${machines}\n${this.factory.output}`);
  }

  async scale(workers: number): Promise<void> {
    await this.factory.kubectl.ok(
      `scale machinedeployment ${this.deployment} --replicas=${workers}`,
    );
    this.#workers = workers;
  }

  /** Ends the instance of a worker behind everybody's back; returns the Machine's name. */
  async terminateWorker(): Promise<string> {
    const [victim] = (await this.machines()).filter((one) => !isControlPlane(one));
    const name = victim?.metadata.name ?? "";
    const ec2 = ec2Of(this.factory.awsUrl);
    const instance = (await instancesOf(ec2)).find((one) => nameOf(one) === name);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ""] }));
    return name;
  }

  /** Waits until nothing of the cluster is left on the management cluster. */
  async delete(): Promise<void> {
    await this.factory.kubectl.ok(`delete cluster ${this.facts.name} --timeout=${patienceMs}ms`);
  }

  /** resourceVersions of everything that is there to be looked at. */
  async versions(): Promise<string> {
    const kinds =
      "clusters,machines,machinesets,machinedeployments,kubeadmcontrolplanes,kubeadmconfigs,awsclusters,awsmachines,awsmachinetemplates,secrets,configmaps,clusterresourcesets";
    const columns =
      "custom-columns=K:.kind,N:.metadata.name,V:.metadata.resourceVersion,M:.metadata.managedFields[*].manager";
    return this.factory.kubectl.ok(`get ${kinds} -o ${columns}`);
  }
}

export function isControlPlane({ metadata }: MachineObject): boolean {
  return controlPlaneLabel in metadata.labels;
}

function isReady({ status }: MachineObject): boolean {
  const conditions = status?.conditions ?? [];
  return conditions.some((one) => one.type === "Ready" && one.status === "True");
}
