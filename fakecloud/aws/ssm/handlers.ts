import { deleteParameter, deleteParameters, describeParameters } from "./parameters.ts";
import { putParameter } from "./put-parameter.ts";
import {
  getParameter,
  getParameterHistory,
  getParameters,
  getParametersByPath,
  labelParameterVersion,
} from "./read-parameters.ts";
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from "./tags.ts";

export const ssmHandlers = {
  AddTagsToResource: addTagsToResource,
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
  DescribeParameters: describeParameters,
  GetParameter: getParameter,
  GetParameterHistory: getParameterHistory,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  LabelParameterVersion: labelParameterVersion,
  ListTagsForResource: listTagsForResource,
  PutParameter: putParameter,
  RemoveTagsFromResource: removeTagsFromResource,
};
