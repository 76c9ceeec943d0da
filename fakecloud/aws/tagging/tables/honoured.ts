import type { HonouredTable } from "../../honoured/honoured.ts";

/** What each action does with its input; everything else in it is refused by name. */
export const honouredByTagging: HonouredTable = {
  GetResources:
    "PaginationToken TagFilters(Key Values) ResourcesPerPage ResourceTypeFilters IncludeComplianceDetails=false ExcludeCompliantResources=false ResourceARNList",
  GetTagKeys: "PaginationToken",
  GetTagValues: "Key PaginationToken",
  TagResources: "ResourceARNList Tags",
  UntagResources: "ResourceARNList TagKeys",
};
