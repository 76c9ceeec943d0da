import { DescribeAvailabilityZonesCommand } from "@aws-sdk/client-ec2";
import type { ClusterScope } from "../cluster-scope.ts";
import type { Zone } from "../plan-subnets.ts";

/** The zones of the region that everybody may use. */
export async function describeZones(scope: ClusterScope): Promise<readonly Zone[]> {
  const { AvailabilityZones = [] } = await scope.aws.ec2.send(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: "opt-in-status", Values: ["opt-in-not-required"] },
        { Name: "state", Values: ["available"] },
      ],
    }),
  );
  return AvailabilityZones.map(({ ZoneName = "", ZoneType = "availability-zone" }) => ({
    name: ZoneName,
    type: ZoneType,
  }));
}
