import type {
  GetParameterHistoryRequest,
  GetParameterHistoryResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  Parameter,
} from "@aws-sdk/client-ssm";
import { toDate } from "../../kernel/clock.ts";
import { compileFilters } from "./filters.ts";
import { ssmError } from "./errors.ts";
import { page } from "./pages.ts";
import type { ParameterRecord, ParameterStore, ParameterVersion } from "./parameter-store.ts";

const maxNames = 10;

/** A parameter in one of its versions; `selector` is ":3" or ":label" as it was asked for. */
export interface Selected {
  readonly record: ParameterRecord;
  readonly version: ParameterVersion;
  readonly selector: string;
}

/** By name, ARN, "name:version" or "name:label". */
export function select(store: ParameterStore, wanted: string): Selected | undefined {
  const plain = wanted.replace(/^arn:aws:ssm:[^:]*:[^:]*:parameter/, "");
  const colon = plain.indexOf(":");
  const name = colon === -1 ? plain : plain.slice(0, colon);
  const selector = colon === -1 ? "" : plain.slice(colon);
  const record = store.parameters.get(name) ?? store.parameters.get(name.replace(/^\//, ""));
  const found = record ?? publishedRecord(store, name);
  if (found === undefined) return undefined;
  const label = selector.slice(1);
  const version =
    label === ""
      ? found.versions.at(-1)
      : found.versions.find((one) => `${one.version}` === label || one.labels.includes(label));
  if (version !== undefined) return { record: found, version, selector };
  const message = `Systems Manager could not find version ${label} of ${name}. Verify the version and try again.`;
  throw ssmError("ParameterVersionNotFound", message);
}

const publishedAtMs = 1_735_689_600_000;

function publishedRecord(store: ParameterStore, name: string): ParameterRecord | undefined {
  const value = store.published.find(name);
  if (value === undefined) return undefined;
  const version: ParameterVersion = {
    version: 1,
    value,
    type: "String",
    tier: "Standard",
    description: undefined,
    keyId: undefined,
    allowedPattern: undefined,
    dataType: value.startsWith("ami-") ? "aws:ec2:image" : "text",
    modifiedAtMs: publishedAtMs,
    modifiedBy: "aws",
    labels: [],
  };
  return { name, versions: [version], tags: new Map() };
}

function toWire(
  store: ParameterStore,
  { record, version, selector }: Selected,
  withDecryption: boolean | undefined,
): Parameter {
  const isHidden = version.type === "SecureString" && withDecryption !== true;
  const isPublic = record.name.startsWith("/aws/service/");
  return {
    Name: record.name,
    Type: version.type,
    Value: isHidden ? Buffer.from(`encrypted:${version.value}`).toString("base64") : version.value,
    Version: version.version,
    ...(selector === "" ? {} : { Selector: selector }),
    LastModifiedDate: toDate(version.modifiedAtMs),
    ARN: isPublic ? `arn:aws:ssm:${store.region}::parameter${record.name}` : store.arn(record.name),
    DataType: version.dataType,
  };
}

export function getParameter(
  store: ParameterStore,
  input: GetParameterRequest,
): GetParameterResult {
  const found = select(store, input.Name ?? "");
  if (found === undefined) throw ssmError("ParameterNotFound");
  return { Parameter: toWire(store, found, input.WithDecryption) };
}

export function getParameters(
  store: ParameterStore,
  input: GetParametersRequest,
): GetParametersResult {
  const names = input.Names ?? [];
  if (names.length === 0 || names.length > maxNames) {
    const message = `1 validation error detected: Value '[${names.join(", ")}]' at 'names' failed to satisfy constraint: Member must have length less than or equal to ${maxNames}`;
    throw ssmError("ValidationException", message);
  }
  const found = names.map((name) => ({ name, selected: quietly(store, name) }));
  return {
    Parameters: found.flatMap(({ selected }) =>
      selected === undefined ? [] : [toWire(store, selected, input.WithDecryption)],
    ),
    InvalidParameters: found
      .filter(({ selected }) => selected === undefined)
      .map(({ name }) => name),
  };
}

function quietly(store: ParameterStore, name: string): Selected | undefined {
  try {
    return select(store, name);
  } catch {
    return undefined; // A version that is not there is an invalid parameter like any other.
  }
}

export function getParametersByPath(
  store: ParameterStore,
  input: GetParametersByPathRequest,
): GetParametersByPathResult {
  const path = input.Path ?? "";
  if (!path.startsWith("/")) {
    const message = `The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive).`;
    throw ssmError("ValidationException", message);
  }
  const prefix = path.endsWith("/") ? path : `${path}/`;
  const holds = compileFilters(input.ParameterFilters, ["KeyId", "Label", "Type"]);
  const names = [...store.parameters.keys(), ...store.published.below(prefix)];
  const chosen = names
    .filter((name) => name.startsWith(prefix))
    .filter((name) => input.Recursive === true || !name.slice(prefix.length).includes("/"))
    .toSorted()
    .flatMap((name) => select(store, name) ?? [])
    .filter(({ record }) => holds(record));
  const { items, ...token } = page(chosen, input, { default: 10, max: 10 });
  return { Parameters: items.map((one) => toWire(store, one, input.WithDecryption)), ...token };
}

export function getParameterHistory(
  store: ParameterStore,
  input: GetParameterHistoryRequest,
): GetParameterHistoryResult {
  const record = store.parameters.get(input.Name ?? "");
  if (record === undefined) throw ssmError("ParameterNotFound");
  const { items, ...token } = page(record.versions, input, { default: 50, max: 50 });
  return {
    Parameters: items.map((version) => ({
      ...metadataOf(store, record, version),
      Value: version.value,
      Labels: [...version.labels],
    })),
    ...token,
  };
}

export function metadataOf(
  store: ParameterStore,
  record: ParameterRecord,
  version: ParameterVersion,
) {
  const { description, keyId, allowedPattern } = version;
  return {
    Name: record.name,
    ARN: store.arn(record.name),
    Type: version.type,
    Version: version.version,
    Tier: version.tier,
    DataType: version.dataType,
    LastModifiedDate: toDate(version.modifiedAtMs),
    LastModifiedUser: version.modifiedBy,
    Policies: [],
    ...(description === undefined ? {} : { Description: description }),
    ...(keyId === undefined ? {} : { KeyId: keyId }),
    ...(allowedPattern === undefined ? {} : { AllowedPattern: allowedPattern }),
  };
}

/** A label moves: it is on one version at a time. */
export function labelParameterVersion(
  store: ParameterStore,
  input: LabelParameterVersionRequest,
): LabelParameterVersionResult {
  const record = store.parameters.get(input.Name ?? "");
  if (record === undefined) throw ssmError("ParameterNotFound");
  const wanted = input.ParameterVersion ?? record.versions.at(-1)?.version;
  const version = record.versions.find((one) => one.version === wanted);
  if (version === undefined) {
    const message = `Systems Manager could not find version ${wanted} of ${record.name}. Verify the version and try again.`;
    throw ssmError("ParameterVersionNotFound", message);
  }
  const labels = input.Labels ?? [];
  const valid = labels.filter((label) => /^(?!aws|ssm)[A-Za-z_][\w.-]{0,99}$/i.test(label));
  for (const one of record.versions) {
    one.labels = one.labels.filter((label) => !valid.includes(label));
  }
  version.labels = [...version.labels, ...valid];
  return {
    InvalidLabels: labels.filter((label) => !valid.includes(label)),
    ParameterVersion: version.version,
  };
}
