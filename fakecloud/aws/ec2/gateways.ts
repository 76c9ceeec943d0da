import type {
  AttachInternetGatewayRequest,
  CreateCarrierGatewayRequest,
  CreateCarrierGatewayResult,
  CreateEgressOnlyInternetGatewayRequest,
  CreateEgressOnlyInternetGatewayResult,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteCarrierGatewayRequest,
  DeleteCarrierGatewayResult,
  DeleteEgressOnlyInternetGatewayRequest,
  DeleteInternetGatewayRequest,
  DescribeCarrierGatewaysRequest,
  DescribeCarrierGatewaysResult,
  DescribeEgressOnlyInternetGatewaysRequest,
  DescribeEgressOnlyInternetGatewaysResult,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  InternetGateway as WireGateway,
} from "@aws-sdk/client-ec2";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { dependencyViolation, ec2Error, required } from "./errors.ts";
import type { CarrierGateway, InternetGateway } from "./records.ts";
import { blackhole } from "./routes.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function createInternetGateway(
  region: Ec2Region,
  input: CreateInternetGatewayRequest,
): CreateInternetGatewayResult {
  const tags = tagsFor(input.TagSpecifications, "internet-gateway");
  const limit = region.settings.quotas?.internetGateways;
  const message = "The maximum number of internet gateways has been reached.";
  region.checkQuota(region.internetGateways.size, limit, "InternetGatewayLimitExceeded", message);
  const internetGatewayId = region.newId("igw", tags.get("Name"));
  const gateway: InternetGateway = {
    internetGatewayId,
    attachments: new Map(),
    isDefault: false,
    tags,
  };
  region.internetGateways.add(internetGatewayId, gateway);
  return { InternetGateway: toWire(region, gateway) };
}

function toWire(region: Ec2Region, gateway: InternetGateway): WireGateway {
  return {
    InternetGatewayId: gateway.internetGatewayId,
    Attachments: [...gateway.attachments].map(([VpcId, State]) => ({
      VpcId,
      State: State as "attached",
    })),
    OwnerId: region.accountId,
    Tags: tagsToWire(gateway.tags),
  };
}

export function describeInternetGateways(
  region: Ec2Region,
  input: DescribeInternetGatewaysRequest,
): DescribeInternetGatewaysResult {
  const { items, ...token } = describe(
    region.internetGateways,
    {
      ids: input.InternetGatewayIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "attachment.state": (gateway) => [...gateway.attachments.values()],
      "attachment.vpc-id": (gateway) => [...gateway.attachments.keys()],
      "internet-gateway-id": (gateway) => gateway.internetGatewayId,
      "owner-id": () => region.accountId,
    },
  );
  return { InternetGateways: items.map((gateway) => toWire(region, gateway)), ...token };
}

export function attachInternetGateway(region: Ec2Region, input: AttachInternetGatewayRequest) {
  const gateway = region.internetGateways.require(
    required(input.InternetGatewayId, "internetGatewayId"),
  );
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const { internetGatewayId } = gateway;
  if (gateway.attachments.size > 0) {
    const message = `resource ${internetGatewayId} is already attached to network ${[...gateway.attachments.keys()][0]}`;
    throw ec2Error("Resource.AlreadyAssociated", message);
  }
  if (region.internetGateways.some((other) => other.attachments.has(vpc.vpcId))) {
    const message = `Network ${vpc.vpcId} already has an internet gateway attached`;
    throw ec2Error("InvalidParameterValue", message);
  }
  gateway.attachments.set(vpc.vpcId, "available");
  return {};
}

/** Public addresses in the VPC hold the gateway: of instances, NAT gateways and load balancers alike. */
export function detachInternetGateway(region: Ec2Region, input: DetachInternetGatewayRequest) {
  const gateway = region.internetGateways.require(
    required(input.InternetGatewayId, "internetGatewayId"),
  );
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const { internetGatewayId } = gateway;
  if (!gateway.attachments.has(vpc.vpcId)) {
    const message = `resource ${internetGatewayId} is not attached to network ${vpc.vpcId}`;
    throw ec2Error("Gateway.NotAttached", message);
  }
  const mapped = region.networkInterfaces.some(
    (node) => node.vpcId === vpc.vpcId && node.publicIp !== undefined,
  );
  if (mapped) {
    const message = `Network ${vpc.vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`;
    throw dependencyViolation(message);
  }
  gateway.attachments.delete(vpc.vpcId);
  blackhole(region, internetGatewayId);
  return {};
}

