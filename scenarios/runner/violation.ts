/** A promise that was broken, and when. */
export interface Violation {
  /** "LIV-1", "REP-3", "EXPECT": stable, for grouping. */
  readonly id: string;
  readonly message: string;
  readonly atMs: number;
  /** Sequence number of the event that broke it; absent if no single one did. */
  readonly event?: number;
}
