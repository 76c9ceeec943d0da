// oxlint-disable no-restricted-imports -- It is a part of the tests: production code never imports it.
import { gzipSync } from "node:zlib";
import { DescribeInstancesCommand, type Instance } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import { createFakeAws } from "@seatrial/fakecloud/aws/fake-aws.ts";
import { type FaultPoint, type Faults, noFaults } from "@seatrial/fakecloud/kernel/faults.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { InProcessRequestHandler } from "@seatrial/fakecloud/wire/request-handler.ts";
import { createManagementCluster } from "../../scenarios/runner/management-cluster.ts";
import { AWSCluster, AWSMachine } from "../api/aws/v1beta2.ts";
import { Cluster, Machine } from "../api/core/v1beta2.ts";
import { crds } from "../api/crds.ts";
import type { LegacyCondition } from "../api/generated/definitions.ts";
import { CustomResourceDefinition, type Event, Secret } from "../api/kubernetes.ts";
import { coreControllers } from "../core/controllers.ts";
import type { Client, Kind, KubeObject } from "../runtime/client.ts";
import { createClient } from "../runtime/dynamic-client.ts";
import { Life } from "../runtime/life.ts";
import { createManager, type Manager } from "../runtime/manager.ts";
import { type AwsClients, createAwsClientFactory, isolation } from "./clients.ts";
import { awsControllers } from "./controllers.ts";

export const minute = 60_000;
export const namespace = "default";
export const region = "eu-west-1";
export const controlPlane = { "cluster.x-k8s.io/control-plane": "" };
export const oneZone = { network: { vpc: { availabilityZoneUsageLimit: 1 } } };

const infrastructure = "infrastructure.cluster.x-k8s.io";
const credentials = { accessKeyId: "AKIASIMULATION000000", secretAccessKey: "simulation" };

/** The kinds that the provider meets: compiling the others would take most of a test's time. */
const kinds =
  /^(Cluster|Machine|MachineDeployment|MachineDrainRule|MachineSet|AWSCluster|AWSCluster\w+Identity|AWSMachine|AWSMachineTemplate)$/;

interface Told {
  readonly object: string;
  readonly reason: string;
  readonly message: string;
}

function actionOf({ body }: { readonly body: Uint8Array }): string {
  return /Action=(\w+)/.exec(Buffer.from(body).toString())?.[1] ?? "";
}

function refusal(request: { readonly body: Uint8Array }, response: { readonly body: Uint8Array }) {
  const action = actionOf(request);
  const [, code = ""] = /<Code>([^<]+)</.exec(Buffer.from(response.body).toString()) ?? [];
  return `${action} ${code}`;
}

/** Management cluster with admission, AWS, and the controllers of core and provider; nothing runs inside the instances. */
export class AwsWorld {
  readonly kernel: Kernel;
  readonly aws: FakeAws;
  readonly client: Client;
  readonly clients: AwsClients;
  readonly clientsIn: (region: string) => AwsClients;
  readonly ec2: AwsClients["ec2"];
  readonly iam: IAMClient;
  readonly errors: string[] = [];
  readonly events: Told[] = [];
  /** "RunInstances", in the order in which they reached AWS. */
  readonly calls: string[] = [];
  /** "DeleteSubnet DependencyViolation": calls that AWS has refused. */
  readonly refusals: string[] = [];
  /** Access keys with which AWS was called. */
  readonly keys = new Set<string>();
  faults: Faults = noFaults;
  /** Changes what AWS answers, for shapes that the fake cannot have. */
  rewrite: (operation: string, body: string) => string = (_operation, body) => body;
  manager: Manager | undefined;
  readonly #startManager: () => Manager;

