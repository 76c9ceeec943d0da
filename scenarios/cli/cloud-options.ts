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

/** As often and as far as a busy region's: most reads show the present, none is older than this. */
const lag = { chance: 0.1, span: { min: 200, max: 3_000 } };

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
    ...(eventualConsistency === undefined ? {} : { consistency: lag }),
    ...(enforcePolicies === undefined ? {} : { enforcePolicies }),
  };
}
