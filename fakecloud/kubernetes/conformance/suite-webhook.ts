import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { realClock } from "../../kernel/clock.ts";
import { isObject } from "../object.ts";
import { createCertificateAuthority, issueCertificate } from "../https/certificates.ts";
import { testKeyPair } from "../https/test-server.ts";
import type { Asked, Hook } from "./case.ts";
import type { WebhookOfSuite } from "./runner.ts";

export interface StartedWebhook extends WebhookOfSuite {
  close(): void;
}

/** A webhook over HTTPS on loopback, which answers as the running case says. */
export async function startSuiteWebhook(): Promise<StartedWebhook> {
  const { certificate, caBundle, key } = identity();
  let hooks: Readonly<Record<string, Hook>> = {};
  let asked: Asked[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = (request.url ?? "").replace(/\?.*/, "");
      const review: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      asked.push({ path, review });
      const hook = hooks[path];
      if (hook === undefined) {
        response.writeHead(404).end();
        return;
      }
      const body = isObject(review) && isObject(review["request"]) ? review["request"] : {};
      const answer = hook(body);
      if (answer === undefined) return;
      response.setHeader("content-type", "application/json");
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    caBundle,
    answerWith: (given) => {
      hooks = given;
      asked = [];
    },
    takeAsked: () => {
      const taken = asked;
      asked = [];
      return taken;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function identity() {
  const keyPair = testKeyPair();
  const now = realClock.now();
  const dates = {
    notBefore: now - 3_600_000,
    notAfter: now + 86_400_000,
    serial: Uint8Array.of(7, 7),
  };
  const ca = createCertificateAuthority({ subject: { commonName: "suite" }, keyPair, ...dates });
  const certificate = issueCertificate({
    ca,
    subject: { commonName: "webhook" },
    sans: { ipAddresses: ["127.0.0.1"] },
    usages: ["server"],
    keyPair,
    ...dates,
  });
  const caBundle = Buffer.from(ca.certificatePem).toString("base64");
  return { certificate, caBundle, key: keyPair.privateKeyPem };
}
