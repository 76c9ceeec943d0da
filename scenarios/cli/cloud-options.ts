import { usualLag } from "@seatrial/fakecloud/aws/consistency/usual-lag.ts";
import type { Command } from "commander";
import type { AwsBehaviour } from "../factory/aws-behaviour.ts";
import { requireProfile, requireScale } from "./require-option.ts";

/** What `up` and `cloud` are told about the AWS that they bring. */
export interface CloudFlags {
  readonly profile: string;
  readonly timeScale: string;
  readonly eventualConsistency?: true;
  readonly enforcePolicies?: true;
}

export function withCloudOptions(command: Command): Command {
  return command
    .option(
      "--profile <name>",
      "faithful (delays, limits, throttling) or lenient (none of them)",
      "faithful",
    )
    .option(
      "--time-scale <n>",
      "how much faster than life delays pass; clocks are never touched",
      "60",
    )
    .option("--eventual-consistency", "a tenth of the reads of EC2 and IAM is up to 3 s old")
    .option("--enforce-policies", "IAM roles and users may do only what their policies allow");
}

export function behaviourOf(flags: CloudFlags): AwsBehaviour {
  const { eventualConsistency, enforcePolicies } = flags;
  return {
    profile: requireProfile(flags.profile),
    timeScale: requireScale(flags.timeScale),
    ...(eventualConsistency === undefined ? {} : { consistency: usualLag }),
    ...(enforcePolicies === undefined ? {} : { enforcePolicies }),
  };
}
