import type { KubeObject } from "@seatrial/controllers/runtime/client.ts";
import type { Condition } from "../describe/cluster-tree.ts";
import { InputError } from "../runner/input-error.ts";
import { asking, kinds, kubeconfigFile, managementClient } from "./management.ts";
import type { MachineFacts, Running } from "./running.ts";

interface MachineObject extends KubeObject {
  readonly spec?: { readonly providerID?: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Place {
  readonly dataDir: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
}

/** What a Machine without an instance waits for. */
interface NotYet {
  readonly obstacle: string;
}

/** By the name of an instance or Node; else by the name of a Machine of the management cluster. */
export async function findMachine(
  running: Running,
  name: string,
  place: Place,
): Promise<MachineFacts | NotYet> {
  const direct = await running.find<MachineFacts>(`/machines/${encodeURIComponent(name)}`);
  if (direct !== undefined) return direct;
  const file = kubeconfigFile(place.kubeconfig, place.dataDir);
  const { namespace } = place;
  const machine = await asking(file, () =>
    managementClient(file).get<MachineObject>(kinds.machine, { namespace, name }),
  );
  if (machine === undefined) {
    throw new InputError(
      `there is no instance, no Node and no Machine ${name} in namespace ${namespace}; "kubectl get machines" lists them`,
    );
  }
  const instanceId = machine.spec?.providerID?.split("/").at(-1);
  const found =
    instanceId === undefined
      ? undefined
      : await running.find<MachineFacts>(`/machines/${instanceId}`);
  return found ?? { obstacle: obstacleOf(machine.status?.conditions ?? []) };
}

/** In the order in which a Machine comes up. */
const steps = ["BootstrapConfigReady", "InfrastructureReady", "NodeReady", "NodeHealthy", "Ready"];

function obstacleOf(conditions: readonly Condition[]): string {
  for (const type of steps) {
    const condition = conditions.find((one) => one.type === type);
    if (condition === undefined || condition.status === "True") continue;
    const { reason = "", message = "" } = condition;
    const words = message === "" ? reason : message.replaceAll(/\s*\n\s*/g, " ");
    return `${type} is ${condition.status}: ${words}`;
  }
  return "no controller has looked at it yet";
}
