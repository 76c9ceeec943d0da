import { DeleteLoadBalancerCommand as DeleteClassicCommand } from "@aws-sdk/client-elastic-load-balancing";
import {
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { type ClusterScope, pollMs, ready, type Wait } from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";
import { cloudProviderTagKey, tagMap } from "../tags.ts";
import { isCollected, isForService } from "./collection-scope.ts";

const types = ["elasticloadbalancing:loadbalancer", "elasticloadbalancing:targetgroup"];

/**
 * Load balancers of Services outlive their cluster: its cloud controller manager went with its machines. Their interfaces would hold
 * the network (capa-bugs 34), so they go first. capa-behaviour 6.
 */
export async function deleteExternalResources(scope: ClusterScope): Promise<Wait | undefined> {
  const tasks = [isCollected(scope, "load-balancer"), isCollected(scope, "target-group")];
  if (!tasks.includes(true)) return ready;
  const arns = await findForServices(scope);
  const [balancers, groups] = [arns.filter(isBalancer), arns.filter((arn) => !isBalancer(arn))];
  if (isCollected(scope, "load-balancer")) {
    for (const arn of balancers) await ignoreNotFound(deleteBalancer(scope, arn));
  }
  // Also those without a load balancer: a Service's controller may have been stopped half-way (capa-bugs 63).
  if (isCollected(scope, "target-group")) {
    const { elbv2 } = scope.aws;
    for (const TargetGroupArn of groups) {
      await ignoreNotFound(elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn })));
    }
  }
  if (balancers.length === 0 || !isCollected(scope, "load-balancer")) return ready;
  const message = `waiting for ${balancers.length} load balancer(s) of Services to go`;
  return { reason: "Deleting", message, requeueAfterMs: pollMs };
}

/** ARNs, page after page: what is on the second page is left behind otherwise (capa-bugs 63). */
async function findForServices(scope: ClusterScope): Promise<readonly string[]> {
  const key = cloudProviderTagKey(scope.clusterName);
  const found: string[] = [];
  let PaginationToken: string | undefined;
  do {
    const page = await scope.aws.tagging.send(
      new GetResourcesCommand({
        TagFilters: [{ Key: key, Values: ["owned"] }],
        ResourceTypeFilters: types,
        ...(PaginationToken === undefined ? {} : { PaginationToken }),
      }),
    );
    for (const { ResourceARN, Tags } of page.ResourceTagMappingList ?? []) {
      if (ResourceARN !== undefined && isForService(scope, tagMap(Tags))) found.push(ResourceARN);
    }
    PaginationToken = page.PaginationToken === "" ? undefined : page.PaginationToken;
  } while (PaginationToken !== undefined);
  return found;
}

function isBalancer(arn: string): boolean {
  return arn.includes(":loadbalancer/");
}

/** Classic load balancers are known by their names: "…:loadbalancer/web", where others have "…:loadbalancer/net/web/0123". */
async function deleteBalancer({ aws }: ClusterScope, arn: string): Promise<void> {
  const [, path = ""] = arn.split(":loadbalancer/");
  if (path.includes("/")) {
    await aws.elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }));
  } else {
    await aws.elb.send(new DeleteClassicCommand({ LoadBalancerName: path }));
  }
}
