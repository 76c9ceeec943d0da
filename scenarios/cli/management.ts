import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Client, Kind } from "@seatrial/controllers/runtime/client.ts";
import { realClock } from "@seatrial/controllers/runtime/clock.ts";
import { createClient } from "@seatrial/controllers/runtime/dynamic-client.ts";
import { StatusError, UnreachableError } from "@seatrial/controllers/runtime/errors.ts";
import { KubeconfigError, transportFromFile } from "@seatrial/controllers/runtime/kubeconfig.ts";
import { realRandom } from "@seatrial/controllers/runtime/random.ts";
import { InputError } from "../runner/input-error.ts";

const group = "cluster.x-k8s.io";
const version = "v1beta2";

const core = (kind: string, plural: string): Kind => ({
  group,
  version,
  kind,
  plural,
  namespaced: true,
});

export const kinds = {
  cluster: core("Cluster", "clusters"),
  machine: core("Machine", "machines"),
  machineDeployment: core("MachineDeployment", "machinedeployments"),
  secret: { group: "", version: "v1", kind: "Secret", plural: "secrets", namespaced: true },
} as const;

/** As kubectl chooses: the flag, KUBECONFIG, what `up` has written here, the one at home. */
export function kubeconfigFile(flag: string | undefined, dataDir: string): string {
  const local = join(dataDir, "kubeconfig");
  const [fromEnvironment] = (process.env["KUBECONFIG"] ?? "").split(":");
  const candidates = [flag, fromEnvironment, existsSync(local) ? local : undefined];
  const chosen = candidates.find((file) => file !== undefined && file !== "");
  return chosen ?? join(homedir(), ".kube", "config");
}

/** A client of the management cluster. */
export function managementClient(file: string): Client {
  if (!existsSync(file)) {
    throw new InputError(`there is no kubeconfig ${file}; name one with --kubeconfig`);
  }
  try {
    const transport = transportFromFile(file, "seatrial");
    return createClient({ transport, clock: realClock, random: realRandom });
  } catch (error) {
    if (error instanceof KubeconfigError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}

/** What the management cluster answers is for the user to mend, not a defect of ours. */
export async function asking<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreachableError) {
      throw new InputError(`the API server of ${file} does not answer: ${error.message}`);
    }
    if (error instanceof StatusError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}
