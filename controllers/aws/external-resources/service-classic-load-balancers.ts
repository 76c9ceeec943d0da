import {
  DeleteLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
} from "@aws-sdk/client-elastic-load-balancing";
import type { ClusterScope } from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";
import { tagMap } from "../tags.ts";
import { isForService } from "./external-resources.ts";

/** As many as AWS tells the tags of in one call. */
const tagBatch = 20;

/** Deletes the classic load balancers of Services and returns how many there were. */
export async function deleteServiceClassicLoadBalancers(scope: ClusterScope): Promise<number> {
  const { elb } = scope.aws;
  const found: string[] = [];
  for await (const LoadBalancerNames of batches(scope)) {
    const { TagDescriptions = [] } = await elb.send(new DescribeTagsCommand({ LoadBalancerNames }));
    for (const { LoadBalancerName, Tags } of TagDescriptions) {
      if (LoadBalancerName !== undefined && isForService(scope, tagMap(Tags))) {
        found.push(LoadBalancerName);
      }
    }
  }
  for (const LoadBalancerName of found) {
    await ignoreNotFound(elb.send(new DeleteLoadBalancerCommand({ LoadBalancerName })));
  }
  return found.length;
}

/** The names of all load balancers, page after page (capa-bugs 63). */
async function* batches({ aws }: ClusterScope): AsyncGenerator<string[]> {
  let Marker: string | undefined;
  do {
    const page = await aws.elb.send(
      new DescribeLoadBalancersCommand(Marker === undefined ? {} : { Marker }),
    );
    const names = (page.LoadBalancerDescriptions ?? []).flatMap(
      ({ LoadBalancerName }) => LoadBalancerName ?? [],
    );
    for (let at = 0; at < names.length; at += tagBatch) yield names.slice(at, at + tagBatch);
    Marker = page.NextMarker === "" ? undefined : page.NextMarker;
  } while (Marker !== undefined);
}
