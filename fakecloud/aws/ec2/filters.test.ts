import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { createFakeAws } from "../fake-aws.ts";

const folder = new URL(
  "../../../node_modules/@aws-sdk/client-ec2/dist-types/models/",
  import.meta.url,
).pathname;
const documentation = globSync("*.d.ts", { cwd: folder })
  .map((name) => readFileSync(`${folder}/${name}`, "utf8"))
  .join("\n");

/** Around a VPC, an instance and a load balancer. */
const actions = [
  "DescribeAddresses",
  "DescribeDhcpOptions",
  "DescribeEgressOnlyInternetGateways",
  "DescribeInstanceStatus",
  "DescribeInstances",
  "DescribeInternetGateways",
  "DescribeKeyPairs",
  "DescribeLaunchTemplates",
  "DescribeNatGateways",
  "DescribeNetworkAcls",
  "DescribeNetworkInterfaces",
  "DescribeRouteTables",
  "DescribeSecurityGroupRules",
  "DescribeSecurityGroups",
  "DescribeSnapshots",
  "DescribeSubnets",
  "DescribeVolumes",
  "DescribeVpcEndpoints",
  "DescribeVpcs",
];

/** Of what there is nothing here: managed resources, prefixes of interfaces, targeted reservations, Outposts and the like. */
const elsewhere =
  /operator\.|outpost|availability-zone-id|capacity-reservation-target|ipv[46]-prefixes|is-primary-ipv6|ipv6-native|deny-all-igw|http-protocol-ipv4|network-performance|requester|instance-owner-id|attachment\.instance-id|network-interface\.availability-zone|network-interface\.public-dns|(attached-ebs|application)-status|transfer-type|service-region|owner-id|network-interface\.tag/;

/** What the documentation of an action's request lists under its filters. */
function documentedFilters(action: string): { readonly member: string; readonly names: string[] } {
  const body = new RegExp(`export interface ${action}Request \\{([\\s\\S]*?)\\n\\}`).exec(
    documentation,
  );
  const [, text = "", member = ""] =
    /\/\*\*((?:(?!\/\*\*)[\s\S])*?)\*\/\s*\n\s*(Filters|Filter)\?: Filter\[\]/.exec(
      body?.[1] ?? "",
    ) ?? [];
  const names = [...text.matchAll(/<li>[\s*]*<p>[\s*]*<code>([^<]+)<\/code>/g)].map(
    ([, name = ""]) => name,
  );
  return { member, names: names.filter((name) => name !== "tag" && !name.includes("&lt;")) };
}

// Turned red by: a name less in one of the tables of `tables/wire-filters.ts`.
test("every filter that AWS documents around a VPC and an instance is known, and no other", async () => {
  const { clock, random } = new Kernel({ seed: "1" });
  const aws = createFakeAws({ clock, random, profile: "lenient" });
  const ask = (operation: string, member: string, Name: string) => {
    const place = { service: "ec2", region: "eu-west-1", accessKeyId: "any", operation };
    return aws.call({ ...place, input: { [member]: [{ Name, Values: ["x"] }] } });
  };
  const unknown: string[] = [];
  let known = 0;
  for (const action of actions) {
    const { member, names } = documentedFilters(action);
    expect(names.length, `${action} documents filters`).toBeGreaterThan(0);
    for (const name of names) {
      const isKnown = await ask(action, member, name).then(
        () => true,
        () => false,
      );
      if (isKnown) known += 1;
      else if (!elsewhere.test(name)) unknown.push(`${action} ${name}`);
    }
    const made = ask(action, member, "made-up");
    await expect(made, action).rejects.toThrow("The filter 'made-up' is invalid");
  }
  expect(unknown).toEqual([]);
  expect(known).toBeGreaterThan(300);
  aws.close();
});
