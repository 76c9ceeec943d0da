import type { FakeAwsOptions } from "@seatrial/fakecloud/aws/contract.ts";

/** How the AWS of a factory behaves. */
export interface AwsBehaviour extends Pick<
  FakeAwsOptions,
  "consistency" | "enforcePolicies" | "profile"
> {
  /** Divides the delays of the fake and of the controllers; never the time of day. */
  readonly timeScale: number;
}

/** The part of it that is the fake's own. */
export function awsOptions({
  profile,
  consistency,
  enforcePolicies,
}: AwsBehaviour): Pick<FakeAwsOptions, "consistency" | "enforcePolicies" | "profile"> {
  return {
    profile,
    ...(consistency === undefined ? {} : { consistency }),
    ...(enforcePolicies === undefined ? {} : { enforcePolicies }),
  };
}
