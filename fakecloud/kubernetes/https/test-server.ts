import { generateKeyPairSync } from "node:crypto";
import { realClock } from "../../kernel/clock.ts";
import { KeyedRandom } from "../../kernel/random.ts";
import {
  createApiServer,
  type CreateApiServerOptions,
  type EmbeddedApiServer,
} from "../api-server.ts";
import {
  createCertificateAuthority,
  issueCertificate,
  type CertificateAuthority,
  type KeyPair,
} from "./certificates.ts";
import { startHttpsServer, type HttpsServer, type HttpsServerOptions } from "./https-server.ts";

export interface TestServer {
  readonly core: EmbeddedApiServer;
  readonly https: HttpsServer;
  readonly ca: CertificateAuthority;
  /** A client certificate with its key. */
  clientOf(commonName: string, organizations: readonly string[]): ClientCredentials;
  close(): Promise<void>;
}

export interface ClientCredentials {
  readonly cert: string;
  readonly key: string;
}

let made: KeyPair | undefined;

/** One real key for all of a test run: the fixture pool's keys are too short for OpenSSL. */
export function testKeyPair(): KeyPair {
  if (made !== undefined) return made;
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  made = {
    privateKeyPem: privateKey.export({ type: "pkcs1", format: "pem" }),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
  };
  return made;
}

/** A real API server over HTTPS on a free loopback port. */
export async function startTestServer(
  options: Partial<HttpsServerOptions> = {},
  coreOptions: Partial<CreateApiServerOptions> = {},
): Promise<TestServer> {
  const keyPair = testKeyPair();
  const now = realClock.now();
  const dates = {
    notBefore: now - 3_600_000,
    notAfter: now + 86_400_000,
    serial: Uint8Array.of(1, 2, 3, 4),
  };
  const ca = createCertificateAuthority({ subject: { commonName: "test" }, keyPair, ...dates });
  const certificatePem = issueCertificate({
    ca,
    subject: { commonName: "kube-apiserver" },
    sans: { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] },
    usages: ["server"],
    keyPair,
    ...dates,
  });
  const core = createApiServer({
    clock: realClock,
    random: new KeyedRandom("https-test"),
    name: "management",
    version: "v1.36.0",
    ...coreOptions,
  });
  const https = await startHttpsServer({
    server: core,
    certificatePem,
    privateKeyPem: keyPair.privateKeyPem,
    clientAuthority: ca.certificatePem,
    authenticateToken: (token) => core.authenticateToken(token),
    openApiV2: () => core.openApiV2(),
    now: () => realClock.now(),
    port: 0,
    ...options,
  });
  return {
    core,
    https,
    ca,
    clientOf: (commonName, organizations) => ({
      key: keyPair.privateKeyPem,
      cert: issueCertificate({
        ca,
        subject: { commonName, organizations },
        usages: ["client"],
        keyPair,
        ...dates,
      }),
    }),
    close: async () => {
      await https.close();
      core.close();
    },
  };
}
