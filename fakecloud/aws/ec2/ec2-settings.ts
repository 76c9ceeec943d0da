import type { Span } from "../../network/load-balancing.ts";

/** Durations in ms, lags and quotas: AWS publishes few of them, so all of them are settings. */
export interface Ec2Settings {
  readonly durations: Ec2Durations;
  /** Undefined: none. */
  readonly quotas: Ec2Quotas | undefined;
  /** How long a new resource may be unknown to those who ask for it; the chance that it is at all. */
  readonly lag: Lag | undefined;
  /** How old what a read shows may be; not given: it shows the present. */
  readonly staleness?: Lag;
  /** How long a new instance profile cannot be used; not at all if not given. */
  readonly profileDelayMs?: number;
  /** Unknown images, key pairs and instance profiles are refused. */
  readonly strict: boolean;
}

export interface Lag {
  readonly chance: number;
  readonly span: Span;
}

export interface Ec2Durations {
  readonly natGateway: Span;
  readonly natGatewayDeletion: Span;
  readonly instanceStart: Span;
  readonly instanceStop: Span;
  readonly instanceTermination: Span;
  /** How long terminated instances and deleted NAT gateways stay visible. */
  readonly afterlife: Span;
  readonly statusChecks: Span;
  /** Of interface endpoints; gateway endpoints are there at once. */
  readonly vpcEndpoint: Span;
  readonly vpcEndpointDeletion: Span;
  readonly spotFulfilment: Span;
  readonly snapshot: Span;
}

export interface Ec2Quotas {
  readonly vpcs: number;
  readonly subnetsPerVpc: number;
  readonly internetGateways: number;
  readonly addresses: number;
  readonly natGatewaysPerZone: number;
  readonly securityGroups: number;
  readonly rulesPerSecurityGroup: number;
  readonly routeTablesPerVpc: number;
  readonly routesPerTable: number;
  readonly standardVcpus: number;
  readonly spotVcpus: number;
}

/** Where nothing is limited and one quota has to be. */
export const unlimitedQuotas: Ec2Quotas = {
  vpcs: Number.POSITIVE_INFINITY,
  subnetsPerVpc: Number.POSITIVE_INFINITY,
  internetGateways: Number.POSITIVE_INFINITY,
  addresses: Number.POSITIVE_INFINITY,
  natGatewaysPerZone: Number.POSITIVE_INFINITY,
  securityGroups: Number.POSITIVE_INFINITY,
  rulesPerSecurityGroup: Number.POSITIVE_INFINITY,
  routeTablesPerVpc: Number.POSITIVE_INFINITY,
  routesPerTable: Number.POSITIVE_INFINITY,
  standardVcpus: Number.POSITIVE_INFINITY,
  spotVcpus: Number.POSITIVE_INFINITY,
};

const none: Span = { min: 0, max: 0 };
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Sources: measurements and quotas named in quirks.md; the vCPU quota is that of an account in use. */
export const faithfulEc2: Ec2Settings = {
  durations: {
    natGateway: { min: 60_000, max: 120_000 },
    natGatewayDeletion: { min: 30_000, max: 90_000 },
    instanceStart: { min: 5000, max: 17_000 },
    instanceStop: { min: 10_000, max: 40_000 },
    instanceTermination: { min: 20_000, max: 60_000 },
    afterlife: { min: hourMs, max: hourMs },
    statusChecks: { min: 90_000, max: 150_000 },
    vpcEndpoint: { min: 45_000, max: 120_000 },
    vpcEndpointDeletion: { min: 30_000, max: 90_000 },
    spotFulfilment: { min: 2_000, max: 10_000 },
    snapshot: { min: 30_000, max: 120_000 },
  },
  quotas: {
    vpcs: 5,
    subnetsPerVpc: 200,
    internetGateways: 5,
    addresses: 5,
    natGatewaysPerZone: 5,
    securityGroups: 2500,
    rulesPerSecurityGroup: 60,
    routeTablesPerVpc: 200,
    routesPerTable: 50,
    standardVcpus: 256,
    spotVcpus: 256,
  },
  lag: undefined,
  strict: true,
};

export const lenientEc2: Ec2Settings = {
  durations: {
    natGateway: none,
    natGatewayDeletion: none,
    instanceStart: none,
    instanceStop: none,
    instanceTermination: none,
    afterlife: { min: hourMs, max: hourMs },
    statusChecks: none,
    vpcEndpoint: none,
    vpcEndpointDeletion: none,
    spotFulfilment: none,
    snapshot: none,
  },
  quotas: undefined,
  lag: undefined,
  strict: false,
};
