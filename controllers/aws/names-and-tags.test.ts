import { expect, test } from "vitest";
import { apiServerLoadBalancerName, securityGroupName } from "./names.ts";
import { buildTags, missingTags } from "./tags.ts";

test("capa-bugs 39: tags of AWS itself are never written back", () => {
  const desired = { "aws:cloudformation:stack-name": "theirs", team: "blue" };
  expect(missingTags({}, desired)).toEqual({ team: "blue" });
});

test("capa-bugs 43: whatever a Cluster is called, the name of its load balancer fits into 32 characters", () => {
  const long = { namespace: "a-team-with-a-name", name: `cluster.${"x".repeat(50)}` };
  for (const type of ["classic", "v2"] as const) {
    expect(apiServerLoadBalancerName(long, type)).toMatch(/^[0-9a-z]{28}-k8s$/);
    expect(apiServerLoadBalancerName({ namespace: "a", name: "b.c" }, type)).toMatch(
      /^(a-)?b-c-apiserver$/,
    );
  }
  const other = { ...long, name: `${long.name}y` };
  expect(apiServerLoadBalancerName(long, "v2")).not.toBe(apiServerLoadBalancerName(other, "v2"));
});

test("a security group's name never begins with what AWS reserves", () => {
  expect(securityGroupName("sg-cluster", "node")).toBe("@sg-cluster-node");
});

test("additional tags may rename a resource, but never disown it", () => {
  const tags = buildTags({
    clusterName: "c",
    name: "c-vpc",
    role: "common",
    additional: {
      Name: "mine",
      "sigs.k8s.io/cluster-api-provider-aws/cluster/c": "shared",
      "sigs.k8s.io/cluster-api-provider-aws/role": "node",
    },
  });
  expect(tags).toEqual({
    Name: "mine",
    "sigs.k8s.io/cluster-api-provider-aws/cluster/c": "owned",
    "sigs.k8s.io/cluster-api-provider-aws/role": "common",
  });
});
