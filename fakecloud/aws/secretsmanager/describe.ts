import type {
  DescribeSecretRequest,
  DescribeSecretResponse,
  Filter,
  ListSecretsRequest,
  ListSecretsResponse,
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
} from "@aws-sdk/client-secrets-manager";
import { toDate } from "../../kernel/clock.ts";
import { secretsError } from "./errors.ts";
import type { Secret, SecretStore } from "./secret-store.ts";
import { requireSecret } from "./require-secret.ts";

export function describeSecret(
  store: SecretStore,
  input: DescribeSecretRequest,
): DescribeSecretResponse {
  const secret = requireSecret(store, input.SecretId);
  return { ...entry(secret), VersionIdsToStages: stages(secret) };
}

function entry(secret: Secret) {
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    ...(secret.kmsKeyId === undefined ? {} : { KmsKeyId: secret.kmsKeyId }),
    CreatedDate: toDate(secret.createdAtMs),
    LastChangedDate: toDate(secret.changedAtMs),
    ...(secret.deletedAtMs === undefined ? {} : { DeletedDate: toDate(secret.deletedAtMs) }),
    Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
  };
}

function stages(secret: Secret): Record<string, string[]> {
  const staged = [...secret.versions.values()].filter((version) => version.stages.length > 0);
  return Object.fromEntries(staged.map((version) => [version.versionId, [...version.stages]]));
}

export function listSecrets(store: SecretStore, input: ListSecretsRequest): ListSecretsResponse {
  for (const { Key: key = "" } of input.Filters ?? []) {
    if (filterKeys.has(key)) continue;
    throw secretsError("InvalidParameterException", `Filter key '${key}' is not supported`);
  }
  const all = [...store.secrets.keys()]
    .map((name) => store.find(name))
    .filter((secret) => secret !== undefined)
    .filter((secret) => secret.deletedAtMs === undefined || input.IncludePlannedDeletion === true)
    .filter((secret) => (input.Filters ?? []).every((filter) => matches(secret, filter)));
  const { SortBy: by = "created-date", SortOrder: order = "asc" } = input;
  const sorted = all.toSorted((a, b) => compare(a, b, by));
  const { items, ...token } = page(order === "asc" ? sorted : sorted.toReversed(), input);
  return {
    SecretList: items.map((secret) => ({
      ...entry(secret),
      SecretVersionsToStages: stages(secret),
    })),
    ...token,
  };
}

function compare(a: Secret, b: Secret, by: string): number {
  if (by === "name") return a.name < b.name ? -1 : 1;
  return by === "last-changed-date" ? a.changedAtMs - b.changedAtMs : a.createdAtMs - b.createdAtMs;
}

const maxPage = 100;

function page<T>(
  all: readonly T[],
  input: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { readonly items: readonly T[]; readonly NextToken?: string } {
  const limit = input.MaxResults ?? maxPage;
  if (limit < 1 || limit > maxPage) {
    throw secretsError("InvalidParameterException", "MaxResults must be between 1 and 100");
  }
  const from = input.NextToken === undefined ? 0 : Number(input.NextToken);
  if (!Number.isInteger(from) || from < 0) {
    throw secretsError("InvalidNextTokenException", "Invalid NextToken");
  }
  const to = from + limit;
  const items = all.slice(from, to);
  return to < all.length ? { items, NextToken: `${to}` } : { items };
}

const filterKeys = new Set(["all", "description", "name", "tag-key", "tag-value"]);

/** Values of one filter are alternatives; a leading "!" negates; names match by prefix. */
function matches(secret: Secret, filter: Filter): boolean {
  const texts = filteredTexts(secret, filter.Key ?? "");
  return (filter.Values ?? []).some((value) => {
    const negated = value.startsWith("!");
    const wanted = negated ? value.slice(1) : value;
    return texts.some((text) => text.startsWith(wanted)) !== negated;
  });
}

function filteredTexts(secret: Secret, key: string): readonly string[] {
  const tagKeys = [...secret.tags.keys()];
  const tagValues = [...secret.tags.values()];
  const description = secret.description === undefined ? [] : [secret.description];
  switch (key) {
    case "name":
      return [secret.name];
    case "description":
      return description;
    case "tag-key":
      return tagKeys;
    case "tag-value":
      return tagValues;
    default:
      return [secret.name, ...description, ...tagKeys, ...tagValues];
  }
}

export function listSecretVersionIds(
  store: SecretStore,
  input: ListSecretVersionIdsRequest,
): ListSecretVersionIdsResponse {
  const secret = requireSecret(store, input.SecretId);
  const shown = [...secret.versions.values()].filter(
    (version) => input.IncludeDeprecated === true || version.stages.length > 0,
  );
  const { items, ...token } = page(shown, input);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Versions: items.map((version) => ({
      VersionId: version.versionId,
      VersionStages: [...version.stages],
      CreatedDate: toDate(version.createdAtMs),
    })),
    ...token,
  };
}
