import { gzipSync } from "node:zlib";
import { allControllers } from "@seatrial/controllers/all-controllers.ts";
import type { Controller, ControllerDeps } from "@seatrial/controllers/runtime/controller.ts";
import { createAwsClientFactory } from "@seatrial/controllers/aws/clients.ts";
import { createClient } from "@seatrial/controllers/runtime/dynamic-client.ts";
import { createManager, type Manager } from "@seatrial/controllers/runtime/manager.ts";
import { usualLag } from "@seatrial/fakecloud/aws/consistency/usual-lag.ts";
import { createFakeAws } from "@seatrial/fakecloud/aws/fake-aws.ts";
import { type Fault, FaultError } from "@seatrial/fakecloud/aws/faults/fault.ts";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import { parseTime } from "@seatrial/fakecloud/kernel/clock.ts";
import { fixtureKeyPairs } from "@seatrial/fakecloud/kernel/fixture-key-pairs.ts";
import { replaceGlobals } from "@seatrial/fakecloud/kernel/globals.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import type { EmbeddedApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { createMachines, type Machines } from "@seatrial/fakecloud/machines/machines.ts";
import { bypassWire } from "@seatrial/fakecloud/wire/direct-calls.ts";
import { InProcessRequestHandler } from "@seatrial/fakecloud/wire/request-handler.ts";
import { chooseMachine } from "./choose-machine.ts";
import { requireDuration } from "./duration.ts";
import { InputError } from "./input-error.ts";
import { quietLogger } from "./quiet-logger.ts";
import { createManagementCluster, putDefinitions } from "./management-cluster.ts";
import { observe } from "./observe.ts";
import { People } from "./people.ts";
import type { Action, CloudWorld, MachineChoice, Manifest } from "./scenario.ts";
import type { MachineFacts, Snapshot } from "./snapshot.ts";
import type { Stage } from "./timeline.ts";
import { Watchdog } from "./watchdog.ts";
import { etcdAccess, workloadDialer } from "./workload-access.ts";
import type { WorldObserver } from "./world-observer.ts";

export interface WorldOptions {
  readonly seed: string;
  /** RFC 3339; the kernel's default if not given. */
  readonly startTime?: string | undefined;
  readonly cloud: CloudWorld;
  readonly keepTrace: boolean;
  /** False takes AWS calls past the wire: the same run, without its bytes. */
  readonly awsWire?: boolean | undefined;
  /** IDs of promises that the run is not held to. */
  readonly excepted: ReadonlySet<string>;
  readonly manifests: ReadonlyMap<string, readonly Manifest[]>;
  readonly observer?: WorldObserver | undefined;
  /** Controllers that run beside ours: those of a user, or a careless one that a test needs. */
  readonly extraControllers?: ((deps: ControllerDeps) => readonly Controller[]) | undefined;
}

const administrator = {
  username: "kubernetes-admin",
  groups: ["system:masters", "system:authenticated"],
};
const managerUser = {
  username: "seatrial-manager",
  groups: ["system:masters", "system:authenticated"],
};
/** Credentials of the simulated account; nothing checks their secret. */
const credentials = { accessKeyId: "AKIASIMULATION000000", secretAccessKey: "simulation" };

function awsOptions({ profile = "faithful", consistency, policies }: CloudWorld) {
  return {
    profile,
    ...(consistency === "eventual" ? { consistency: usualLag } : {}),
    ...(policies === "enforced" ? ({ enforcePolicies: true } as const) : {}),
  };
}

/** Composition root of a simulation: the same controllers as in production, and everything outside of them faked. */
export function createWorld(options: WorldOptions): World {
  return new World(options);
}

export class World implements Stage {
  readonly kernel: Kernel;
  readonly management: EmbeddedApiServer;
  readonly aws: FakeAws;
  readonly machines: Machines;
  readonly watchdog: Watchdog;
  readonly #people: People;
  readonly #restoreGlobals: () => void;
  readonly #inventoryAtStart: ReadonlySet<string>;
  readonly #awsWire: boolean;
  readonly #observer: WorldObserver | undefined;
  readonly #extraControllers: (deps: ControllerDeps) => readonly Controller[];
  #manager: Manager | undefined;
  #changes = 0;

