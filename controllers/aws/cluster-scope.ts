import type { AWSCluster } from "../api/aws/v1beta2.ts";
import type {
  AWSClusterSpecNetwork,
  AWSClusterSpecNetworkVpc,
} from "../api/generated/definitions.ts";
import type { Clock } from "../runtime/clock.ts";
import type { EventRecorder } from "../runtime/controller.ts";
import type { Random } from "../runtime/random.ts";
import type { AwsClients } from "./clients.ts";
import { buildTags, isOwned, ownedTagKey, type ResourceRole, type Tags } from "./tags.ts";

/** What the steps of an AWSCluster reconcile share. */
export interface ClusterScope {
  /** Of the Cluster, which gives AWS resources their names and tags. */
  readonly clusterName: string;
  readonly namespace: string;
  readonly aws: AwsClients;
  readonly region: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: EventRecorder;
  /** Whether the control plane has come up: from then on a failure is one of something in use. */
  readonly isInUse: boolean;
  /** The AWSCluster as it shall be; steps write what they find out into it. */
  readonly draft: AWSCluster;
  /** The conditions of the steps that need not be looked at again at this poll. */
  readonly passed: Set<string>;
  /** Stores the draft now: before a step relies on what it says. */
  persist(): Promise<void>;
}

/** A step cannot be finished yet. */
export interface Wait {
  readonly reason: string;
  readonly message: string;
  readonly requeueAfterMs: number;
}

/** Nothing to wait for. */
export const ready = undefined;

/** How often upstream's waiters look. */
export const pollMs = 15_000;

export function networkOf(
  scope: ClusterScope,
): AWSClusterSpecNetwork & { vpc: AWSClusterSpecNetworkVpc } {
  const { draft } = scope;
  draft.spec ??= {};
  draft.spec.network ??= {};
  draft.spec.network.vpc ??= {};
  return draft.spec.network as AWSClusterSpecNetwork & { vpc: AWSClusterSpecNetworkVpc };
}

export function networkStatusOf(scope: ClusterScope) {
  const { draft } = scope;
  draft.status ??= { ready: false };
  draft.status.networkStatus ??= {};
  return draft.status.networkStatus;
}

/** A VPC that Seatrial made, or that carries this cluster's ownership tag; anything else is the user's own. */
export function isManagedNetwork(scope: ClusterScope): boolean {
  const { vpc } = networkOf(scope);
  return vpc.id === undefined || vpc.id === "" || isOwned(vpc.tags ?? {}, scope.clusterName);
}

export function clusterTags(
  scope: ClusterScope,
  options: {
    readonly name?: string;
    readonly role?: ResourceRole | `ec2-${string}`;
    readonly extra?: Tags;
  },
): Tags {
  return buildTags({
    clusterName: scope.clusterName,
    additional: scope.draft.spec?.additionalTags ?? {},
    ...options,
  });
}

export function ownedFilter(scope: ClusterScope): { Name: string; Values: string[] } {
  return { Name: `tag:${ownedTagKey(scope.clusterName)}`, Values: ["owned"] };
}

export function requireVpcId(scope: ClusterScope): string {
  const { id } = networkOf(scope).vpc;
  if (id === undefined || id === "") throw new Error("the VPC of the cluster is not known yet");
  return id;
}
