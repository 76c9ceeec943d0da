import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { createAwsClientFactory } from "./aws/clients.ts";
import { fenceCalls } from "./leader-fence.ts";
import { realClock } from "./runtime/clock.ts";
import { realRandom } from "./runtime/random.ts";

test("an AWS client of a process that no longer leads sends nothing", async () => {
  let isLeader = true;
  let sent = 0;
  const factory = createAwsClientFactory({
    clock: realClock,
    random: realRandom,
    credentials: { accessKeyId: "AKIASEATRIAL00000000", secretAccessKey: "seatrial" },
    requestHandler: {
      handle: async () => {
        sent += 1;
        throw Object.assign(new Error("sent"), { name: "AccessDenied" });
      },
    },
    onClient: (client) => fenceCalls(client, () => isLeader),
  });
  const { ec2 } = factory.clients("eu-west-1");
  await expect(ec2.send(new DescribeVpcsCommand({}))).rejects.toThrow("sent");
  const before = sent;
  expect(before).toBeGreaterThan(0);
  isLeader = false;
  await expect(ec2.send(new DescribeVpcsCommand({}))).rejects.toThrow("not the leader");
  expect(sent).toBe(before);
});
