import type { IamAccount } from "./iam-account.ts";
import { addRoleToInstanceProfile, createInstanceProfile } from "./instance-profiles.ts";
import { createRole } from "./roles.ts";

const names = ["control-plane", "controllers", "nodes"].map(
  (role) => `${role}.cluster-api-provider-aws.sigs.k8s.io`,
);

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

/** The roles and instance profiles that `clusterawsadm bootstrap iam` leaves in an account: everybody has run it. */
export function createProviderRoles(account: IamAccount): void {
  for (const name of names) {
    createRole(account, { RoleName: name, AssumeRolePolicyDocument: trust });
    createInstanceProfile(account, { InstanceProfileName: name });
    addRoleToInstanceProfile(account, { InstanceProfileName: name, RoleName: name });
  }
}
