import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { elementOf, RawClient } from "./aws-raw-client.ts";
import { rate } from "./rate.ts";

const serverScript = fileURLToPath(new URL("aws-server.ts", import.meta.url));
const startLimitMs = 60_000;
const image = "ami-12c6146b";

interface Figures {
  readonly startMs: number;
  readonly describeOne: number;
  readonly describeHundred: number;
  readonly run: number;
  readonly vpcLives: number;
  /** Resident KiB of the process once it holds more than a thousand instances. */
  readonly memoryKib: number;
  /** What a thousand instances add to a process that has just begun, in KiB. */
  readonly addedKib: number;
}

/** The same calls from the same client against this fake and against moto's server, each in a process of its own. */
export async function benchmarkAgainstMoto(): Promise<readonly string[]> {
  const ours = await measure(process.execPath, (port) => [serverScript, `${port}`]);
  if (!(await isThere("moto_server"))) return ["moto_server is not on the PATH: no comparison"];
  const moto = await measure("moto_server", (port) => ["-p", `${port}`]);
  const compare = (what: string, mine: number, other: number) =>
    `${what}: ${show(mine)} against moto's ${show(other)}, ratio ${(mine / other).toFixed(1)}`;
  return [
    compare("DescribeInstances of 1, calls/s", ours.describeOne, moto.describeOne),
    compare("DescribeInstances of 100, calls/s", ours.describeHundred, moto.describeHundred),
    compare("RunInstances, calls/s", ours.run, moto.run),
    compare("VPC build-up and tear-down, lives/s", ours.vpcLives, moto.vpcLives),
    compare("resident memory that 1,000 instances add, KiB", ours.addedKib, moto.addedKib),
    compare("resident memory in all, with 1,000 instances, KiB", ours.memoryKib, moto.memoryKib),
    compare("start to first answer, ms", ours.startMs, moto.startMs),
  ];
}

function show(figure: number): string {
  return figure < 100 ? figure.toFixed(1) : Math.round(figure).toLocaleString("en-US");
}

function isThere(command: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, ["--help"], (error) => resolve(error === null));
  });
}

type Arguments = (port: number) => string[];

async function measure(command: string, argumentsFor: Arguments): Promise<Figures> {
  const addedKib = await measureMemory(command, argumentsFor);
  const port = await freePort();
  const startedMs = performance.now();
  const child = spawn(command, argumentsFor(port), { stdio: "ignore" });
  const client = new RawClient(port);
  try {
    await firstAnswer(client);
    const startMs = performance.now() - startedMs;
    const launch = launcher(client, await makeSubnet(client));
    const one = elementOf(await launch(1), "instanceId");
    const describeOne = await many(200, () =>
      client.call("DescribeInstances", { "InstanceId.1": one }),
    );
    await launch(99);
    const describeHundred = await many(20, () => client.call("DescribeInstances"));
    const run = await many(40, () => launch(1));
    const vpcLives = await many(10, () => vpcLife(client));
    for (let index = 0; index < 10; index += 1) await launch(100);
    const memoryKib = residentKib(child);
    return { startMs, describeOne, describeHundred, run, vpcLives, memoryKib, addedKib };
  } finally {
    client.close();
    child.kill("SIGKILL");
  }
}

function launcher(client: RawClient, subnetId: string): (count: number) => Promise<string> {
  return (count) =>
    client.call("RunInstances", {
      ImageId: image,
      InstanceType: "t3.micro",
      MinCount: `${count}`,
      MaxCount: `${count}`,
      SubnetId: subnetId,
    });
}

/** In a process of its own: one that has answered thousands of calls has memory to spare. */
async function measureMemory(command: string, argumentsFor: Arguments): Promise<number> {
  const port = await freePort();
  const child = spawn(command, argumentsFor(port), { stdio: "ignore" });
  const client = new RawClient(port);
  try {
    await firstAnswer(client);
    const launch = launcher(client, await makeSubnet(client));
    await launch(1);
    const before = residentKib(child);
    for (let index = 0; index < 10; index += 1) await launch(100);
    return residentKib(child) - before;
  } finally {
    client.close();
    child.kill("SIGKILL");
  }
}

/** Four at a time keep the server busy and the client idle. */
function many(count: number, work: () => Promise<unknown>): Promise<number> {
  return rate(count, async () => {
    let left = count;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        await work();
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  });
}

async function makeSubnet(client: RawClient): Promise<string> {
  const vpcId = elementOf(await client.call("CreateVpc", { CidrBlock: "10.0.0.0/16" }), "vpcId");
  const subnet = { VpcId: vpcId, CidrBlock: "10.0.0.0/18" };
  return elementOf(await client.call("CreateSubnet", subnet), "subnetId");
}

/** Twelve calls: a VPC with a subnet, a gateway and a route, and all of it gone again. */
async function vpcLife(client: RawClient): Promise<void> {
  const vpcId = elementOf(await client.call("CreateVpc", { CidrBlock: "10.9.0.0/16" }), "vpcId");
  const subnet = { VpcId: vpcId, CidrBlock: "10.9.0.0/24" };
  const subnetId = elementOf(await client.call("CreateSubnet", subnet), "subnetId");
  const gatewayId = elementOf(await client.call("CreateInternetGateway"), "internetGatewayId");
  const gateway = { InternetGatewayId: gatewayId, VpcId: vpcId };
  await client.call("AttachInternetGateway", gateway);
  const made = await client.call("CreateRouteTable", { VpcId: vpcId });
  const tableId = elementOf(made, "routeTableId");
  await client.call("CreateRoute", {
    RouteTableId: tableId,
    DestinationCidrBlock: "0.0.0.0/0",
    GatewayId: gatewayId,
  });
  const association = { RouteTableId: tableId, SubnetId: subnetId };
  const associated = await client.call("AssociateRouteTable", association);
  const associationId = elementOf(associated, "associationId");
  await client.call("DisassociateRouteTable", { AssociationId: associationId });
  await client.call("DeleteRouteTable", { RouteTableId: tableId });
  await client.call("DetachInternetGateway", gateway);
  await client.call("DeleteInternetGateway", { InternetGatewayId: gatewayId });
  await client.call("DeleteSubnet", { SubnetId: subnetId });
  await client.call("DeleteVpc", { VpcId: vpcId });
}

async function firstAnswer(client: RawClient): Promise<void> {
  const untilMs = performance.now() + startLimitMs;
  for (;;) {
    const isUp = await client.call("DescribeVpcs").then(
      () => true,
      () => false,
    );
    if (isUp) return;
    if (performance.now() > untilMs) throw new Error("the server did not start");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Resident memory of a process, where the system tells it. */
function residentKib(child: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN);
  } catch {
    return Number.NaN;
  }
}
