import type { PutParameterRequest, PutParameterResult } from "@aws-sdk/client-ssm";
import type { CallContext } from "../service.ts";
import { ssmError } from "./errors.ts";
import type { ParameterStore, ParameterVersion } from "./parameter-store.ts";
import { applyTags } from "./tags.ts";

const standardBytes = 4096;
const advancedBytes = 8192;
const maxLevels = 15;
const maxNameLength = 1011;
const maxVersions = 100;
const types: readonly string[] = ["SecureString", "String", "StringList"];

/** When several errors apply, the first of these wins: name, tags with overwrite, existence, type, size, pattern. */
export function putParameter(
  store: ParameterStore,
  input: PutParameterRequest,
  call: CallContext,
): PutParameterResult {
  const name = input.Name ?? "";
  checkName(name);
  const known = store.parameters.get(name);
  const overwrite = input.Overwrite === true;
  if (overwrite && input.Tags !== undefined && input.Tags.length > 0) {
    const message =
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.";
    throw ssmError("ValidationException", message);
  }
  if (known !== undefined && !overwrite) {
    const message =
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.";
    throw ssmError("ParameterAlreadyExists", message);
  }
  const before = known?.versions.at(-1);
  const version = nextVersion(input, before, {
    atMs: store.clock.now(),
    by: call.principal.arn,
  });
  if (known === undefined) {
    const tags = new Map<string, string>();
    applyTags(tags, input.Tags ?? []);
    store.parameters.set(name, { name, versions: [version], tags });
  } else {
    known.versions = [...known.versions, version].slice(-maxVersions);
  }
  return { Version: version.version, Tier: version.tier };
}

function checkName(name: string): void {
  const bare = name.replace(/^\//, "");
  if (/^(aws|ssm)/i.test(bare)) {
    const message = `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_`;
    throw ssmError("ValidationException", message);
  }
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(bare) || (name.includes("/") && !name.startsWith("/"))) {
    const message =
      "Parameter name must be a fully qualified name. It can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_";
    throw ssmError("ValidationException", message);
  }
  if (name.length > maxNameLength) {
    throw ssmError("ValidationException", `Parameter name must be at most ${maxNameLength} long`);
  }
  if (bare.split("/").length > maxLevels) {
    const message = `A parameter name must be no more than ${maxLevels} levels deep`;
    throw ssmError("HierarchyLevelLimitExceededException", message);
  }
}

function nextVersion(
  input: PutParameterRequest,
  before: ParameterVersion | undefined,
  change: { readonly atMs: number; readonly by: string },
): ParameterVersion {
  const type = typeOf(input, before);
  const { Value: value = "" } = input;
  const tier = tierOf(input, value, before);
  const kept = keptMembers(input, before);
  checkPattern(value, kept.allowedPattern);
  return {
    version: (before?.version ?? 0) + 1,
    value,
    type,
    tier,
    ...kept,
    keyId: type === "SecureString" ? kept.keyId : undefined,
    modifiedAtMs: change.atMs,
    modifiedBy: change.by,
    labels: [],
  };
}

/** What a new version takes over where it says nothing. */
function keptMembers(input: PutParameterRequest, before: ParameterVersion | undefined) {
  return {
    description: input.Description ?? before?.description,
    keyId: input.KeyId ?? before?.keyId ?? "alias/aws/ssm",
    allowedPattern: input.AllowedPattern ?? before?.allowedPattern,
    dataType: input.DataType ?? before?.dataType ?? "text",
  };
}

function typeOf(
  input: PutParameterRequest,
  before: ParameterVersion | undefined,
): ParameterVersion["type"] {
  const type = input.Type ?? before?.type;
  if (type === undefined) {
    const message = "A parameter type is required when you create a parameter.";
    throw ssmError("ValidationException", message);
  }
  if (types.includes(type)) return type;
  const message = `1 validation error detected: Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]`;
  throw ssmError("ValidationException", message);
}

/** An advanced parameter never becomes a standard one again. */
function tierOf(
  input: PutParameterRequest,
  value: string,
  before: ParameterVersion | undefined,
): ParameterVersion["tier"] {
  const bytes = Buffer.byteLength(value);
  const wanted = input.Tier ?? before?.tier ?? "Standard";
  const isAdvanced =
    wanted === "Advanced" || (wanted === "Intelligent-Tiering" && bytes > standardBytes);
  const isDowngrade = !isAdvanced && before?.tier === "Advanced";
  const problem = sizeProblem(bytes, isAdvanced) ?? (isDowngrade ? downgrade : undefined);
  if (problem !== undefined) throw ssmError("ValidationException", problem);
  return isAdvanced ? "Advanced" : "Standard";
}

const downgrade =
  "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.";

function sizeProblem(bytes: number, isAdvanced: boolean): string | undefined {
  if (bytes === 0) {
    return "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1";
  }
  if (!isAdvanced && bytes > standardBytes) {
    return `Standard tier parameters support a maximum parameter value of ${standardBytes} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`;
  }
  if (bytes > advancedBytes) {
    return `Advanced tier parameters support a maximum parameter value of ${advancedBytes} characters.`;
  }
  return undefined;
}

function checkPattern(value: string, pattern: string | undefined): void {
  if (pattern === undefined || pattern === "") return;
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${pattern})$`);
  } catch {
    const message = `The request does not meet the regular expression requirement: ${pattern}`;
    throw ssmError("InvalidAllowedPatternException", message);
  }
  if (expression.test(value)) return;
  const message = `Parameter value, cannot be validated against allowedPattern: ${pattern}`;
  throw ssmError("ParameterPatternMismatchException", message);
}
