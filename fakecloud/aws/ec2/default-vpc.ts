import type { Ec2Region } from "./ec2-region.ts";
import { formatIp, parseCidr } from "./cidr.ts";
import { addSubnet } from "./subnets.ts";
import { addVpc } from "./vpcs.ts";

/** What every account finds in every region: a VPC that is open to the internet, with a public subnet in each zone. */
export function createDefaultVpc(region: Ec2Region): string {
  const vpc = addVpc(region, { cidrBlock: "172.31.0.0/16", isDefault: true, tags: new Map() });
  vpc.state = "available";
  vpc.enableDnsHostnames = true;
  const internetGatewayId = region.newId("igw", "default");
  region.internetGateways.add(internetGatewayId, {
    internetGatewayId,
    attachments: new Map([[vpc.vpcId, "available"]]),
    isDefault: true,
    tags: new Map(),
  });
  for (const table of region.routeTables.inVpc(vpc.vpcId)) {
    table.routes = [
      ...table.routes,
      {
        destination: "0.0.0.0/0",
        state: "active",
        target: { kind: "internetGateway", id: internetGatewayId },
        origin: "CreateRoute",
      },
    ];
  }
  const zones = region.zones.filter((zone) => zone.zoneType === "availability-zone");
  const { start } = parseCidr("172.31.0.0/16");
  for (const [index, zone] of zones.entries()) {
    const subnet = addSubnet(region, {
      vpc,
      cidrBlock: `${formatIp(start + index * 4096)}/20`,
      zone,
      isDefault: true,
      tags: new Map(),
    });
    subnet.state = "available";
    subnet.mapPublicIpOnLaunch = true;
  }
  return vpc.vpcId;
}
