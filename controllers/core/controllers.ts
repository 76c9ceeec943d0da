import type { Controller } from "../runtime/controller.ts";
import { clusterController } from "./cluster/cluster-reconciler.ts";
import type { CoreDeps } from "./core-deps.ts";
import { machineController } from "./machine/machine-reconciler.ts";
import { machineDeploymentController } from "./machine-deployment/machine-deployment-reconciler.ts";
import { machineHealthCheckController } from "./machine-health-check/machine-health-check-reconciler.ts";
import { machineSetController } from "./machine-set/machine-set-reconciler.ts";

/** The controllers of the core: they know no provider. */
export function coreControllers(deps: CoreDeps): Controller[] {
  return [
    clusterController(deps),
    machineController(deps),
    machineSetController(deps),
    machineDeploymentController(deps),
    machineHealthCheckController(deps),
  ];
}
