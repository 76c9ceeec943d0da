import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { FakeAws } from "../../aws/contract.ts";
import { createFakeAws } from "../../aws/fake-aws.ts";
import { realClock } from "../../kernel/clock.ts";
import { KeyedRandom } from "../../kernel/random.ts";
import { type AwsHttpServer, startAwsHttpServer } from "../http-server.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "seatrial-clients-"));
let aws: FakeAws;
let server: AwsHttpServer;

beforeAll(async () => {
  server = await startAwsHttpServer({
    handle: (request) => aws.handle(request),
    clock: realClock,
    port: 0,
  });
});
beforeEach(() => {
  aws = createFakeAws({ clock: realClock, random: new KeyedRandom("1"), profile: "lenient" });
});
afterAll(async () => {
  await server.close();
  rmSync(work, { recursive: true, force: true });
});

const full = process.env["SEATRIAL_FULL"] !== undefined;

/** A compiler takes minutes the first time, and what it needs must be in its module cache: nothing is downloaded here. */
async function buildGoClient(): Promise<string | undefined> {
  const binary = join(work, "go-life");
  const env = { ...process.env, GOPROXY: "off", GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local" };
  return run("go", ["build", "-o", binary, "."], { cwd: join(here, "go"), env }).then(
    () => binary,
    () => undefined,
  );
}

/** Terraform plug-ins come from a mirror on this machine: one of Terraform's own places, or any below /opt. */
function terraformMirror(): string | undefined {
  const below = existsSync("/opt") ? readdirSync("/opt").map((name) => `/opt/${name}`) : [];
  const places = [
    process.env["SEATRIAL_TERRAFORM_MIRROR"] ?? "",
    join(homedir(), ".terraform.d/plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    ...below,
  ];
  return places.find(
    (place) => place !== "" && existsSync(join(place, "registry.terraform.io/hashicorp/aws")),
  );
}

const goClient = full ? await buildGoClient() : undefined;
const mirror = full ? terraformMirror() : undefined;
const why = full ? "it cannot be had here" : "only with SEATRIAL_FULL";

test.skipIf(goClient === undefined)(
  `the Go SDK lives a whole life and leaves nothing${goClient === undefined ? ` (${why})` : ""}`,
  async () => {
    const { stdout } = await run(goClient ?? "", [server.url]);
    expect(JSON.parse(stdout)).toEqual({
      account: "123456789012",
      name: "<n> & ü",
      secret: "v",
      content: 3000,
      presigned: true,
      failures: ["DependencyViolation", "NoSuchKey", "InvalidVpcID.NotFound"],
    });
    expect(aws.inventory()).toEqual([]);
  },
  120_000,
);

test.skipIf(mirror === undefined)(
  `Terraform applies, sees no difference, destroys and leaves nothing${mirror === undefined ? ` (${why})` : ""}`,
  async () => {
    const folder = join(work, "terraform");
    cpSync(join(here, "terraform"), folder, { recursive: true });
    const config = join(work, "terraformrc");
    writeFileSync(
      config,
      `provider_installation {\n  filesystem_mirror { path = "${mirror}" }\n}\n`,
    );
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: server.url,
      AWS_EC2_METADATA_DISABLED: "true",
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: config,
      TF_IN_AUTOMATION: "1",
    };
    const terraform = (...args: string[]) =>
      run("terraform", args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
    await terraform("init", "-no-color");
    await terraform("apply", "-auto-approve", "-no-color", "-input=false");
    expect(aws.inventory().length).toBeGreaterThan(25);
    // Exit code 2 tells a difference between what was asked for and what is there.
    await terraform("plan", "-detailed-exitcode", "-no-color", "-input=false");
    await terraform("destroy", "-auto-approve", "-no-color");
    expect(aws.inventory()).toEqual([]);
  },
  600_000,
);
