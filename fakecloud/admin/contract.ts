import type { FakeAws } from "../aws/contract.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Machines } from "../machines/machines.ts";

/** What the admin API looks at and acts on. Asked afresh for every request: a reset may put another cloud there. */
export interface AdminSubject {
  readonly aws: FakeAws;
  /** Absent where nothing happens inside instances. */
  readonly machines?: Machines;
}

export interface AdminOptions {
  readonly subject: () => AdminSubject;
  readonly clock: Clock;
  /** What every request has to bring: it is in a file that only the owner of the process can read. */
  readonly token: string;
  readonly profile: "faithful" | "lenient";
  readonly timeScale: number;
  /** Everything as it was at the very first start. */
  readonly reset: () => Promise<void>;
  /** URL of an HTTP proxy that leads to load balancers; undefined if there is none. */
  readonly proxy?: () => Promise<string>;
}

/** A request that is refused: the status, and one sentence for people. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
