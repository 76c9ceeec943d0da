import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { createAwsClientFactory } from "@seatrial/controllers/aws/clients.ts";
import type { Client, Kind, KubeObject } from "@seatrial/controllers/runtime/client.ts";
import { createClient } from "@seatrial/controllers/runtime/dynamic-client.ts";
import { adminRoutes } from "@seatrial/fakecloud/admin/routes.ts";
import type { Fault } from "@seatrial/fakecloud/aws/faults/fault.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { InProcessRequestHandler } from "@seatrial/fakecloud/wire/request-handler.ts";
import {
  findMachine,
  type Sources,
  type Waiting,
  whyCluster,
  whySentence,
} from "../cli/find-machine.ts";
import { formatLogLine } from "../cli/logs.ts";
import { kinds } from "../cli/management.ts";
import { parseManifests } from "../runner/parse-manifests.ts";
import type { Apply, Manifest } from "../runner/scenario.ts";
import type { Snapshot } from "../runner/snapshot.ts";
import { createWorld, type World } from "../runner/world.ts";

const minute = 60_000;
const lookMs = 20_000;
/** Nothing checks the secret of the simulated account. */
const credentials = { accessKeyId: "AKIASIMULATION000000", secretAccessKey: "simulation" };
const person = { username: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };

/** What somebody with the AWS console has in hand. */
export interface Console {
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingClient;
  /** Out-of-band changes and shortages that are known as faults. */
  fault(effect: Fault["do"]): void;
}

/** What people see of a mistake: lines of text in which IDs, addresses and times are blotted out. */
export interface Sight {
  /** "Machine/small-md-0-* NodeHealthy=Unknown ConnectionDown: …", of everything that is not as it should be. */
  readonly conditions: readonly string[];
  /** "AWSMachine/small-md-0-* Warning FailedCreate: …"; those of the workload cluster begin with "in small: ". */
  readonly events: readonly string[];
  /** What `seatrial logs MACHINE` prints. */
  readonly log: readonly string[];
  /** What `seatrial why MACHINE` prints. */
  readonly why: string;
}

/** Of whom `why` is asked: the Cluster, or the youngest Machine of a kind. */
export type Role = "cluster" | "control plane" | "worker";

/** The small example in a simulated world, with somebody who makes a mistake in AWS. */
export class MistakenCluster {
  readonly #world: World;
  readonly #client: Client;
  readonly console: Console;

  constructor(extra: readonly Manifest[] = []) {
    const file = fileURLToPath(new URL("../../examples/small.yaml", import.meta.url));
    const example = parseManifests(readFileSync(file, "utf8"), "small.yaml", {});
    this.#world = createWorld({
      seed: "1",
      cloud: { profile: "faithful" },
      keepTrace: false,
      awsWire: false,
      excepted: new Set(),
      manifests: new Map([["small.yaml", [...example, ...extra]]]),
    });
    const { aws, management, kernel } = this.#world;
    const { clock, random } = kernel;
    const transport = inProcessTransport(management, {
      user: person,
      actor: "kubectl",
      clock,
      random,
    });
    this.#client = createClient({ transport, clock, random });
    const requestHandler = new InProcessRequestHandler({
      handle: (request) => aws.handle(request),
      clock,
      random,
    });
    const factory = createAwsClientFactory({
      clock,
      random,
      credentials,
      isolated: true,
      requestHandler,
    });
    const { ec2, elb } = factory.clients("eu-west-1");
    this.console = { ec2, elb, fault: (effect) => void aws.faults.inject({ do: effect }) };
  }

  /** Half a second, in which the management cluster gets its definitions. */
  start(): Promise<void> {
    return this.#world.kernel.runFor(500);
  }

  apply(changes: Omit<Apply, "manifests">): Promise<void> {
    return this.run(this.#world.perform({ apply: { manifests: ["small.yaml"], ...changes } }));
  }

  /** Otherwise the provider would put right what was done wrong at its next look; what it is doing just now it finishes. */
  async pause(): Promise<void> {
    const annotations = { "cluster.x-k8s.io/paused": "" };
    const set = { metadata: { annotations } };
    await this.run(this.#world.perform({ patch: { target: "awscluster/small", set } }));
    await this.#world.kernel.runFor(5_000);
  }

  scaleWorkers(replicas: number): Promise<void> {
    return this.run(
      this.#world.perform({ scale: { target: "machinedeployment/small-md-0", replicas } }),
    );
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.#world.kernel.complete(work, { horizonMs: 10 * minute });
  }

  async until(holds: (snapshot: Snapshot) => boolean, withinMs = 30 * minute): Promise<void> {
    const { kernel } = this.#world;
    const endMs = kernel.clock.now() + withinMs;
    while (!holds(this.#world.snapshot())) {
      if (kernel.clock.now() > endMs) throw new Error("what was waited for has not come about");
      await kernel.runFor(1_000);
    }
  }

  /** Looks now and then until all is to be seen that is looked for, or the time is over; returns what was seen last. */
  async watch(role: Role, isEnough: (sight: Sight) => boolean, withinMs: number): Promise<Sight> {
    const { kernel } = this.#world;
    const endMs = kernel.clock.now() + withinMs;
    for (;;) {
      const sight = await this.#look(role);
      if (isEnough(sight) || kernel.clock.now() >= endMs) return sight;
      await kernel.runFor(lookMs);
    }
  }

  async #look(role: Role): Promise<Sight> {
    const name = this.#machineName(role);
    return {
      conditions: await this.#conditions(),
      events: await this.#events(),
      log: name === undefined ? [] : this.#log(name),
      why: await this.#why(name),
    };
  }

  /** The youngest Machine: the one that the mistake concerns. */
  #machineName(role: Role): string | undefined {
    if (role === "cluster") return undefined;
    const { machines } = this.#world.snapshot();
    const ofRole = machines.filter(
      ({ controlPlane }) => controlPlane === (role === "control plane"),
    );
    return ofRole.toSorted((a, b) => (a.created < b.created ? 1 : -1))[0]?.name;
  }

  async #conditions(): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const [apiVersion, kind] of watched) {
      const objects = await this.#list<Waiting>(apiVersion, kind);
      lines.push(...objects.flatMap((object) => conditionLines(kind, object)));
    }
    return lines;
  }

  async #events(): Promise<readonly string[]> {
    const own = (await this.#list<EventObject>("v1", "Event")).map(eventLine);
    const inside = this.#world.machines.clusters().flatMap(({ state }) =>
      state.store
        .table("events")
        .list()
        .map(({ object }) => `in small: ${eventLine(object as unknown as EventObject)}`),
    );
    return [...new Set([...own, ...inside].map(blot))];
  }

  async #list<T extends KubeObject>(apiVersion: string, kind: string): Promise<readonly T[]> {
    const known = (await this.run(this.#client.kindFor(apiVersion, kind))) as unknown as Kind<T>;
    return this.run(this.#client.list(known));
  }

  /** The routes that `seatrial logs` and `seatrial why` ask, without the sockets. */
  #ask(path: "GET /machines/:name" | "GET /machines/:name/log", name: string): unknown {
    const subject = () => this.#world;
    const request = { parts: { name }, query: new URLSearchParams(), body: undefined };
    return adminRoutes[path]?.({ subject } as never, request);
  }

  #log(name: string): readonly string[] {
    const known = this.#world.aws.instances().some(({ tags }) => tags["Name"] === name);
    if (!known) return [];
    const { lines } = this.#ask("GET /machines/:name/log", name) as {
      readonly lines: readonly { readonly atMs: number; readonly text: string }[];
    };
    return lines.map((line) => blot(formatLogLine(line)).replace("TIME  ", ""));
  }

  async #why(machineName: string | undefined): Promise<string> {
    const namespace = "default";
    const sources: Sources = {
      namespace,
      running: { find: (path) => Promise.resolve(this.#find(path) as never) },
      machine: (name) => this.#client.get<Waiting>(kinds.machine, { namespace, name }),
      cluster: (name) => this.#client.get<Waiting>(kinds.cluster, { namespace, name }),
    };
    if (machineName === undefined) return blot(await this.run(whyCluster(sources, "small")));
    return blot(whySentence(await this.run(findMachine(sources, machineName))));
  }

  #find(path: string): unknown {
    const name = decodeURIComponent(path.split("/").at(-1) ?? "");
    try {
      return this.#ask("GET /machines/:name", name);
    } catch {
      return undefined; // 404: there is no such instance.
    }
  }

  close(): void {
    this.#world.close();
  }
}

