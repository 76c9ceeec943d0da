import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "vitest";
import type { PodBackend } from "@seatrial/fakecloud/kubernetes/https/pod-backend.ts";
import type { CallOptions, Kubectl } from "../kubectl.ts";
import type { KubectlCase } from "../kubectl-case.ts";

/** A pod that logs three lines, runs a few commands and answers on its ports in capitals. */
export const talkativePod: PodBackend = {
  logs: ({ tailLines, follow }, sink) => {
    const lines = ["one\n", "two\n", "three\n"];
    for (const line of tailLines === undefined ? lines : lines.slice(-tailLines)) sink.write(line);
    if (follow) sink.write("and on\n");
    sink.end();
    return () => undefined;
  },
  exec: ({ command, container }, { stdin, stdout, stderr, exit }) => {
    const [program, ...words] = command;
    if (program === "cat") {
      stdin.onData((data) => stdout.write(data));
      stdin.onEnd(() => exit(0));
      return;
    }
    stdout.write(`${container === "" ? "-" : container} ${words.join(" ")}\n`);
    stderr.write("done\n");
    exit(program === "fail" ? 7 : 0);
  },
  portForward: (port, stream) => {
    stream.onData((data) => {
      stream.write(`${port} ${Buffer.from(data).toString("utf8").toUpperCase()}`);
      stream.end();
    });
  },
};

async function run(kubectl: Kubectl, name: string): Promise<void> {
  await kubectl.ok(`run ${name} --image=busybox`);
  const status = '{"status":{"phase":"Running"}}';
  await kubectl.ok(`patch pod ${name} --subresource=status --type=merge -p ${status}`);
}

/** Sends one line through a forwarded port and returns what comes back until the other side ends. */
async function throughPort(kubectl: Kubectl, env: CallOptions["env"]): Promise<string> {
  const child = kubectl.start(["port-forward", "pod/talker", ":8080"], { env: env ?? {} });
  const [first] = (await once(child.stdout, "data")) as [Buffer];
  const port = /127\.0\.0\.1:(\d+) -> 8080/.exec(first.toString("utf8"))?.[1];
  const socket = connect(Number(port), "127.0.0.1");
  socket.end("hello");
  let answer = "";
  socket.on("data", (data: Buffer) => {
    answer += data.toString("utf8");
  });
  await once(socket, "close");
  child.kill();
  await once(child, "close");
  return answer;
}

/** How kubectl speaks to pods: of itself over WebSockets, and as it did before, over SPDY. */
const transports = [
  [
    "WebSockets",
    { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: "true", KUBECTL_PORT_FORWARD_WEBSOCKETS: "true" },
  ],
  [
    "SPDY",
    { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: "false", KUBECTL_PORT_FORWARD_WEBSOCKETS: "false" },
  ],
] as const;

export const podCases: readonly KubectlCase[] = [
  {
    title: "logs prints all, the last lines, and what comes",
    run: async (kubectl) => {
      await run(kubectl, "talker");
      expect(
        await Promise.all([
          kubectl.ok("logs talker"),
          kubectl.ok("logs talker --tail=1"),
          kubectl.ok("logs -f talker -c talker"),
          kubectl.refused("logs talker -c nobody"),
        ]),
      ).toEqual([
        "one\ntwo\nthree",
        "three",
        "one\ntwo\nthree\nand on",
        "error: container nobody is not valid for pod talker",
      ]);
    },
  },
  ...transports.map(([name, env]): KubectlCase => ({
    title: `exec and port-forward carry input, output, errors and exit codes over ${name}`,
    run: async (kubectl) => {
      await run(kubectl, "talker");
      const exec = (command: string, input?: string) =>
        kubectl.run(["exec", "talker", ...command.split(" ")], {
          env,
          ...(input === undefined ? {} : { input }),
        });
      const [said, failed, echoed, forwarded] = await Promise.all([
        exec("-- say a b"),
        exec("-c talker -- fail"),
        exec("-i -- cat", "from here"),
        throughPort(kubectl, env),
      ]);
      expect(said).toEqual({ code: 0, out: "talker a b\n", err: "done\n" });
      expect(failed).toEqual({
        code: 7,
        out: "talker \n",
        err: "done\ncommand terminated with exit code 7\n",
      });
      expect(echoed).toEqual({ code: 0, out: "from here", err: "" });
      expect(forwarded).toBe("8080 HELLO");
    },
  })),
];
