import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { AWSClusterRoleIdentity, AWSClusterStaticIdentity } from "../../api/aws/v1beta2.ts";
import { Namespace, Secret } from "../../api/kubernetes.ts";
import { AwsWorld, minute, namespace } from "../aws-world.ts";

const roleArn = "arn:aws:iam::123456789012:role/provider";

async function createRole(world: AwsWorld): Promise<void> {
  const Statement = [
    {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
      Action: "sts:AssumeRole",
    },
  ];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await world.run(
    world.iam.send(new CreateRoleCommand({ RoleName: "provider", AssumeRolePolicyDocument })),
  );
}

const identityRef = { kind: "AWSClusterRoleIdentity", name: "role" };

test("capa-bugs 64: a role is assumed, and an assumption that failed is tried again", async () => {
  const world = await new AwsWorld().start();
  await createRole(world);
  let refusals = 2;
  world.faults = {
    decide: ({ operation, phase }) => {
      if (operation !== "AssumeRole" || phase !== "beforeCommit" || refusals === 0)
        return undefined;
      refusals -= 1;
      return { do: "fail", code: "InvalidClientTokenId", status: 403, message: "not yet known" };
    },
  };
  await world.create(AWSClusterRoleIdentity, {
    metadata: { name: "role" },
    spec: {
      roleARN: roleArn,
      allowedNamespaces: { list: [namespace] },
      sourceIdentityRef: { kind: "AWSClusterControllerIdentity", name: "default" },
    },
  });
  await world.createCluster({ identityRef });
  await world.clusterReady();
  expect(world.errors.join()).toContain("not yet known");
  expect(await world.clusterCondition("PrincipalCredentialRetrieved")).toMatchObject({
    status: "True",
  });
  const assumed = world.calls.filter((call) => call === "AssumeRole").length;
  await world.createMachine("worker");
  await world.machineReady("worker");
  expect(world.calls.filter((call) => call === "AssumeRole")).toHaveLength(assumed);
  await world.kernel.runFor(30 * minute);
  expect(world.calls.filter((call) => call === "AssumeRole").length).toBeGreaterThan(assumed);
});

test("an identity that a namespace may not use stops its clusters, and they say so", async () => {
  const world = await new AwsWorld().start();
  await createRole(world);
  await world.create(AWSClusterRoleIdentity, {
    metadata: { name: "role" },
    spec: {
      roleARN: roleArn,
      allowedNamespaces: { list: ["another"] },
      sourceIdentityRef: { kind: "AWSClusterControllerIdentity", name: "default" },
    },
  });
  await world.createCluster({ identityRef });
  await world.kernel.runFor(minute);
  expect(await world.clusterCondition("PrincipalUsageAllowed")).toMatchObject({
    status: "False",
    reason: "PrincipalUsageUnauthorized",
    message: 'namespace "default" is not permitted to use AWSClusterRoleIdentity: role',
  });
  expect(world.calls).toEqual(["CreateRole"]);
});

test("capa-bugs 65: a rotated static key is used by every controller at the next reconcile", async () => {
  const world = await new AwsWorld().start();
  await world.create(Namespace, { metadata: { name: "capa-system" } });
  const data = (id: string) => ({
    AccessKeyID: Buffer.from(id).toString("base64"),
    SecretAccessKey: Buffer.from("secret").toString("base64"),
  });
  const secret = { namespace: "capa-system", name: "keys" };
  await world.create(Secret, {
    metadata: secret,
    data: data("AKIAOLD0000000000000"),
  });
  await world.create(AWSClusterStaticIdentity, {
    metadata: { name: "static" },
    spec: { secretRef: "keys", allowedNamespaces: {} },
  });
  await world.createCluster({ identityRef: { kind: "AWSClusterStaticIdentity", name: "static" } });
  await world.clusterReady();
  expect([...world.keys].filter((key) => key.startsWith("AKIAOLD"))).not.toEqual([]);
  await world.run(world.client.mergePatch(Secret, secret, { data: data("AKIANEW0000000000000") }));
  await world.createMachine("worker");
  await world.kernel.runFor(1000);
  world.keys.clear();
  await world.machineReady("worker");
  await world.kernel.runFor(15 * minute);
  expect([...world.keys]).toEqual(["AKIANEW0000000000000"]);
});
