import type {
  EtcdClient,
  EtcdClientFactory,
} from "@seatrial/controllers/control-plane/kubeadm/etcd-client.ts";
import { UnreachableError } from "@seatrial/controllers/runtime/errors.ts";
import type {
  KubeRequest,
  Transport,
  WatchSink,
  WorkloadDialer,
} from "@seatrial/controllers/runtime/transport.ts";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import { type Clock, sleep } from "@seatrial/fakecloud/kernel/clock.ts";
import type { Random } from "@seatrial/fakecloud/kernel/random.ts";
import type { UserInfo } from "@seatrial/fakecloud/kubernetes/contract.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import type { ApiServerService } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";
import { parse } from "yaml";

/** What the way into a workload cluster goes through. */
export interface WorkloadAccessOptions {
  readonly aws: FakeAws;
  readonly clock: Clock;
  readonly random: Random;
  /** Who dials, for the trace. */
  readonly actor: string;
}

/** How long a caller waits for packets that vanish. */
const dialTimeoutMs = 10_000;

interface Target {
  readonly host: string;
  readonly port: number;
  readonly certificatePem?: string;
  readonly token?: string;
}

/** Reaches workload clusters through the fake network, with the credentials of a kubeconfig: no socket, no TLS. */
export function workloadDialer(options: WorkloadAccessOptions): WorkloadDialer {
  return (kubeconfig) => new WorkloadTransport(targetOf(kubeconfig), options);
}

interface Connection {
  readonly service: ApiServerService;
  readonly user: UserInfo;
  /** What the network was like when it was made. */
  readonly asOf: number;
  readonly transport: Transport;
}

class WorkloadTransport implements Transport {
  readonly #target: Target;
  readonly #options: WorkloadAccessOptions;
  #kept: Connection | undefined;

  constructor(target: Target, options: WorkloadAccessOptions) {
    this.#target = target;
    this.#options = options;
  }

  async request(request: KubeRequest) {
    const inner = await this.#connect();
    return inner.request(request);
  }

  watch(request: KubeRequest, sink: WatchSink) {
    let cancel: (() => void) | undefined;
    let cancelled = false;
    this.#connect().then(
      (inner) => {
        if (!cancelled) cancel = inner.watch(request, sink);
      },
      (error: unknown) => {
        if (!cancelled) sink.onClose(error as Error);
      },
    );
    return () => {
      cancelled = true;
      cancel?.();
    };
  }

  /** One connection serves many requests, for as long as nothing changes that could break it. */
  async #connect(): Promise<Transport> {
    const { aws, clock, random, actor } = this.#options;
    const asOf = aws.network.changes();
    const kept = this.#kept;
    const stands = kept?.asOf === asOf && kept.service.isServing();
    const service = stands ? kept.service : await dial(this.#target, this.#options);
    const { certificatePem, token } = this.#target;
    const user = service.authenticate({
      ...(certificatePem === undefined ? {} : { certificatePem }),
      ...(token === undefined ? {} : { token }),
    });
    if (user === undefined)
      throw new UnreachableError("x509: certificate signed by unknown authority");
    if (stands && kept.user === user) return kept.transport;
    const options = { user, actor, clock, random, faults: aws.faults };
    const transport = inProcessTransport(service.server, options);
    this.#kept = { service, user, asOf, transport };
    return transport;
  }
}

async function dial(
  target: { readonly host: string; readonly port: number },
  { aws, clock }: WorkloadAccessOptions,
): Promise<ApiServerService> {
  const { host, port } = target;
  const reach = aws.network.canReach({ from: "internet" }, host, port);
  if (reach.reachable) return reach.endpoint.service as ApiServerService;
  const { obstacle } = reach;
  if (obstacle.silent) await sleep(clock, dialTimeoutMs, { label: `dial ${host}:${port}` });
  const how = obstacle.silent ? "i/o timeout" : "connect: connection refused";
  throw new UnreachableError(`dial tcp ${host}:${port}: ${how} (${obstacle.message})`);
}

const kubeletPort = 10_250;

/** Behind the API server it is the kubelet that forwards ports: on another machine it has to be reached. */
async function dialKubelet(
  { aws, clock }: WorkloadAccessOptions,
  apiServerId: string,
  nodeId: string | undefined,
): Promise<void> {
  const ip = aws.instance(nodeId ?? "")?.privateIp;
  if (ip === undefined) return; // Whether there is a pod is another question.
  const origin = { from: "instance", instanceId: apiServerId } as const;
  const reach = aws.network.canReach(origin, ip, kubeletPort);
  if (reach.reachable) return;
  const { silent, message } = reach.obstacle;
  const place = `${ip}:${kubeletPort}`;
  if (silent) await sleep(clock, dialTimeoutMs, { label: `dial ${place}` });
  const how = silent ? "i/o timeout" : "connect: connection refused";
  throw new UnreachableError(`error dialing backend: dial tcp ${place}: ${how} (${message})`);
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster?: { readonly server?: string } }[];
  readonly users?: readonly {
    readonly user?: { readonly "client-certificate-data"?: string; readonly token?: string };
  }[];
}

function parseKubeconfig(text: string): Target {
  const config = parse(text) as Kubeconfig;
  const server = new URL(config.clusters?.[0]?.cluster?.server ?? "");
  const user = config.users?.[0]?.user ?? {};
  const certificate = user["client-certificate-data"];
  return {
    host: server.hostname,
    port: Number(server.port === "" ? 443 : server.port),
    ...(certificate === undefined
      ? {}
      : { certificatePem: Buffer.from(certificate, "base64").toString("utf8") }),
    ...(user.token === undefined ? {} : { token: user.token }),
  };
}

/** By the text of a kubeconfig: the few that there are come again and again. */
const targets = new Map<string, Target>();

function targetOf(kubeconfig: string): Target {
  const known = targets.get(kubeconfig);
  if (known !== undefined) return known;
  const target = parseKubeconfig(kubeconfig);
  if (targets.size >= 256) targets.clear();
  targets.set(kubeconfig, target);
  return target;
}

/** etcd behind the API server, as a port-forward to its pod reaches it. */
export function etcdAccess(options: WorkloadAccessOptions): EtcdClientFactory {
  return {
    connect: async ({ kubeconfig, nodeName }) => {
      const { cluster, instanceId } = await dial(targetOf(kubeconfig), options);
      await sleep(options.clock, 5, { label: "etcd port-forward" });
      await dialKubelet(options, instanceId, cluster.instanceOf(nodeName));
      const member = cluster.etcd.members().find(({ name }) => name === nodeName);
      if (member === undefined) throw new UnreachableError(`pod etcd-${nodeName} does not answer`);
      const { id } = member;
      const { etcd } = cluster;
      const client: EtcdClient = {
        status: async () => etcd.status(id),
        memberList: async () => etcd.memberList(id),
        memberRemove: async (other) => etcd.remove(id, other),
        moveLeader: async (other) => etcd.moveLeader(id, other),
        alarms: async () => etcd.alarms(id),
        close: () => undefined,
      };
      return client;
    },
  };
}
