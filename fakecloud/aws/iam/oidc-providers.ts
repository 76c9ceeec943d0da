import type {
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse,
  DeleteOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderResponse,
  ListOpenIDConnectProvidersResponse,
} from "@aws-sdk/client-iam";
import { toDate } from "../../kernel/clock.ts";
import { iamError } from "./errors.ts";
import type { IamAccount, OidcProvider } from "./iam-account.ts";
import { applyTags, tagsToWire } from "./tags.ts";

export function createOidcProvider(
  iam: IamAccount,
  input: CreateOpenIDConnectProviderRequest,
): CreateOpenIDConnectProviderResponse {
  const match = /^https:\/\/(.+?)\/?$/.exec(input.Url ?? "");
  const url = match?.[1];
  if (url === undefined) throw iamError("ValidationError", "Invalid Open ID Connect Provider URL");
  const arn = `arn:aws:iam::${iam.accountId}:oidc-provider/${url}`;
  if (iam.oidcProviders.has(arn)) {
    throw iamError("EntityAlreadyExists", `Provider with url ${input.Url} already exists.`);
  }
  const provider: OidcProvider = {
    arn,
    url,
    createdAtMs: iam.clock.now(),
    clientIds: new Set(input.ClientIDList ?? []),
    thumbprints: input.ThumbprintList ?? [],
    tags: new Map(),
  };
  applyTags(provider.tags, input.Tags ?? []);
  iam.oidcProviders.set(arn, provider);
  return { OpenIDConnectProviderArn: arn, Tags: tagsToWire(provider.tags) };
}

export function requireOidcProvider(
  iam: IamAccount,
  input: { readonly OpenIDConnectProviderArn?: string | undefined },
): OidcProvider {
  const arn = input.OpenIDConnectProviderArn ?? "";
  const provider = iam.oidcProviders.get(arn);
  if (provider !== undefined) return provider;
  throw iamError("NoSuchEntity", `OpenIDConnect Provider not found for arn ${arn}`);
}

export function getOidcProvider(
  iam: IamAccount,
  input: GetOpenIDConnectProviderRequest,
): GetOpenIDConnectProviderResponse {
  const provider = requireOidcProvider(iam, input);
  return {
    Url: provider.url,
    ClientIDList: [...provider.clientIds],
    ThumbprintList: [...provider.thumbprints],
    CreateDate: toDate(provider.createdAtMs),
    Tags: tagsToWire(provider.tags),
  };
}

export function listOidcProviders(iam: IamAccount): ListOpenIDConnectProvidersResponse {
  const providers = [...iam.oidcProviders.keys()];
  return { OpenIDConnectProviderList: providers.map((Arn) => ({ Arn })) };
}

/** Deleting what does not exist succeeds. */
export function deleteOidcProvider(iam: IamAccount, input: DeleteOpenIDConnectProviderRequest) {
  iam.oidcProviders.delete(input.OpenIDConnectProviderArn ?? "");
  return {};
}
