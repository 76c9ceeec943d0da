import { expect, test } from "vitest";
import { planSubnets, selectZones, splitCidr } from "./plan-subnets.ts";

const plan = (zones: readonly string[], schema?: "PreferPrivate" | "PreferPublic") =>
  planSubnets({
    clusterName: "c",
    vpcCidrBlock: "10.0.0.0/16",
    zones,
    ...(schema === undefined ? {} : { schema }),
  }).map(({ isPublic, cidrBlock }) => `${isPublic ? "public" : "private"} ${cidrBlock}`);

// The figures are upstream's for the default range.
test.each([
  [["a"], ["public 10.0.0.0/17", "private 10.0.128.0/17"]],
  [
    ["a", "b"],
    ["public 10.0.0.0/19", "private 10.0.64.0/18", "public 10.0.32.0/19", "private 10.0.128.0/18"],
  ],
  [
    ["a", "b", "c"],
    [
      "public 10.0.0.0/20",
      "private 10.0.64.0/18",
      "public 10.0.16.0/20",
      "private 10.0.128.0/18",
      "public 10.0.32.0/20",
      "private 10.0.192.0/18",
    ],
  ],
])("%j share 10.0.0.0/16 as upstream does", (zones, subnets) => {
  expect(plan(zones)).toEqual(subnets);
});

test("PreferPublic gives the large blocks to the public subnets", () => {
  expect(plan(["a"], "PreferPublic")).toEqual(["public 10.0.128.0/17", "private 10.0.0.0/17"]);
});

test("subnets are named after cluster, kind and zone", () => {
  const [first] = planSubnets({
    clusterName: "c",
    vpcCidrBlock: "10.0.0.0/16",
    zones: ["eu-west-1a"],
  });
  expect(first?.id).toBe("c-subnet-public-eu-west-1a");
});

test("a range that is too small is refused with what AWS allows", () => {
  expect(() => splitCidr("10.0.0.0/27", 4)).toThrow(
    "10.0.0.0/27 cannot be cut into 4 subnets: each would be a /29, and AWS allows /16 to /28",
  );
});

test("local and wavelength zones are not chosen, and the order is by name", () => {
  const zones = ["c", "a", "b", "d"].map((name) => ({ name, type: "availability-zone" }));
  const available = [...zones, { name: "aa", type: "local-zone" }];
  const options = { limit: 3, draw: (zone: string) => (zone === "d" ? 0 : 0.5) };
  expect(selectZones(available, { ...options, selection: "Ordered" })).toEqual(["a", "b", "c"]);
  expect(selectZones(available, { ...options, selection: "Random" })).toContain("d");
});
