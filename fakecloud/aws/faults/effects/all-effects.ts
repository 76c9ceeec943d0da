import type { Effect } from "../fault-context.ts";
import type { FaultKind } from "../tables/fault-kinds.ts";
import { maintenance, spotInterruption } from "./announced.ts";
import * as api from "./api.ts";
import * as calls from "./calls.ts";
import * as capacity from "./capacity.ts";
import * as machines from "./machines.ts";
import * as outOfBand from "./out-of-band.ts";
import * as places from "./places.ts";
import * as settings from "./settings.ts";

/** What each kind of fault does to the cloud. */
export const allEffects: Readonly<Record<FaultKind, Effect>> = {
  ...api,
  ...calls,
  ...capacity,
  ...machines,
  ...outOfBand,
  ...places,
  ...settings,
  maintenance,
  spotInterruption,
};
