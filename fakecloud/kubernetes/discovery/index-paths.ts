import { compareText } from "../json.ts";
import { healthPaths } from "../well-known.ts";
import type { DiscoveredGroup } from "./groups.ts";

/** What `/` lists: all paths that are no resources. */
export function indexPaths(groups: readonly DiscoveredGroup[]): readonly string[] {
  const served = groups.flatMap(({ group, versions }) => {
    const root = group === "" ? "/api" : `/apis/${group}`;
    return [root, ...versions.map(({ version }) => `${root}/${version}`)];
  });
  const others = ["/apis", "/apis/", "/openapi/v2", "/openapi/v3", "/openapi/v3/", "/version"];
  return [...served, ...others, ...healthPaths()].toSorted(compareText);
}
