// oxlint-disable no-restricted-imports -- It is a part of the tests: production code never imports it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFakeAws } from "@seatrial/fakecloud/aws/fake-aws.ts";
import {
  createApiServer,
  type EmbeddedApiServer,
} from "@seatrial/fakecloud/kubernetes/api-server.ts";
import type { ApiRequest } from "@seatrial/fakecloud/kubernetes/contract.ts";
import { startHttpsServer } from "@seatrial/fakecloud/kubernetes/https/https-server.ts";
import { httpsWebhookCaller } from "@seatrial/fakecloud/kubernetes/https/webhook-caller.ts";
import { startAwsHttpServer } from "@seatrial/fakecloud/wire/http-server.ts";
import { realClock } from "./runtime/clock.ts";
import {
  type CertifiedKey,
  createCertificateAuthority,
  issueCertificate,
} from "./runtime/pki/certificates.ts";
import { generatedKeyPairs } from "./runtime/pki/key-pairs.ts";
import { altName } from "./runtime/pki/names.ts";
import { realRandom } from "./runtime/random.ts";
import { crdsWithWebhook, webhookConfigurations } from "./webhooks/configurations.ts";

const day = 86_400_000;
const dates = { notBeforeMs: realClock.now() - day, notAfterMs: realClock.now() + day };
const keyPair = generatedKeyPairs.next("https-world");
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A write that has reached the API server. */
export interface Write {
  readonly by: string;
  readonly agent: string;
  readonly what: string;
}

/**
 * An API server and an AWS on loopback, certificates for everybody, kubectl, and production managers as processes of their own: all
 * that an operator has, without a cloud.
 */
export class HttpsWorld {
  readonly writes: Write[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), "seatrial-"));
  readonly #authority = createCertificateAuthority(
    { purpose: "ca", commonName: "https-world", keyPair, ...dates },
    realRandom,
  );
  readonly #children: ChildProcess[] = [];
  readonly #closers: (() => unknown)[] = [];
  webhookPort = 0;
  url = "";
  #awsUrl = "";

  async start(): Promise<void> {
    this.webhookPort = await freePort();
    const core: EmbeddedApiServer = createApiServer({
      clock: realClock,
      random: realRandom,
      name: "management",
      version: "v1.36.0",
      callWebhook: httpsWebhookCaller(() => core.store),
    });
    const serving = this.#issue("kube-apiserver", "server");
    const https = await startHttpsServer({
      server: { ...core, handle: (request) => core.handle(this.#noted(request)) },
      certificatePem: serving.certificatePem,
      privateKeyPem: serving.privateKeyPem,
      clientAuthority: this.#authority.certificatePem,
      authenticateToken: (token) => core.authenticateToken(token),
      openApiV2: () => core.openApiV2(),
      now: () => realClock.now(),
      port: 0,
    });
    this.url = https.url;
    const cloud = createFakeAws({ clock: realClock, random: realRandom, profile: "lenient" });
    const handle = cloud.handle.bind(cloud);
    const aws = await startAwsHttpServer({ handle, clock: realClock, port: 0 });
    this.#awsUrl = aws.url;
    this.#closers.push(
      () => https.close(),
      () => aws.close(),
      () => core.close(),
      () => cloud.close(),
    );
    const webhooks = this.#issue("webhook", "server");
    writeFileSync(join(this.folder, "tls.crt"), webhooks.certificatePem);
    writeFileSync(join(this.folder, "tls.key"), webhooks.privateKeyPem);
    await this.#install();
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    for (const close of this.#closers) await close();
    rmSync(this.folder, { recursive: true });
  }

  /** CRDs and webhook configurations, as an installation would bring them. */
  async #install(): Promise<void> {
    const address = {
      url: `https://127.0.0.1:${this.webhookPort}`,
      caPem: this.#authority.certificatePem,
    };
    const objects = [...crdsWithWebhook(address), ...webhookConfigurations(address)];
    await this.kubectl(["create", "-f", "-"], JSON.stringify(listOf(objects)));
  }

  /** A kubeconfig file of somebody who may do everything. */
  kubeconfigOf(name: string): string {
    const { certificatePem, privateKeyPem } = this.#issue(name, "client");
    const file = join(this.folder, `${name}.kubeconfig`);
    const cluster = {
      server: this.url,
      "certificate-authority-data": base64(this.#authority.certificatePem),
    };
    const user = {
      "client-certificate-data": base64(certificatePem),
      "client-key-data": base64(privateKeyPem),
    };
    writeFileSync(
      file,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": name,
        contexts: [{ name, context: { cluster: name, user: name } }],
        clusters: [{ name, cluster }],
        users: [{ name, user }],
      }),
    );
    return file;
  }

  /** Rejects with what kubectl says on standard error. */
  kubectl(args: readonly string[], input = ""): Promise<string> {
    const file = this.kubeconfigOf("kubectl");
    const cache = join(this.folder, "cache");
    return new Promise((resolve, reject) => {
      const child = execFile(
        "kubectl",
        ["--kubeconfig", file, "--cache-dir", cache, ...args],
        (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr))),
      );
      child.stdin?.end(input);
    });
  }

  /** The production manager as a process of its own; it logs in under this name. */
  startManager(name: string, more: readonly string[] = []): ChildProcess {
    const child = spawn(
      process.execPath,
      [
        fileURLToPath(new URL("main.ts", import.meta.url)),
        "--kubeconfig",
        this.kubeconfigOf(name),
        "--aws-endpoint",
        this.#awsUrl,
        ...more,
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          AWS_ACCESS_KEY_ID: "AKIASEATRIAL00000000",
          AWS_SECRET_ACCESS_KEY: "seatrial",
          AWS_EC2_METADATA_DISABLED: "true",
        },
      },
    );
    this.#children.push(child);
    // A test run that is ended from outside must not leave managers behind.
    process.once("exit", () => child.kill("SIGKILL"));
    return child;
  }

  /** Whether a manager answers the webhooks. */
  areWebhooksUp(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.webhookPort, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
  }

  #issue(commonName: string, usage: "client" | "server"): CertifiedKey {
    const altNames = usage === "server" ? [altName("127.0.0.1"), altName("localhost")] : [];
    const organizations = usage === "client" ? ["system:masters"] : [];
    const usages = [usage];
    return issueCertificate(
      { purpose: commonName, commonName, organizations, altNames, usages, keyPair, ...dates },
      this.#authority,
      realRandom,
    );
  }

  #noted(request: ApiRequest): ApiRequest {
    const { method, path, user, headers } = request;
    const agent = headers["user-agent"] ?? "";
    if (method !== "GET") this.writes.push({ by: user.username, agent, what: `${method} ${path}` });
    return request;
  }
}

function listOf(items: readonly object[]): object {
  return { apiVersion: "v1", kind: "List", items };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
