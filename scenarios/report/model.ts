import { type Capacity, computeCapacity } from "./capacity.ts";
import { computeHappenings, type Happening } from "./happenings.ts";
import { computeLanes, type Lane } from "./lanes.ts";
import { Playback } from "./playback.ts";
import type { Recording } from "./recording.ts";

/** What a report shows, computed once. */
export interface Model {
  readonly playback: Playback;
  readonly lanes: readonly Lane[];
  readonly capacity: readonly Capacity[];
  readonly happenings: readonly Happening[];
}

export function computeModel(recording: Recording): Model {
  const playback = new Playback(recording);
  return {
    playback,
    lanes: computeLanes(playback),
    capacity: computeCapacity(playback),
    happenings: computeHappenings(playback),
  };
}
