import { timeOfDelay } from "../../kernel/clock.ts";
import { between } from "../../kernel/random.ts";
import type { Ec2Cloud } from "../ec2/ec2-cloud.ts";
import type { Ec2Region } from "../ec2/ec2-region.ts";
import type { IamAccount } from "../iam/iam-account.ts";
import type { Identity } from "../iam/identity.ts";
import type { CallContext } from "../service.ts";
import { copyAccount, copyRegion } from "./copies.ts";
import { History } from "./history.ts";

/** Reads that make what they show: of images there is only the present. */
const steady: ReadonlySet<string> = new Set(["DescribeImages"]);

const isRead = (operation: string) =>
  /^(?:Describe|Get|List)/.test(operation) && !steady.has(operation);

/**
 * Where consistency is eventual (`Ec2Settings.staleness`), a read is answered by a replica that lags: all that EC2 or IAM shows
 * is how it was a while ago, each read by a while of its own, so that reads may go back. What nobody changes for long enough is
 * seen as it is. Writes always meet the present.
 */
export class LaggingReads {
  readonly #ec2: Ec2Cloud;
  readonly #identity: Identity;
  readonly #regions = new Map<Ec2Region, History<Ec2Region>>();
  readonly #accounts = new Map<IamAccount, History<IamAccount>>();

  constructor(ec2: Ec2Cloud, identity: Identity) {
    this.#ec2 = ec2;
    this.#identity = identity;
    ec2.onChange(() => this.#record());
  }

  region(call: CallContext): Ec2Region {
    const present = this.#ec2.region(call.accountId, call.region);
    return this.#asSeen(call, present, { known: this.#regions, copy: copyRegion });
  }

  account(call: CallContext): IamAccount {
    const present = this.#identity.account(call.accountId);
    return this.#asSeen(call, present, { known: this.#accounts, copy: copyAccount });
  }

  #asSeen<State>(
    call: CallContext,
    present: State,
    past: { readonly known: Map<State, History<State>>; readonly copy: (state: State) => State },
  ): State {
    const { staleness } = this.#ec2.settings;
    if (staleness === undefined) return present;
    const now = this.#ec2.clock.now();
    const history = past.known.get(present) ?? new History(() => past.copy(present));
    past.known.set(present, history);
    // It has always been as it was before the first call.
    if (history.isEmpty) history.record(Number.NEGATIVE_INFINITY, now);
    if (!isRead(call.operation)) return present;
    const { random, clock } = this.#ec2;
    const key = `${call.accountId}/${call.region}/${call.operation}`;
    if (random.next("ec2/staleness/chance", key) >= staleness.chance) return present;
    const lagMs = timeOfDelay(clock, between(random, staleness.span, "ec2/staleness", key));
    return history.at(now - lagMs) ?? present;
  }

  #record(): void {
    const { staleness } = this.#ec2.settings;
    if (staleness === undefined) return;
    const { clock } = this.#ec2;
    const now = clock.now();
    const keepFromMs = now - timeOfDelay(clock, staleness.span.max);
    for (const history of this.#regions.values()) history.record(now, keepFromMs);
    for (const history of this.#accounts.values()) history.record(now, keepFromMs);
  }
}
