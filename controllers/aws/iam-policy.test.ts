import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = import.meta.dirname;

const prefixes: Readonly<Record<string, string>> = {
  "client-ec2": "ec2",
  "client-elastic-load-balancing": "elasticloadbalancing",
  "client-elastic-load-balancing-v2": "elasticloadbalancing",
  "client-resource-groups-tagging-api": "tag",
  "client-s3": "s3",
  "client-secrets-manager": "secretsmanager",
  "client-ssm": "ssm",
  "client-sts": "sts",
};

/** S3 names some permissions unlike its calls; these are documented with each action of S3. */
const otherNames: Readonly<Record<string, string>> = {
  "s3:HeadObject": "s3:GetObject",
  "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
};

function calledActions(): ReadonlySet<string> {
  const actions = new Set<string>();
  const sources = globSync("**/*.ts", { cwd: folder }).filter(
    (file) => !file.endsWith(".test.ts") && file !== "aws-world.ts",
  );
  for (const file of sources) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, names = "", client = ""] of text.matchAll(
      /import \{([^}]*)\} from "@aws-sdk\/([^"]+)"/g,
    )) {
      for (const [, operation = ""] of names.matchAll(/(?<! as )\b(\w+)Command\b/g)) {
        const action = `${prefixes[client]}:${operation}`;
        actions.add(otherNames[action] ?? action);
      }
    }
  }
  return actions;
}

test("capa-bugs 73: the policy that is published allows every call that the provider makes", () => {
  const policy = JSON.parse(readFileSync(join(folder, "iam-policy.json"), "utf8")) as {
    readonly Statement: readonly { readonly Action: readonly string[] }[];
  };
  const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));
  const called = calledActions();
  expect(called.size).toBeGreaterThan(60);
  expect([...called].filter((action) => !allowed.has(action))).toEqual([]);
});