/** Where people look, from the top down. */
const watched = [
  ["cluster.x-k8s.io/v1beta2", "Cluster"],
  ["infrastructure.cluster.x-k8s.io/v1beta2", "AWSCluster"],
  ["controlplane.cluster.x-k8s.io/v1beta2", "KubeadmControlPlane"],
  ["cluster.x-k8s.io/v1beta2", "Machine"],
  ["infrastructure.cluster.x-k8s.io/v1beta2", "AWSMachine"],
] as const;

/** Conditions that are False while all is well. */
const isState = new Set([
  "Deleting",
  "Paused",
  "Remediating",
  "RollingOut",
  "ScalingDown",
  "ScalingUp",
  "Updating",
]);

function conditionLines(kind: string, { metadata, status }: Waiting): readonly string[] {
  const amiss = (status?.conditions ?? []).filter(
    (condition) => condition.status !== "True" && !isState.has(condition.type),
  );
  return amiss.map((condition) => {
    const { reason = "", message = "" } = condition;
    const text = message === "" ? "" : `: ${message.replaceAll(/\s*\n\s*/g, " ")}`;
    return blot(`${kind}/${metadata.name} ${condition.type}=${condition.status} ${reason}${text}`);
  });
}

interface EventObject extends KubeObject {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
}

function eventLine({ involvedObject = {}, type, reason, message = "" }: EventObject): string {
  const text = message.replaceAll(/\s*\n\s*/g, " ");
  return `${involvedObject.kind}/${involvedObject.name} ${type} ${reason}: ${text}`;
}

/** What differs from seed to seed. */
function blot(line: string): string {
  return line
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "TIME")
    .replaceAll(/\b(acl|ami|eni|i|igw|nat|rtb|sg|subnet|vpc)-[0-9a-f]{17}\b/g, "$1-*")
    .replaceAll(/small-control-plane-[a-z0-9]{5}\b/g, "small-control-plane-*")
    .replaceAll(/small-md-0-[a-z0-9]{5}-[a-z0-9]{5}\b/g, "small-md-0-*")
    .replaceAll(/coredns-[a-z0-9]+-[a-z0-9]{5}\b/g, "coredns-*")
    .replaceAll(/calico-node-[a-z0-9]{5}\b/g, "calico-node-*")
    .replaceAll(/small-apiserver-\d+\./g, "small-apiserver-*.")
    .replaceAll(/\bip(?:-\d+){4}\b/g, "ip-*")
    .replaceAll(/\b\d+(?:\.\d+){3}\b(?!\/)/g, "IP");
}
