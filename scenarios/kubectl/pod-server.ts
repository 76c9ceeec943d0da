import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FindPodBackend } from "@seatrial/fakecloud/kubernetes/https/pod-backend.ts";
import { startTestServer } from "@seatrial/fakecloud/kubernetes/https/test-server.ts";
import type { RunningSeatrial } from "./running-seatrial.ts";

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** An API server over HTTPS whose pods talk, with a kubeconfig for it. */
export async function startPodServer(
  podBackend: FindPodBackend,
): Promise<Omit<RunningSeatrial, "output">> {
  const server = await startTestServer({ podBackend });
  const directory = mkdtempSync(join(tmpdir(), "seatrial-pods-"));
  const client = server.clientOf("kubernetes-admin", ["system:masters"]);
  const user = {
    "client-certificate-data": base64(client.cert),
    "client-key-data": base64(client.key),
  };
  const cluster = {
    server: server.https.url,
    "certificate-authority-data": base64(server.ca.certificatePem),
  };
  const kubeconfig = join(directory, "kubeconfig");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "pods", cluster }],
    users: [{ name: "admin", user }],
    contexts: [{ name: "pods", context: { cluster: "pods", user: "admin" } }],
    "current-context": "pods",
  };
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  return {
    kubeconfig,
    directory,
    stop: async () => {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
