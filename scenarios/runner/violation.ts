/** A promise that was broken, and when. */
export interface Violation {
  /** "LIV-1", "REP-3", "EXPECT": stable, for grouping. */
  readonly id: string;
  readonly message: string;
  readonly atMs: number;
}
