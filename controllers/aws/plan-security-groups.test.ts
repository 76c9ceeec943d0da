import { expect, test } from "vitest";
import {
  defaultCniRules,
  diffIngressRules,
  type IngressRule,
  planIngressRules,
  type SecurityGroupPlanInput,
} from "./plan-security-groups.ts";

const input: SecurityGroupPlanInput = {
  ids: { "apiserver-lb": "sg-1", controlplane: "sg-2", node: "sg-3", lb: "sg-4" },
  vpcCidrBlock: "10.0.0.0/16",
  ipv6: false,
  apiServerPort: 6443,
  bastion: { enabled: false, allowedCidrBlocks: [] },
  cniRules: defaultCniRules,
  loadBalancer: {
    internal: false,
    type: "classic",
    preserveClientIp: false,
    ingressRules: [],
    additionalListenerPorts: [],
  },
  natGatewayIps: [],
  nodePortCidrBlocks: [],
  additionalControlPlaneRules: [],
  additionalNodeRules: [],
};

const lines = (rules: readonly IngressRule[]) =>
  rules.map(
    (rule) =>
      `${rule.description}: ${rule.protocol} ${rule.fromPort}-${rule.toPort} from ${rule.cidrBlock ?? rule.sourceSecurityGroupId}`,
  );

test("the control plane takes etcd from itself and the API from everybody in the cluster", () => {
  expect(lines(planIngressRules("controlplane", input))).toEqual([
    "bgp (calico): tcp 179-179 from sg-2",
    "bgp (calico): tcp 179-179 from sg-3",
    "IP-in-IP (calico): 4 -1-65535 from sg-2",
    "IP-in-IP (calico): 4 -1-65535 from sg-3",
    "Kubernetes API: tcp 6443-6443 from sg-1",
    "Kubernetes API: tcp 6443-6443 from sg-2",
    "Kubernetes API: tcp 6443-6443 from sg-3",
    "etcd: tcp 2379-2379 from sg-2",
    "etcd peer: tcp 2380-2380 from sg-2",
  ]);
});

test("the API load balancer is open to the world once, and names NAT addresses when they are known", () => {
  expect(lines(planIngressRules("apiserver-lb", input))).toEqual([
    "Kubernetes API: tcp 6443-6443 from 0.0.0.0/0",
  ]);
  const known = { ...input, natGatewayIps: ["52.1.1.1"] };
  expect(lines(planIngressRules("apiserver-lb", known))).toEqual([
    "Kubernetes API: tcp 6443-6443 from 52.1.1.1/32",
    "Kubernetes API: tcp 6443-6443 from 0.0.0.0/0",
  ]);
});

test("the group for service load balancers is empty but for network load balancers", () => {
  expect(planIngressRules("lb", input)).toEqual([]);
  const nlb = { ...input, loadBalancer: { ...input.loadBalancer, type: "nlb" as const } };
  expect(lines(planIngressRules("lb", nlb))).toEqual([
    "Allow NLB traffic to the control plane instances.: tcp 6443-6443 from 10.0.0.0/16",
  ]);
});

test("equal rules change nothing, a new description replaces, a protocol without ports ignores them", () => {
  const desired = planIngressRules("controlplane", input);
  expect(diffIngressRules(desired, desired)).toEqual({ revoke: [], authorize: [] });
  const answered = desired.map((rule) => (rule.protocol === "4" ? { ...rule, fromPort: 0 } : rule));
  expect(diffIngressRules(answered, desired)).toEqual({ revoke: [], authorize: [] });
  const [first] = desired;
  const renamed = { ...first!, description: "old" };
  expect(diffIngressRules([renamed], [first!])).toEqual({ revoke: [renamed], authorize: [first] });
});
