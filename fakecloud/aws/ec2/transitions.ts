import type { Ec2Region } from "./ec2-region.ts";
import {
  instanceForgotten,
  instanceRuns,
  instanceRunsAgain,
  instanceStops,
  instanceTerminated,
} from "./instance-states.ts";
import { natGatewayDeleted, natGatewayForgotten, natGatewaySettles } from "./nat-gateways.ts";

import { snapshotCompletes } from "./snapshots.ts";
import { spotRequestFulfilled } from "./spot-requests.ts";
import { vpcEndpointDeleted, vpcEndpointRuns } from "./vpc-endpoints.ts";

/** Everything that happens to a resource of EC2 some time after the call that caused it. */
export const ec2Steps = {
  instanceForgotten,
  instanceRuns,
  instanceRunsAgain,
  instanceStops,
  instanceTerminated,
  natGatewayDeleted,
  natGatewayForgotten,
  natGatewaySettles,
  snapshotCompletes,
  spotRequestFulfilled,
  vpcEndpointDeleted,
  vpcEndpointRuns,
} satisfies Record<string, (region: Ec2Region, id: string) => void>;

export type Ec2Step = keyof typeof ec2Steps;
