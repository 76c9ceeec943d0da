import {
  getResources,
  getTagKeys,
  getTagValues,
  tagResources,
  untagResources,
} from "./resources.ts";

export const taggingHandlers = {
  GetResources: getResources,
  GetTagKeys: getTagKeys,
  GetTagValues: getTagValues,
  TagResources: tagResources,
  UntagResources: untagResources,
};
