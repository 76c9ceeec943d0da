import { isObject, type KubeObject } from "../object.ts";
import type { Conversion } from "./resource.ts";

/** Fields of a core Event and what events.k8s.io calls them. */
const names: readonly (readonly [string, string])[] = [
  ["count", "deprecatedCount"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["involvedObject", "regarding"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["message", "note"],
  ["reportingComponent", "reportingController"],
  ["source", "deprecatedSource"],
];
const toNew = new Map(names);
const toOld = new Map(names.map(([old, recent]) => [recent, old]));

/** The two kinds of Event are one kind with two vocabularies. */
export const eventConversion: Conversion = {
  convert: (objects, apiVersion) =>
    objects.map((object) => {
      if (object.apiVersion === apiVersion) return object;
      const words = apiVersion === "v1" ? toOld : toNew;
      const converted: Record<string, unknown> = {};
      for (const [field, value] of Object.entries(object)) {
        // An empty struct is what one side writes for what the other leaves out.
        if (field === "deprecatedSource" && isObject(value) && Object.keys(value).length === 0) {
          continue;
        }
        converted[words.get(field) ?? field] = value;
      }
      return { ...converted, apiVersion } as unknown as KubeObject;
    }),
};
