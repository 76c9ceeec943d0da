export interface ZoneFacts {
  readonly zoneName: string;
  readonly zoneId: string;
  readonly zoneType: "availability-zone" | "local-zone" | "wavelength-zone";
  readonly optInStatus: "not-opted-in" | "opt-in-not-required" | "opted-in";
  readonly groupName: string;
  readonly networkBorderGroup: string;
  readonly parentZoneName?: string;
  readonly parentZoneId?: string;
}

/** Regions with the stem of their zone ids and the letters of their zones. */
const regions: Readonly<Record<string, readonly [stem: string, letters: string]>> = {
  "af-south-1": ["afs1", "abc"],
  "ap-east-1": ["ape1", "abc"],
  "ap-northeast-1": ["apne1", "acd"],
  "ap-northeast-2": ["apne2", "abcd"],
  "ap-northeast-3": ["apne3", "abc"],
  "ap-south-1": ["aps1", "abc"],
  "ap-southeast-1": ["apse1", "abc"],
  "ap-southeast-2": ["apse2", "abc"],
  "ca-central-1": ["cac1", "abd"],
  "eu-central-1": ["euc1", "abc"],
  "eu-north-1": ["eun1", "abc"],
  "eu-south-1": ["eus1", "abc"],
  "eu-west-1": ["euw1", "abc"],
  "eu-west-2": ["euw2", "abc"],
  "eu-west-3": ["euw3", "abc"],
  "me-south-1": ["mes1", "abc"],
  "sa-east-1": ["sae1", "abc"],
  "us-east-1": ["use1", "abcdef"],
  "us-east-2": ["use2", "abc"],
  "us-west-1": ["usw1", "ac"],
  "us-west-2": ["usw2", "abcd"],
};

/** Local and wavelength zones, which an account must opt into: region → [name suffix, parent letter]. */
const edges: Readonly<Record<string, readonly (readonly [suffix: string, parent: string])[]>> = {
  "us-east-1": [
    ["bos-1a", "a"],
    ["mia-2a", "a"],
    ["wl1-bos-wlz-1", "a"],
    ["wl1-nyc-wlz-1", "a"],
  ],
  "us-west-2": [
    ["lax-1a", "a"],
    ["lax-1b", "b"],
    ["wl1-las-wlz-1", "a"],
  ],
};

export const regionNames: readonly string[] = Object.keys(regions);

/** Zones of a region; regions that are not in the table have three. */
export function zonesOf(region: string): readonly ZoneFacts[] {
  const [stem, letters] = regions[region] ?? [region.replaceAll("-", ""), "abc"];
  const zones = letters.split("").map((letter, index): ZoneFacts => ({
    zoneName: `${region}${letter}`,
    zoneId: `${stem}-az${index + 1}`,
    zoneType: "availability-zone",
    optInStatus: "opt-in-not-required",
    groupName: region,
    networkBorderGroup: region,
  }));
  const edge = (edges[region] ?? []).map(([suffix, parent]): ZoneFacts => {
    const wavelength = suffix.startsWith("wl1");
    const parentZone = zones.find((zone) => zone.zoneName === `${region}${parent}`);
    return {
      zoneName: `${region}-${suffix}`,
      zoneId: `${stem}-${suffix.replace(/[a-z]$/, "").replace("wl1-", "")}-az1`,
      zoneType: wavelength ? "wavelength-zone" : "local-zone",
      optInStatus: "not-opted-in",
      groupName: `${region}-${suffix.replace(/[a-z]$/, "")}`,
      networkBorderGroup: `${region}-${suffix.replace(/[a-z]$/, "")}`,
      parentZoneName: `${region}${parent}`,
      parentZoneId: parentZone?.zoneId ?? "",
    };
  });
  return [...zones, ...edge];
}
