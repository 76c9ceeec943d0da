import type { IamAccount } from "./iam-account.ts";
import { addRoleToInstanceProfile, createInstanceProfile } from "./instance-profiles.ts";
import { createPolicy } from "./managed-policies.ts";
import { createRole } from "./roles.ts";
import { providerPolicies } from "./tables/provider-policies.ts";

const fullName = (name: string) => `${name}.cluster-api-provider-aws.sigs.k8s.io`;

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

/**
 * The roles, policies and instance profiles that `clusterawsadm bootstrap iam` leaves in an account: everybody has run it. What
 * the role of the controllers needs the permission recorder says.
 */
export function createProviderRoles(account: IamAccount): void {
  for (const name of ["control-plane", "controllers", "nodes"].map(fullName)) {
    createRole(account, { RoleName: name, AssumeRolePolicyDocument: trust });
    createInstanceProfile(account, { InstanceProfileName: name });
    addRoleToInstanceProfile(account, { InstanceProfileName: name, RoleName: name });
  }
  for (const { name, roles, document } of providerPolicies) {
    const policy = { PolicyName: fullName(name), PolicyDocument: document };
    const arn = createPolicy(account, policy).Policy?.Arn ?? "";
    for (const role of roles) account.role(fullName(role)).attached.add(arn);
  }
}
