import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeVpcsCommand,
  EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import type { KubeObject } from "@seatrial/controllers/runtime/client.ts";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { kinds, managementClient } from "./management.ts";
import { createProgram } from "./program.ts";
import { LongRunning, seatrial } from "./test-process.ts";

const example = new URL("../../examples/small.yaml", import.meta.url);

/** As `kubectl apply -f` does it. */
async function apply(directory: string): Promise<void> {
  const client = managementClient(join(directory, "kubeconfig"));
  for (const document of parseAllDocuments(readFileSync(example, "utf8"))) {
    const object = document.toJS() as KubeObject;
    const { apiVersion, kind, metadata } = object;
    const placed = { ...object, metadata: { ...metadata, namespace: "default" } };
    await client.apply(await client.kindFor(apiVersion, kind), placed, { fieldManager: "test" });
  }
}

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}

async function isAvailable(directory: string): Promise<boolean> {
  const client = managementClient(join(directory, "kubeconfig"));
  const cluster = await client.get<Conditioned>(kinds.cluster, {
    namespace: "default",
    name: "small",
  });
  return (cluster?.status?.conditions ?? []).some(
    ({ type, status }) => type === "Available" && status === "True",
  );
}

let up: LongRunning;
const here = () => `--data-dir=${up.directory}`;

beforeAll(async () => {
  const flags = ["--time-scale=600", "--eventual-consistency", "--enforce-policies"];
  up = await LongRunning.start("up", flags);
  await apply(up.directory);
});

afterAll(() => up.stop());

/** Those that ask something; `up` and `run` would load the whole house here. */
const commands = "cloud controllers describe fault inventory kubeconfig logs reset why".split(" ");

test.each(commands)("%s says what it does and shows how it is used", async (name) => {
  const program = await createProgram(["node", "seatrial", name]);
  const command = program.commands.find((one) => one.name() === name)!;
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  expect(command.description().length).toBeGreaterThan(20);
  expect(text).toMatch(new RegExp(`Examples:\\n {2}seatrial ${name}`));
});

const mistakes: readonly (readonly [args: readonly string[], says: string])[] = [
  [["inventory", "--data-dir=/nowhere/at/all"], 'start "seatrial up" or "seatrial cloud" there'],
  [["describe", "machine", "x"], "write: seatrial describe cluster NAME"],
  [["describe", "cluster", "x", "--kubeconfig=/nowhere"], "there is no kubeconfig /nowhere"],
  [["cloud", "--port=x"], '--port must be a port from 0 to 65535, not "x"'],
  [["cloud", "--port=1", "--profile=fast"], "--profile must be faithful or lenient"],
  [["cloud", "--port=1", "--time-scale=0"], "--time-scale must be a number from 1"],
  [["controllers"], "name its --kubeconfig, or run inside a pod"],
  [["controllers", "--kubeconfig=/nowhere"], "--kubeconfig: there is no file /nowhere"],
];

async function expectRefusal(args: readonly string[], says: string): Promise<void> {
  const { code, stderr, stdout } = await seatrial(...args);
  expect({ args, code, stdout }).toEqual({ args, code: 3, stdout: "" });
  expect(stderr).toContain(says);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
}

test("bad input is refused in one sentence with exit code 3", async () => {
  await Promise.all(mistakes.map(([args, says]) => expectRefusal(args, says)));
});

test("what asks a running up refuses bad input in one sentence with exit code 3", async () => {
  const cases: readonly (readonly [args: readonly string[], says: string])[] = [
    [["why", "nobody"], "there is no instance, no Node and no Machine nobody"],
    [["logs", "pod/x"], "is no machine: write machine/NAME"],
    [["kubeconfig", "other"], "there is no Secret other-kubeconfig in namespace default"],
    [["fault", "zonOutage", "b"], "do.zonOutage is no kind of fault"],
    [["fault", "zoneOutage", "b", "--for=soon"], 'for must be a duration like "90s"'],
    [["fault", "throttle"], "name an operation, such as RunInstances"],
    [["fault", "noCapacity", "b", "--set", "type"], "--set wants field=value"],
    [["fault", "remove"], "name the faults to remove, or say --all"],
    [["fault", "remove", "none"], "no fault with the ID none is active"],
    [["describe", "cluster", "other"], "there is no Cluster other in namespace default"],
    [["why", "cluster/other"], "there is no Cluster other in namespace default"],
  ];
  await Promise.all(cases.map(([args, says]) => expectRefusal([...args, here()], says)));
});

