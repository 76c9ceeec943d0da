import type { CallContext } from "../service.ts";
import { s3Actions } from "./tables/s3-actions.ts";

/** An action with the resources that it is about: ARNs, or "*" where it knows none. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

type Input = Readonly<Record<string, unknown>>;

/** What a caller must be allowed for a call. Sources: the service authorization reference of each service. */
export function permissionsFor(call: CallContext, input: Input): readonly Permission[] {
  const { service } = call;
  if (service === "s3") return s3Permissions(call, input);
  const main = { action: actionOf(call), resource: resourceOf(call, input) };
  return [main, ...tagging(call, input), ...passing(call, input)];
}

function actionOf({ service, operation }: CallContext): string {
  return `${service === "tagging" ? "tag" : service}:${operation}`;
}

function text(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === "string" ? value : undefined;
}

function resourceOf(call: CallContext, input: Input): string {
  const { service, region, accountId } = call;
  if (service === "secretsmanager") {
    const name = text(input, "SecretId") ?? text(input, "Name");
    if (name === undefined) return "*";
    // Six characters that nobody knows beforehand end the ARN of a secret.
    if (name.startsWith("arn:")) return name;
    return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-??????`;
  }
  if (service === "ssm") {
    const name = text(input, "Name");
    if (name === undefined) return "*";
    return `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`;
  }
  if (service === "sts") return text(input, "RoleArn") ?? "*";
  return "*";
}

/** Tags in a creating call need a permission of their own. */
function tagging({ service }: CallContext, input: Input): readonly Permission[] {
  const has = (name: string) => Array.isArray(input[name]) && input[name].length > 0;
  if (service === "ec2" && has("TagSpecifications")) {
    return [{ action: "ec2:CreateTags", resource: "*" }];
  }
  if (!has("Tags")) return [];
  if (service === "elasticloadbalancing") {
    return [{ action: "elasticloadbalancing:AddTags", resource: "*" }];
  }
  return service === "secretsmanager"
    ? [{ action: "secretsmanager:TagResource", resource: "*" }]
    : [];
}

/** Who launches with an instance profile hands its role on. */
function passing({ operation, accountId }: CallContext, input: Input): readonly Permission[] {
  const profile = input["IamInstanceProfile"] as { Arn?: string; Name?: string } | undefined;
  const name = profile?.Name ?? profile?.Arn?.split("/").at(-1);
  if (operation !== "RunInstances" || name === undefined) return [];
  return [{ action: "iam:PassRole", resource: `arn:aws:iam::${accountId}:role/${name}` }];
}

function s3Permissions({ operation }: CallContext, input: Input): readonly Permission[] {
  const { action = operation, about = "object" } = s3Actions[operation] ?? {};
  const bucket = text(input, "Bucket");
  const key = text(input, "Key") ?? "*";
  const arn = bucket === undefined ? "*" : `arn:aws:s3:::${bucket}`;
  return [
    { action: `s3:${action}`, resource: about === "bucket" || arn === "*" ? arn : `${arn}/${key}` },
  ];
}