  constructor(options: WorldOptions) {
    const startMs = options.startTime === undefined ? undefined : parseTime(options.startTime);
    this.kernel = new Kernel({
      seed: options.seed,
      keepTrace: options.keepTrace,
      ...(startMs === undefined ? {} : { startMs }),
    });
    this.#restoreGlobals = replaceGlobals(this.kernel);
    const { clock, random, trace } = this.kernel;
    trace.onRecord(() => (this.#changes += 1));
    this.management = createManagementCluster({ clock, random, trace });
    this.aws = createFakeAws({ clock, random, trace, ...awsOptions(options.cloud) });
    this.machines = createMachines({
      clock,
      random,
      trace,
      aws: this.aws,
      faults: this.aws.faults,
      keyPairs: fixtureKeyPairs(random),
      onDefect: (error) => this.kernel.fail(error),
    });
    this.#awsWire = options.awsWire ?? true;
    this.#observer = options.observer;
    this.#extraControllers = options.extraControllers ?? (() => []);
    this.#inventoryAtStart = new Set(this.aws.inventory());
    this.#observer?.attach({
      trace,
      management: this.management.store,
      aws: this.aws,
      workloads: () => this.machines.clusters(),
      startMs: this.kernel.startMs,
      nowMs: () => clock.now() - this.kernel.startMs,
    });
    this.watchdog = this.#startWatchdog(options.excepted);
    const kubectl = { user: administrator, actor: "kubectl", clock, random };
    const dial = workloadDialer({ aws: this.aws, clock, random, actor: "kubectl" });
    this.#people = new People({
      client: createClient({
        transport: inProcessTransport(this.management, kubectl),
        clock,
        random,
      }),
      manifests: options.manifests,
      workload: (kubeconfig) => createClient({ transport: dial(kubeconfig), clock, random }),
    });
    putDefinitions(this.management, { clock, random });
    this.#startManager();
  }

  #startWatchdog(excepted: ReadonlySet<string>): Watchdog {
    const { kernel, management, aws, machines } = this;
    const watchdog = new Watchdog({
      scene: {
        management: management.store,
        aws,
        inventoryAtStart: this.#inventoryAtStart,
        workloads: () => machines.clusters(),
        nowMs: () => kernel.clock.now() - kernel.startMs,
      },
      excepted,
      onDefect: (error) => kernel.fail(error),
    });
    kernel.trace.onRecord((record) => watchdog.onRecord(record));
    aws.onInstanceTransition((transition) => watchdog.onInstance(transition));
    return watchdog;
  }

  #startManager(): void {
    const { clock, random, trace } = this.kernel;
    const aws = createAwsClientFactory({
      clock,
      random,
      credentials,
      isolated: true,
      ...(this.#awsWire
        ? {}
        : {
            onClient: (client: object) =>
              bypassWire(client, { call: (call) => this.aws.call(call), clock, random }),
          }),
      requestHandler: new InProcessRequestHandler({
        handle: (request) => this.aws.handle(request),
        clock,
        random,
      }),
    });
    const access = { aws: this.aws, clock, random, actor: "seatrial-manager" };
    const keyPairs = fixtureKeyPairs(random);
    const transport = inProcessTransport(this.management, {
      user: managerUser,
      actor: "seatrial-manager",
      clock,
      random,
      faults: this.aws.faults,
    });
    const observer = this.#observer;
    observer?.onProcessStart();
    this.#manager = createManager({
      transport: observer?.observeTransport(transport) ?? transport,
      ...(observer === undefined ? {} : { onRead: observer.onRead }),
      clock,
      random,
      logger: quietLogger,
      workloadDialer: workloadDialer(access),
      controllers: (deps) => [
        // User data is stored, not compressed: compressed bytes differ between versions of zlib.
        ...allControllers({
          ...deps,
          aws,
          keyPairs,
          etcd: etcdAccess(access),
          gzip: (data) => gzipSync(data, { level: 0 }),
        }),
        ...this.#extraControllers(deps),
      ],
      onReconcile: ({ controller, key, outcome, error }) => {
        trace.record({
          kind: "reconcile",
          actor: controller,
          object: `${key.namespace}/${key.name}`,
          verb: outcome,
          ...(error === undefined ? {} : { detail: { error: (error as Error).message } }),
        });
      },
    });
    this.#manager.start();
  }

  async perform(action: Action): Promise<void> {
    const { deleteMachine, terminateInstance, fault } = action;
    if (fault !== undefined) this.#inject(fault);
    if (terminateInstance !== undefined) this.#terminate(terminateInstance);
    if (deleteMachine !== undefined) {
      const machine = this.#choose(deleteMachine);
      if (machine !== undefined) await this.#people.deleteMachine(machine.namespace, machine.name);
    }
    if (action.restartControllers !== undefined) {
      this.#manager?.abandon();
      const { after = "1s" } = action.restartControllers;
      this.kernel.clock.setTimeout(() => this.#startManager(), requireDuration(after), "restart");
    }
    await this.#people.perform(action);
  }

  /** Ends the instance of a Machine behind everybody's back, as somebody in the console would. */
  #terminate(choice: MachineChoice): void {
    const instanceId = this.#choose(choice)?.providerID.split("/").at(-1);
    if (instanceId !== undefined && instanceId !== "") this.aws.terminateOutOfBand(instanceId);
  }

  #inject(fault: Fault): void {
    try {
      this.aws.faults.inject(fault);
    } catch (error) {
      // What would hit nothing is a mistake in the scenario, not a finding.
      throw error instanceof FaultError ? new InputError(`the fault ${error.message}`) : error;
    }
  }

  /** Nobody, if no Machine fits: it may have gone since the step was written. */
  #choose(choice: MachineChoice): MachineFacts | undefined {
    const found = chooseMachine(this.snapshot(), choice, this.kernel.random);
    const { trace } = this.kernel;
    const record = { kind: "step", actor: "scenario", verb: "chooses" } as const;
    trace.record({ ...record, object: found === undefined ? "nobody" : `machine/${found.name}` });
    return found;
  }

  snapshot(): Snapshot {
    return observe({
      management: this.management.store,
      aws: this.aws,
      machines: this.machines,
      inventoryAtStart: this.#inventoryAtStart,
    });
  }

  changes(): number {
    return this.#changes;
  }

  close(): void {
    this.#manager?.abandon();
    this.machines.close();
    this.aws.close();
    this.management.close();
    this.#restoreGlobals();
  }
}
