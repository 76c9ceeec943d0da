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
  vpcCidrBlocks: ["10.0.0.0/16"],
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

const anyRule = {
  description: "office",
  protocol: "tcp",
  fromPort: 6443,
  toPort: 6443,
  cidrBlocks: ["198.51.100.0/24"],
};

const lines = (rules: readonly IngressRule[]) =>
  rules.map(
    (rule) =>
      `${rule.description}: ${rule.protocol} ${rule.fromPort}-${rule.toPort} from ${rule.cidrBlock ?? rule.ipv6CidrBlock ?? rule.sourceSecurityGroupId}`,
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

test("capa-bugs 47: rules that differ in nothing but their description are one rule", () => {
  const own = { description: "mine", protocol: "tcp", fromPort: 10_250, toPort: 10_250 };
  const extra = { ...own, sourceSecurityGroupRoles: ["node" as const] };
  const rules = planIngressRules("node", { ...input, additionalNodeRules: [extra] });
  expect(rules).toEqual(planIngressRules("node", input));
});

test("capa-bugs 41: what is meant for the cluster's own network covers every range of it", () => {
  const internal = { ...input.loadBalancer, internal: true, ingressRules: [{ ...anyRule }] };
  const wide = { ...input, vpcCidrBlocks: ["10.0.0.0/16", "10.1.0.0/16"], loadBalancer: internal };
  expect(lines(planIngressRules("apiserver-lb", wide)).slice(0, 2)).toEqual([
    "Kubernetes API: tcp 6443-6443 from 10.0.0.0/16",
    "Kubernetes API: tcp 6443-6443 from 10.1.0.0/16",
  ]);
});

test("a bastion is reached from ranges of both families", () => {
  const allowedCidrBlocks = ["0.0.0.0/0", "::/0"];
  const bastion = { enabled: true, allowedCidrBlocks };
  expect(planIngressRules("bastion", { ...input, bastion })).toMatchObject([
    { cidrBlock: "0.0.0.0/0" },
    { ipv6CidrBlock: "::/0" },
  ]);
});

test("with IPv6 the node ports and the API server are open to both families", () => {
  const dual = { ...input, ipv6: true };
  expect(lines(planIngressRules("node", dual))).toContain(
    "Node Port Services: tcp 30000-32767 from ::/0",
  );
  expect(lines(planIngressRules("apiserver-lb", dual))).toEqual([
    "Kubernetes API: tcp 6443-6443 from 0.0.0.0/0",
    "Kubernetes API IPv6: tcp 6443-6443 from ::/0",
  ]);
});
