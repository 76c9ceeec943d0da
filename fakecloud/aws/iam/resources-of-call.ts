import type { CallContext } from "../service.ts";
import { ec2Created, ec2Members, ec2Prefixes } from "./tables/ec2-resources.ts";
import { permissionsFor } from "./required-permissions.ts";

type Input = Readonly<Record<string, unknown>>;

/** ARNs that a call is about, as its service knows them; "*" for what is about nothing in particular. */
export function resourcesOf(call: CallContext, input: Input): readonly string[] {
  const found = finders[call.service]?.(call, input) ?? [];
  if (found.length > 0) return found;
  const [main] = permissionsFor(call, input);
  return [main?.resource ?? "*"];
}

const finders: Readonly<Record<string, (call: CallContext, input: Input) => readonly string[]>> = {
  ec2: ec2Resources,
  elasticloadbalancing: balancingResources,
  iam: iamResources,
};

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function ec2Resources(call: CallContext, input: Input): readonly string[] {
  const { operation, region, accountId } = call;
  if (/^(?:Describe|Get)/.test(operation)) return ["*"];
  const arn = (type: string, id: string) => {
    // AWS's own images belong to no account.
    const owner = type === "image" || type === "snapshot" ? "" : accountId;
    return `arn:aws:ec2:${region}:${owner}:${type}/${id}`;
  };
  const named = Object.entries(ec2Members).flatMap(([member, type]) =>
    textsOf(input[member]).map((id) => arn(type, id)),
  );
  const tagged = textsOf(input["Resources"]).map((id) => {
    const type = ec2Prefixes[id.slice(0, id.lastIndexOf("-"))] ?? "unknown";
    return arn(type, id);
  });
  const made = (ec2Created[operation] ?? []).map((type) => arn(type, "*"));
  return [...new Set([...named, ...tagged, ...made])];
}

function balancingResources({ operation, region, accountId }: CallContext, input: Input) {
  if (operation.startsWith("Describe")) return ["*"];
  const arns = ["LoadBalancerArn", "TargetGroupArn", "ListenerArn", "ResourceArns"].flatMap(
    (member) => textsOf(input[member]),
  );
  const own = `arn:aws:elasticloadbalancing:${region}:${accountId}`;
  const names = textsOf(input["LoadBalancerName"]).map((name) => `${own}:loadbalancer/${name}`);
  const made = textsOf(input["Name"]).map((name) => {
    if (operation === "CreateTargetGroup") return `${own}:targetgroup/${name}/*`;
    return `${own}:loadbalancer/${input["Type"] === "network" ? "net" : "app"}/${name}/*`;
  });
  return [...arns, ...names, ...made];
}

const iamNames = {
  InstanceProfileName: "instance-profile",
  PolicyName: "policy",
  RoleName: "role",
  UserName: "user",
} as const;

/** The first that is named is what the call is about: a role, when it is given a policy. */
function iamResources({ accountId, operation }: CallContext, input: Input): readonly string[] {
  const path = typeof input["Path"] === "string" ? input["Path"].slice(1) : "";
  const members = ["RoleName", "UserName", "InstanceProfileName"] as const;
  const holder = members.find((member) => typeof input[member] === "string");
  const member = holder ?? (operation === "CreatePolicy" ? "PolicyName" : undefined);
  if (member !== undefined) {
    return [`arn:aws:iam::${accountId}:${iamNames[member]}/${path}${String(input[member])}`];
  }
  return ["PolicyArn", "OpenIDConnectProviderArn"].flatMap((name) => textsOf(input[name]));
}
