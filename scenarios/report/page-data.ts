import type { Capacity } from "./capacity.ts";
import type { Happening } from "./happenings.ts";
import type { Lane } from "./lanes.ts";
import type { Recording } from "./recording.ts";

/** What the script of the page gets: the recording, and what has been computed from it. */
export interface PageData {
  readonly recording: Recording;
  readonly lanes: readonly Lane[];
  readonly capacity: readonly Capacity[];
  readonly happenings: readonly Happening[];
}
