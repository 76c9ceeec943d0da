import type { ConformanceCase } from "../case.ts";
import { dryRuns } from "./dry-runs.ts";
import { endpointsAndPrefixLists } from "./endpoints-and-prefix-lists.ts";
import { enforcement } from "./enforcement.ts";
import { filtersAndPages } from "./filters-and-pages.ts";
import { identityAndSecrets } from "./identity-and-secrets.ts";
import { instances } from "./instances.ts";
import { launching } from "./launching.ts";
import { loadBalancers } from "./load-balancers.ts";
import { objects } from "./objects.ts";
import { parameters } from "./parameters.ts";
import { richBalancing } from "./rich-balancing.ts";
import { richIdentity } from "./rich-identity.ts";
import { richMachines } from "./rich-machines.ts";
import { richNetworking } from "./rich-networking.ts";
import { richStorage } from "./rich-storage.ts";
import { securityGroups } from "./security-groups.ts";
import { tagging } from "./tagging.ts";
import { tags } from "./tags.ts";
import { unknownIds } from "./unknown-ids.ts";
import { vpcFamily } from "./vpc-family.ts";

/** The documented behaviour, as data. */
export const allCases: readonly ConformanceCase[] = [
  ...unknownIds,
  ...dryRuns,
  ...filtersAndPages,
  ...vpcFamily,
  ...securityGroups,
  ...instances,
  ...tags,
  ...loadBalancers,
  ...identityAndSecrets,
  ...endpointsAndPrefixLists,
  ...launching,
  ...objects,
  ...parameters,
  ...tagging,
  ...enforcement,
  ...richStorage,
  ...richNetworking,
  ...richMachines,
  ...richIdentity,
  ...richBalancing,
];