  constructor(options: { readonly profile?: "faithful" | "lenient"; readonly seed?: string } = {}) {
    this.kernel = new Kernel({ seed: options.seed ?? "1" });
    const { clock, random, trace } = this.kernel;
    const server = createManagementCluster({ clock, random, trace });
    const faults: Faults = {
      decide: (point) => {
        if (point.phase === "beforeCommit") this.calls.push(point.operation);
        return this.faults.decide(point);
      },
    };
    const profile = options.profile ?? "lenient";
    this.aws = createFakeAws({ clock, random, trace, faults, profile });
    const user = { username: "test", groups: ["system:masters"] };
    const transport = inProcessTransport(server, { user, clock, random });
    this.client = createClient({ transport, clock, random });
    const handler = this.#handler();
    const factory = { clock, random, credentials, isolated: true, requestHandler: handler };
    this.clientsIn = createAwsClientFactory(factory).clients;
    this.clients = this.clientsIn(region);
    this.ec2 = this.clients.ec2;
    const requestHandler = handler as never;
    const config = { region, maxAttempts: 1, credentials, requestHandler };
    this.iam = new IAMClient({ ...config, ...isolation });
    this.#startManager = () => {
      const life = new Life();
      const wrapped = { handle: life.wrap(handler.handle.bind(handler) as never) } as never;
      const aws = createAwsClientFactory({
        ...factory,
        clock: life.clock(clock),
        requestHandler: wrapped,
      });
      const manager = createManager({
        transport,
        clock,
        random,
        life,
        logger: {
          debug: () => undefined,
          info: () => undefined,
          error: (fields) => this.errors.push(JSON.stringify(fields)),
        },
        controllers: (deps) => [
          ...coreControllers(deps).filter(({ name }) => ["cluster", "machine"].includes(name)),
          ...awsControllers({
            ...deps,
            recorder: { event: this.#record },
            gzip: (data) => gzipSync(data, { level: 0 }),
            aws,
          }),
        ],
      });
      manager.start();
      return manager;
    };
  }