test("a cluster is described as a tree, its machines have a log and nothing in their way, its kubeconfig works", async () => {
  await up.until(() => isAvailable(up.directory));
  const tree = await seatrial("describe", "cluster", "small", here());
  expect(tree.code).toBe(0);
  expect(tree.stdout).toMatch(/^NAME +REPLICAS +READY +STATUS/);
  expect(tree.stdout).toMatch(/^Cluster\/small +Available: True/m);
  expect(tree.stdout).toMatch(/^├─ClusterInfrastructure - AWSCluster\/small +Ready: True/m);
  expect(tree.stdout).toMatch(/^├─ControlPlane - KubeadmControlPlane\/small-control-plane +1\/1 /m);
  expect(tree.stdout).toMatch(/^ {2}└─Machine\/small-md-0-\S+ +Ready: True/m);
  expect(tree.stdout).not.toContain("\u001B");
  const [, machine = ""] = /└─Machine\/(small-md-0-\S+)/.exec(tree.stdout) ?? [];
  const why = await seatrial("why", machine, here());
  expect(why.stdout).toMatch(/^small-md-0-\S+ \(i-[0-9a-f]+\): nothing is in its way\n$/);
  const whole = await seatrial("why", "cluster/small", here());
  expect(whole.stdout).toBe("Cluster small: nothing is in its way\n");
  const log = await seatrial("logs", `machine/${machine}`, here());
  expect(log.stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}booting capa-ami-/);
  expect(log.stdout).toContain("This node has joined the cluster");
  for (const proxy of [[], ["--proxy"]]) {
    const file = join(up.directory, "small.kubeconfig");
    const made = await seatrial("kubeconfig", "small", "-o", file, ...proxy, here());
    expect(made).toMatchObject({ code: 0, stdout: "" });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8").includes("proxy-url")).toBe(proxy.length > 0);
  }
});

/** Goes on until it is stopped; the data directory is not its own. */
function following(command: string, ...args: readonly string[]): LongRunning {
  const process = new LongRunning(command, {
    args: [...args, here()],
    directory: up.directory,
  });
  onTestFinished(async () => void (await process.stop({ keep: true })));
  return process;
}

test("what is followed shows what happens next, a log line by line and a tree picture by picture", async () => {
  await up.until(() => isAvailable(up.directory));
  const client = managementClient(join(up.directory, "kubeconfig"));
  const machines = async () =>
    (await client.list(kinds.machine)).map(({ metadata }) => metadata.name).toSorted();
  const [, worker = ""] = await machines();
  const log = following("logs", `machine/${worker}`, "-f");
  const tree = following("describe", "cluster", "small", "--watch");
  await log.until(() => log.output.includes("This node has joined the cluster"));
  await tree.until(() => tree.output.includes(`Machine/${worker}`));

  const [, endpoint = ""] = /AWS +(http:\S+)/.exec(up.output) ?? [];
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const ec2 = new EC2Client({ endpoint, region: "eu-west-1", credentials });
  const { stdout } = await seatrial("why", worker, here());
  const InstanceIds = [/\((i-[0-9a-f]+)\)/.exec(stdout)?.[1] ?? ""];
  const stateOf = async () => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
    return Reservations[0]?.Instances?.[0]?.State?.Name;
  };
  await ec2.send(new StopInstancesCommand({ InstanceIds }));
  await up.until(async () => (await stateOf()) === "stopped");
  await ec2.send(new StartInstancesCommand({ InstanceIds }));
  await log.until(() => log.output.split("Z  booting capa-ami-").length === 3);

  const pool = { namespace: "default", name: "small-md-0" };
  await client.mergePatch(kinds.machineDeployment, pool, { spec: { replicas: 2 } });
  await up.until(async () => (await machines()).length === 3);
  const added = (await machines()).find((name) => name.startsWith("small-md") && name !== worker);
  await tree.until(() =>
    tree.output
      .split(/^\d{4}-.*Z$/m)
      .at(-1)!
      .includes(`Machine/${added}`),
  );
});

