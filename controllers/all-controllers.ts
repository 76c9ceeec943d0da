import { addonControllers } from "./addons/controllers.ts";
import { awsControllers, type AwsProviderDeps } from "./aws/controllers.ts";
import { bootstrapControllers } from "./bootstrap/controllers.ts";
import { controlPlaneControllers } from "./control-plane/controllers.ts";
import type { ControlPlaneDeps } from "./control-plane/kubeadm/deps.ts";
import { coreControllers } from "./core/controllers.ts";
import type { Controller } from "./runtime/controller.ts";

/** Every controller of the house: what a manager runs in production, in the local factory and in a simulation. */
export function allControllers(deps: AwsProviderDeps & ControlPlaneDeps): readonly Controller[] {
  return [
    ...coreControllers(deps),
    ...addonControllers(deps),
    ...bootstrapControllers(deps),
    ...controlPlaneControllers(deps),
    ...awsControllers(deps),
  ];
}
