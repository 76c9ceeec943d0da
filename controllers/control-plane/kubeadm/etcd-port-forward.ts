import { Agent, request } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../runtime/clock.ts";
import { UnreachableError } from "../../runtime/errors.ts";
import type { EtcdAlarm, EtcdClient, EtcdClientFactory } from "./etcd-client.ts";
import { type Dial, dialTimeoutMs, handshake, openPortForward } from "./port-forward.ts";

const etcdPort = 2379;
const callTimeoutMs = 15_000;

/**
 * etcd's members as production reaches them: port-forward to the member's pod, mutual TLS inside of it, and the JSON
 * gateway that every etcd serves beside gRPC.
 */
export function etcdOverPortForward(clock: Clock, dial?: Dial): EtcdClientFactory {
  const open: Dial =
    dial ??
    ((kubeconfig, target) =>
      openPortForward(kubeconfig, target, { clock, timeoutMs: dialTimeoutMs }));
  return {
    connect: async (target) => {
      const pod = { namespace: "kube-system", pod: `etcd-${target.nodeName}`, port: etcdPort };
      const stream = await open(target.kubeconfig, pod);
      const { caPem, certificatePem, privateKeyPem } = target;
      const what = `etcd on ${target.nodeName}`;
      const socket = await handshake(stream, { what, caPem, certificatePem, privateKeyPem }, clock);
      return gatewayClient(socket, clock);
    },
  };
}

/** The gateway keeps the names of the protocol buffers; 64-bit numbers are strings, what is zero is left out. */
interface GatewayMember {
  readonly ID: string;
  readonly name?: string;
  readonly peerURLs?: readonly string[];
  readonly clientURLs?: readonly string[];
  readonly isLearner?: boolean;
}

interface GatewayStatus {
  readonly header?: { readonly member_id?: string };
  readonly leader?: string;
  readonly version?: string;
  readonly isLearner?: boolean;
  readonly errors?: readonly string[];
}

function gatewayClient(socket: TLSSocket, clock: Clock): EtcdClient {
  const call = caller(socket, clock);
  return {
    status: async () => {
      const status = await call<GatewayStatus>("maintenance/status");
      return {
        memberId: status.header?.member_id ?? "0",
        leaderId: status.leader ?? "0",
        version: status.version ?? "",
        isLearner: status.isLearner ?? false,
        errors: status.errors ?? [],
      };
    },
    memberList: async () => {
      const { members = [] } = await call<{ members?: readonly GatewayMember[] }>(
        "cluster/member/list",
        // Without it a member that lost its quorum would answer from memory.
        { linearizable: true },
      );
      return members.map((member) => ({
        id: member.ID,
        name: member.name ?? "",
        peerUrls: member.peerURLs ?? [],
        clientUrls: member.clientURLs ?? [],
        isLearner: member.isLearner ?? false,
      }));
    },
    memberRemove: async (id) => void (await call("cluster/member/remove", { ID: id })),
    moveLeader: async (targetId) =>
      void (await call("maintenance/transfer-leadership", { targetID: targetId })),
    alarms: async () => {
      const { alarms = [] } = await call<{
        alarms?: readonly { memberID: string; alarm: EtcdAlarm["type"] }[];
      }>("maintenance/alarm", { action: "GET", memberID: "0", alarm: "NONE" });
      return alarms.map(({ memberID, alarm }) => ({ memberId: memberID, type: alarm }));
    },
    close: () => {
      socket.destroy();
    },
  };
}

/** Posts JSON, one call after the other, over the one connection that there is. */
function caller(socket: TLSSocket, clock: Clock) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  return async <T>(path: string, body: object = {}): Promise<T> => {
    const { status, text } = await post(agent, `/v3/${path}`, { body, clock });
    if (status < 300) return JSON.parse(text) as T;
    throw new Error(messageIn(text) ?? `etcd answered ${status} to ${path}`);
  };
}

function post(
  agent: Agent,
  path: string,
  { body, clock }: { readonly body: object; readonly clock: Clock },
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", host: "etcd" };
    const message = request({ agent, method: "POST", path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        clock.clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    const timer = clock.setTimeout(
      () => message.destroy(new Error("no answer within 15 s")),
      callTimeoutMs,
      `etcd ${path}`,
    );
    message.on("error", (error) => {
      clock.clearTimeout(timer);
      reject(new UnreachableError(`etcd ${path}: ${error.message}`));
    });
    message.end(JSON.stringify(body));
  });
}

/** etcd 3.5 and 3.6 both have `message`, in different company. */
function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly message?: string }).message;
  } catch {
    return undefined;
  }
}