test("faults begin, are listed and end; what happens at once has happened", async () => {
  const begun = await seatrial("fault", "zone-outage", "c", "--for", "2h", "--id", "out", here());
  expect(begun.stdout).toBe("out for 12 s from now (delays pass 600 times faster than life)\n");
  const listed = await seatrial("fault", "list", here());
  expect(listed.stdout).toMatch(/^ID +STRUCK +FAULT\nout +0 +\{.*"zoneOutage":\{"zone":"c"\}/);
  expect((await seatrial("fault", "remove", "out", here())).stdout).toBe("removed out\n");
  const calls = ["--object", "no-such", "--nth", "2", "--set", "code=Unavailable"];
  const call = await seatrial("fault", "fail", "RunInstances", ...calls, here());
  expect(call.stdout).toMatch(/^fail-\d+ until "seatrial fault remove fail-\d+"\n$/);
  expect((await seatrial("fault", "remove", "--all", here())).stdout).toBe("no fault is active\n");
  expect((await seatrial("fault", "list", here())).stdout).toBe("no fault is active\n");
  const gone = await seatrial("fault", "terminateInstance", "small-md-0-*", here());
  expect(gone.stdout).toMatch(/^terminateInstance-\d+ has happened\n$/);
});

test("the inventory lists what is there, and a reset leaves nothing of it, nor of the clusters", async () => {
  const { stdout } = await seatrial("inventory", here());
  expect(stdout).toMatch(/^vpc\/vpc-[0-9a-f]{17}$/m);
  const before = readFileSync(join(up.directory, "kubeconfig"), "utf8");
  expect(await seatrial("reset", here())).toMatchObject({
    code: 0,
    stdout: "everything is as at the first start\n",
  });
  expect((await seatrial("inventory", "--json", here())).stdout).toBe("[]\n");
  const after = readFileSync(join(up.directory, "kubeconfig"), "utf8");
  const server = /server: .*/;
  expect(server.exec(after)?.[0]).toBe(server.exec(before)?.[0]);
  const clusters = await managementClient(join(up.directory, "kubeconfig")).list(kinds.cluster);
  expect(clusters).toEqual([]);
});

test("a cloud alone serves any client, resets as other emulators do, and goes on where it was", async () => {
  const cloud = await LongRunning.start("cloud", ["--profile=lenient"]);
  const { directory } = cloud;
  const access = join(directory, "admin.json");
  expect(statSync(access).mode & 0o777).toBe(0o600);
  const { token } = JSON.parse(readFileSync(access, "utf8")) as { token: string };
  expect(cloud.output).not.toContain(token);
  const endpointOf = ({ output }: LongRunning) => /AWS +(http:\S+)/.exec(output)?.[1] ?? "";
  const inventory = async () => (await seatrial("inventory", `--data-dir=${directory}`)).stdout;
  const endpoint = endpointOf(cloud);
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const ec2 = new EC2Client({ endpoint, region: "eu-west-1", credentials });
  const create = () => ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  await create();
  expect((await fetch(`${endpoint}/moto-api/reset`, { method: "POST" })).status).toBe(200);
  expect(await inventory()).toBe("");
  await create();
  const before = await inventory();
  expect(await cloud.stop({ keep: true })).toBe(0);
  expect(() => statSync(access)).toThrow("ENOENT");
  const flags = ["--profile=lenient", "--enforce-policies"];
  const again = await LongRunning.start("cloud", flags, directory);
  expect(await inventory()).toBe(before);
  await expect(userMayDo(endpointOf(again))).rejects.toThrow(
    "no identity-based policy allows the ec2:DescribeVpcs action",
  );
  await again.stop();
});

/** What a user can do to whom nobody has given a policy. */
async function userMayDo(endpoint: string): Promise<void> {
  const administrator = { accessKeyId: "any", secretAccessKey: "any" };
  const iam = new IAMClient({ endpoint, region: "us-east-1", credentials: administrator });
  const UserName = "newcomer";
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  const ec2 = new EC2Client({ endpoint, region: "eu-west-1", credentials });
  await ec2.send(new DescribeVpcsCommand({}));
}

const isFull = process.env["SEATRIAL_FULL"] !== undefined;
const onlyFull = isFull ? "" : " (in the full run)";

test.skipIf(!isFull)(
  `the production manager runs against any management cluster and AWS, and says how it is${onlyFull}`,
  async () => {
    const bare = await LongRunning.start("up", ["--no-controllers", "--time-scale=600"]);
    const kubeconfig = join(bare.directory, "kubeconfig");
    const [, aws = ""] = /AWS +(http:\S+)/.exec(bare.output) ?? [];
    const places = [`--kubeconfig=${kubeconfig}`, `--aws-endpoint=${aws}`, "--health-port=0"];
    const election = ["--leader-elect", "--leader-elect-namespace=default"];
    const manager = new LongRunning("controllers", { args: [...places, ...election] });
    onTestFinished(async () => {
      await manager.stop();
      await bare.stop();
    });
    await manager.ready();
    const [, health = ""] = /metrics at (http:\S+)/.exec(manager.output) ?? [];
    await manager.until(async () => (await fetch(`${health}/readyz`)).ok);
    await apply(bare.directory);
    const client = managementClient(kubeconfig);
    await manager.until(async () => {
      const key = { namespace: "default", name: "small" };
      const cluster = await client.get(kinds.cluster, key);
      return cluster?.metadata.finalizers?.length === 1;
    });
    expect(await (await fetch(`${health}/metrics`)).text()).toContain(
      "controller_runtime_reconcile",
    );
    expect(await manager.stop()).toBe(0);
  },
);
