/**
 * The messages in which OpenAPI v2 documents travel (google/gnostic-models, openapiv2/OpenAPIv2.proto): per message "json-name
 * number type". Types: text, flag, whole, real, any (YAML text), a message, []repeated, {}map of named values.
 */
export const openApiV2Table = `
Document
  swagger 1 text
  info 2 Info
  paths 8 Paths
  definitions 9 Definitions
Info
  title 1 text
  version 2 text
  description 3 text
PathItem
  get 2 Operation
  put 3 Operation
  post 4 Operation
  delete 5 Operation
  options 6 Operation
  head 7 Operation
  patch 8 Operation
  parameters 9 []ParametersItem
  x- 10 any
Operation
  tags 1 []text
  summary 2 text
  description 3 text
  operationId 5 text
  produces 6 []text
  consumes 7 []text
  parameters 8 []ParametersItem
  responses 9 Responses
  schemes 10 []text
  deprecated 11 flag
  x- 13 any
BodyParameter
  description 1 text
  name 2 text
  in 3 text
  required 4 flag
  schema 5 Schema
QueryParameter
  required 1 flag
  in 2 text
  description 3 text
  name 4 text
  type 6 text
  format 7 text
  uniqueItems 20 flag
PathParameter
  required 1 flag
  in 2 text
  description 3 text
  name 4 text
  type 5 text
  format 6 text
  uniqueItems 19 flag
Response
  description 1 text
  schema 2 SchemaItem
Schema
  $ref 1 text
  format 2 text
  title 3 text
  description 4 text
  default 5 any
  multipleOf 6 real
  maximum 7 real
  exclusiveMaximum 8 flag
  minimum 9 real
  exclusiveMinimum 10 flag
  maxLength 11 whole
  minLength 12 whole
  pattern 13 text
  maxItems 14 whole
  minItems 15 whole
  uniqueItems 16 flag
  maxProperties 17 whole
  minProperties 18 whole
  required 19 []text
  enum 20 []any
  additionalProperties 21 AdditionalPropertiesItem
  type 22 TypeItem
  items 23 ItemsItem
  allOf 24 []Schema
  properties 25 Properties
  x- 31 any
`;
