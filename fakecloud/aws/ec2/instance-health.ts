import type { InstanceStatusEvent, SummaryStatus } from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import type { InstanceRecord } from "./records.ts";

interface Impairment {
  /** instance: its software does not answer; system: the host under it is broken. */
  readonly check: "instance" | "system";
  readonly concerns: (instance: InstanceRecord) => boolean;
}

interface Announcement {
  readonly id: string;
  readonly concerns: (instance: InstanceRecord) => boolean;
  readonly code: string;
  readonly description: string;
  readonly notBeforeMs: number;
}

/** What status checks find beyond an instance's age, and what AWS has announced for it. */
export class InstanceHealth {
  readonly #impairments = new Set<Impairment>();
  readonly #announcements = new Set<Announcement>();

  /** Returns what ends it. */
  impair(impairment: Impairment): () => void {
    this.#impairments.add(impairment);
    return () => this.#impairments.delete(impairment);
  }

  /** Returns what withdraws it. */
  announce(announcement: Announcement): () => void {
    this.#announcements.add(announcement);
    return () => this.#announcements.delete(announcement);
  }

  /** `usual` unless something is wrong. A broken host takes what runs on it along. */
  statusOf(
    instance: InstanceRecord,
    check: Impairment["check"],
    usual: SummaryStatus,
  ): SummaryStatus {
    if (instance.state !== "running") return usual;
    const isHit = [...this.#impairments].some(
      (one) => (one.check === check || one.check === "system") && one.concerns(instance),
    );
    return isHit ? "impaired" : usual;
  }

  eventsOf(instance: InstanceRecord): InstanceStatusEvent[] {
    return [...this.#announcements]
      .filter(({ concerns }) => concerns(instance))
      .map(({ id, code, description, notBeforeMs }) => ({
        InstanceEventId: id,
        Code: code as InstanceStatusEvent["Code"] & string,
        Description: description,
        NotBefore: toDate(notBeforeMs),
      }));
  }
}
