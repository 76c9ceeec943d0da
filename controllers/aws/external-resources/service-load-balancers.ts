import {
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ClusterScope } from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";
import { tagMap } from "../tags.ts";
import { isForService } from "./external-resources.ts";

/** As many as AWS tells the tags of in one call. */
const tagBatch = 20;

/** One page of ARNs, and the marker of the next. */
interface Page {
  readonly arns: readonly string[];
  readonly next: string | undefined;
}

/** Deletes the network and application load balancers of Services and returns how many there were. */
export async function deleteServiceLoadBalancers(scope: ClusterScope): Promise<number> {
  const { elbv2 } = scope.aws;
  const found = await findForServices(scope, async (Marker) => {
    const { LoadBalancers = [], NextMarker } = await elbv2.send(
      new DescribeLoadBalancersCommand(Marker === undefined ? {} : { Marker }),
    );
    const arns = LoadBalancers.flatMap(({ LoadBalancerArn }) => LoadBalancerArn ?? []);
    return { arns, next: NextMarker };
  });
  for (const LoadBalancerArn of found) {
    await ignoreNotFound(elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn })));
  }
  return found.length;
}

/** Those without a load balancer as well: a Service's controller may have been stopped half-way (capa-bugs 63). */
export async function deleteServiceTargetGroups(scope: ClusterScope): Promise<void> {
  const { elbv2 } = scope.aws;
  const found = await findForServices(scope, async (Marker) => {
    const { TargetGroups = [], NextMarker } = await elbv2.send(
      new DescribeTargetGroupsCommand(Marker === undefined ? {} : { Marker }),
    );
    return {
      arns: TargetGroups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []),
      next: NextMarker,
    };
  });
  for (const TargetGroupArn of found) {
    await ignoreNotFound(elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn })));
  }
}

async function findForServices(
  scope: ClusterScope,
  read: (marker: string | undefined) => Promise<Page>,
): Promise<readonly string[]> {
  const found: string[] = [];
  let marker: string | undefined;
  do {
    const page = await read(marker);
    for (let at = 0; at < page.arns.length; at += tagBatch) {
      const ResourceArns = page.arns.slice(at, at + tagBatch);
      const { TagDescriptions = [] } = await scope.aws.elbv2.send(
        new DescribeTagsCommand({ ResourceArns }),
      );
      const ours = TagDescriptions.filter(({ Tags }) => isForService(scope, tagMap(Tags)));
      found.push(...ours.flatMap(({ ResourceArn }) => ResourceArn ?? []));
    }
    marker = page.next === "" ? undefined : page.next;
  } while (marker !== undefined);
  return found;
}
