import type { HonouredTable } from "../../honoured/honoured.ts";

/** What each action does with its input; everything else in it is refused by name. */
export const honouredBySsm: HonouredTable = {
  AddTagsToResource: "ResourceType ResourceId Tags(Key Value)",
  DeleteParameter: "Name",
  DeleteParameters: "Names",
  DescribeParameters:
    "Filters(Key Values) ParameterFilters(Key Option Values) MaxResults NextToken Shared=false",
  GetParameter: "Name WithDecryption",
  GetParameterHistory: "Name WithDecryption=* MaxResults NextToken",
  GetParameters: "Names WithDecryption",
  GetParametersByPath:
    "Path Recursive ParameterFilters(Key Option Values) WithDecryption MaxResults NextToken",
  LabelParameterVersion: "Name Labels ParameterVersion",
  ListTagsForResource: "ResourceType ResourceId",
  PutParameter:
    "Name Value Description Type KeyId Overwrite AllowedPattern Tags(Key Value) Tier DataType",
  RemoveTagsFromResource: "ResourceType ResourceId TagKeys",
};
