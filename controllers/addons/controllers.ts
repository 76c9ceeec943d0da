import type { Controller, ControllerDeps } from "../runtime/controller.ts";
import { clusterResourceSetController } from "./cluster-resource-set-reconciler.ts";

/** Controllers that bring add-ons to workload clusters. */
export function addonControllers(deps: ControllerDeps): Controller[] {
  return [clusterResourceSetController(deps)];
}
