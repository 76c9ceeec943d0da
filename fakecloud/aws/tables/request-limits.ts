/** A token bucket: `size` calls at once, `perSecond` back. */
export interface RequestLimit {
  readonly size: number;
  readonly perSecond: number;
}

/**
 * EC2's buckets for each account and region. Source: EC2 developer guide, request throttling; where AWS prints no figure,
 * a public summary of it. Every action has a bucket
 * of its own; the figures are those of its class unless it is named.
 */
export const ec2RequestLimits = {
  actions: {
    CreateNatGateway: { size: 10, perSecond: 1 },
    CreateTags: { size: 100, perSecond: 10 },
    CreateVpcEndpoint: { size: 4, perSecond: 0.3 },
    RunInstances: { size: 5, perSecond: 2 },
    StartInstances: { size: 5, perSecond: 2 },
    TerminateInstances: { size: 100, perSecond: 5 },
  } as Readonly<Record<string, RequestLimit>>,
  reading: { size: 100, perSecond: 20 },
  /** Lists without ids, filters or pages. */
  listingAll: { size: 50, perSecond: 10 },
  writing: { size: 50, perSecond: 5 },
} as const;

/** Reads that cost more when nothing narrows them. */
export const costlyLists: ReadonlySet<string> = new Set([
  "DescribeInstances",
  "DescribeNetworkInterfaces",
  "DescribeSecurityGroups",
  "DescribeSnapshots",
  "DescribeVolumes",
]);