export function deleteInternetGateway(region: Ec2Region, input: DeleteInternetGatewayRequest) {
  const gateway = region.internetGateways.require(
    required(input.InternetGatewayId, "internetGatewayId"),
  );
  if (gateway.attachments.size > 0) {
    const message = `The internetGateway '${gateway.internetGatewayId}' has dependencies and cannot be deleted.`;
    throw dependencyViolation(message);
  }
  region.internetGateways.delete(gateway.internetGatewayId);
  return {};
}

export function createEgressOnlyInternetGateway(
  region: Ec2Region,
  input: CreateEgressOnlyInternetGatewayRequest,
): CreateEgressOnlyInternetGatewayResult {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateEgressOnlyInternetGateway", token, asked, () => {
    const tags = tagsFor(input.TagSpecifications, "egress-only-internet-gateway");
    const made = region.newId("eigw", tags.get("Name") ?? vpc.vpcId);
    region.egressOnlyGateways.add(made, { id: made, vpcId: vpc.vpcId, tags });
    return made;
  });
  return { EgressOnlyInternetGateway: egressToWire(region.egressOnlyGateways.own(id)) };
}

function egressToWire(gateway: { id: string; vpcId: string; tags: Map<string, string> }) {
  return {
    EgressOnlyInternetGatewayId: gateway.id,
    Attachments: [{ VpcId: gateway.vpcId, State: "attached" as const }],
    Tags: tagsToWire(gateway.tags),
  };
}

/** Only tags can be filtered by. */
export function describeEgressOnlyInternetGateways(
  region: Ec2Region,
  input: DescribeEgressOnlyInternetGatewaysRequest,
): DescribeEgressOnlyInternetGatewaysResult {
  const { items, ...token } = describe(
    region.egressOnlyGateways,
    {
      ids: input.EgressOnlyInternetGatewayIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {},
    { min: 5, max: 255 },
  );
  return { EgressOnlyInternetGateways: items.map(egressToWire), ...token };
}

export function deleteEgressOnlyInternetGateway(
  region: Ec2Region,
  input: DeleteEgressOnlyInternetGatewayRequest,
) {
  const id = required(input.EgressOnlyInternetGatewayId, "egressOnlyInternetGatewayId");
  region.egressOnlyGateways.require(id);
  region.egressOnlyGateways.delete(id);
  blackhole(region, id);
  return { ReturnCode: true };
}

export function createCarrierGateway(
  region: Ec2Region,
  input: CreateCarrierGatewayRequest,
): CreateCarrierGatewayResult {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateCarrierGateway", token, asked, () => {
    const tags = tagsFor(input.TagSpecifications, "carrier-gateway");
    const made = region.newId("cagw", tags.get("Name") ?? vpc.vpcId);
    region.carrierGateways.add(made, { id: made, vpcId: vpc.vpcId, state: "available", tags });
    return made;
  });
  return { CarrierGateway: carrierToWire(region, region.carrierGateways.own(id)) };
}

function carrierToWire(region: Ec2Region, gateway: CarrierGateway) {
  return {
    CarrierGatewayId: gateway.id,
    VpcId: gateway.vpcId,
    State: gateway.state,
    OwnerId: region.accountId,
    Tags: tagsToWire(gateway.tags),
  };
}

export function describeCarrierGateways(
  region: Ec2Region,
  input: DescribeCarrierGatewaysRequest,
): DescribeCarrierGatewaysResult {
  const { items, ...token } = describe(
    region.carrierGateways,
    {
      ids: input.CarrierGatewayIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "carrier-gateway-id": (gateway) => gateway.id,
      "owner-id": () => region.accountId,
      state: (gateway) => gateway.state,
      "vpc-id": (gateway) => gateway.vpcId,
    },
  );
  return { CarrierGateways: items.map((gateway) => carrierToWire(region, gateway)), ...token };
}

export function deleteCarrierGateway(
  region: Ec2Region,
  input: DeleteCarrierGatewayRequest,
): DeleteCarrierGatewayResult {
  const gateway = region.carrierGateways.require(
    required(input.CarrierGatewayId, "carrierGatewayId"),
  );
  region.carrierGateways.delete(gateway.id);
  blackhole(region, gateway.id);
  return { CarrierGateway: { ...carrierToWire(region, gateway), State: "deleted" } };
}