  readonly #record = (
    object: KubeObject,
    _type: Event["type"],
    reason: string,
    message: string,
  ) => {
    this.events.push({ object: object.metadata.name, reason, message });
  };

  #handler(): InProcessRequestHandler {
    const { clock, random } = this.kernel;
    return new InProcessRequestHandler({
      handle: async (request) => {
        const key = /Credential=([^/]+)/.exec(request.headers["authorization"] ?? "")?.[1];
        if (key !== undefined) this.keys.add(key);
        const response = await this.aws.handle(request);
        if (response.status >= 400) this.refusals.push(refusal(request, response));
        const text = Buffer.from(response.body).toString();
        const changed = this.rewrite(actionOf(request), text);
        return changed === text ? response : { ...response, body: Buffer.from(changed) };
      },
      clock,
      random,
    });
  }

  async start(): Promise<this> {
    for (const crd of crds.filter(({ spec }) => kinds.test(String(spec.names["kind"])))) {
      await this.run(this.client.create(CustomResourceDefinition, crd as never));
    }
    await this.kernel.runFor(1000);
    this.manager = this.#startManager();
    return this;
  }

  crash(): void {
    this.manager?.abandon();
    this.manager = this.#startManager();
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.kernel.complete(work, { horizonMs: 10 * minute });
  }

  async create<T extends KubeObject>(kind: Kind<T>, object: object): Promise<T> {
    const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
    const typed = { apiVersion, kind: kind.kind, ...object } as unknown as T;
    return this.run(this.client.create(kind, typed));
  }

  get<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T | undefined> {
    return this.run(this.client.get(kind, { namespace, name }));
  }

  patch<T extends KubeObject>(kind: Kind<T>, name: string, patch: object): Promise<T> {
    return this.run(this.client.mergePatch(kind, { namespace, name }, patch));
  }

  async cluster(): Promise<AWSCluster> {
    const found = await this.get(AWSCluster, "test");
    if (found === undefined) throw new Error("there is no AWSCluster");
    return found;
  }

  async machine(name: string): Promise<AWSMachine> {
    const found = await this.get(AWSMachine, name);
    if (found === undefined) throw new Error(`there is no AWSMachine ${name}`);
    return found;
  }

  async clusterCondition(type: string): Promise<LegacyCondition | undefined> {
    return (await this.cluster()).status?.conditions?.find((condition) => condition.type === type);
  }

  async machineCondition(name: string, type: string): Promise<LegacyCondition | undefined> {
    const { status } = await this.machine(name);
    return status?.conditions?.find((condition) => condition.type === type);
  }

  async until(
    condition: () => Promise<boolean>,
    what: string,
    mostMs = 60 * minute,
  ): Promise<void> {
    const endMs = this.kernel.clock.now() + mostMs;
    while (!(await condition())) {
      if (this.kernel.clock.now() > endMs) throw new Error(`${what}:\n${await this.#story()}`);
      await this.kernel.runFor(5_000);
    }
  }

  async #story(): Promise<string> {
    const objects = [
      ...(await this.run(this.client.list(AWSCluster))),
      ...(await this.run(this.client.list(AWSMachine))),
    ];
    const conditions = objects.map(({ status }) => JSON.stringify(status?.conditions));
    return ["it did not happen", ...this.errors.slice(-6), ...conditions].join("\n");
  }

  async createCluster(spec: object = {}, metadata: object = {}): Promise<void> {
    await this.create(AWSCluster, {
      metadata: { name: "test", namespace, ...metadata },
      spec: { region, ...spec },
    });
    await this.create(Cluster, {
      metadata: { name: "test", namespace },
      spec: { infrastructureRef: { apiGroup: infrastructure, kind: "AWSCluster", name: "test" } },
    });
  }

  clusterReady(): Promise<void> {
    return this.until(
      async () => (await this.get(AWSCluster, "test"))?.status?.ready === true,
      "the infrastructure",
    );
  }

  /** A cluster that is ready. */
  async withCluster(spec: object = oneZone): Promise<this> {
    await this.createCluster(spec);
    await this.clusterReady();
    return this;
  }

  async createMachine(
    name: string,
    spec: object = {},
    options: {
      readonly labels?: object;
      readonly machine?: object;
      readonly data?: string;
    } = {},
  ): Promise<void> {
    const value = Buffer.from(options.data ?? "#cloud-config\n").toString("base64");
    await this.create(Secret, { metadata: { name: `${name}-data`, namespace }, data: { value } });
    await this.create(AWSMachine, {
      metadata: { name, namespace },
      spec: { instanceType: "t3.large", ...spec },
    });
    await this.create(Machine, {
      metadata: {
        name,
        namespace,
        labels: { "cluster.x-k8s.io/cluster-name": "test", ...options.labels },
      },
      spec: {
        clusterName: "test",
        version: "v1.34.2",
        bootstrap: { dataSecretName: `${name}-data` },
        infrastructureRef: { apiGroup: infrastructure, kind: "AWSMachine", name },
        ...options.machine,
      },
    });
  }

  machineReady(name: string): Promise<void> {
    return this.until(
      async () => (await this.get(AWSMachine, name))?.status?.ready === true,
      `machine ${name}`,
    );
  }

  async instances(): Promise<readonly Instance[]> {
    const { Reservations = [] } = await this.run(this.ec2.send(new DescribeInstancesCommand({})));
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  }

  async deleteMachine(name: string): Promise<void> {
    await this.run(this.client.delete(Machine, { namespace, name }));
    await this.until(
      async () => (await this.get(AWSMachine, name)) === undefined,
      `the end of ${name}`,
    );
  }

  async deleteCluster(): Promise<void> {
    await this.run(this.client.delete(Cluster, { namespace, name: "test" }));
    await this.until(
      async () => (await this.get(Cluster, "test")) === undefined,
      "the end of the cluster",
      4 * 60 * minute,
    );
  }

  /** Calls since they were last cleared that change something. */
  writes(): readonly string[] {
    return this.calls.filter((call) => !/^(Describe|Get|Head|List)/.test(call));
  }

  send<T>(call: (clients: AwsClients) => Promise<T>): Promise<T> {
    return this.run(call(this.clients));
  }

  /** Makes calls of one operation fail, for as long as the count lasts. */
  refuse(
    operation: string,
    answer: { readonly code: string; readonly status?: number; readonly message?: string },
    times = Infinity,
  ): void {
    let left = times;
    this.faults = {
      decide: (point: FaultPoint) => {
        if (point.operation !== operation || point.phase !== "beforeCommit" || left === 0) {
          return undefined;
        }
        left -= 1;
        return { do: "fail", status: 400, message: `${operation} is refused`, ...answer };
      },
    };
  }
}
