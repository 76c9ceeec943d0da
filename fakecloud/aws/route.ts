import { formOf } from "../wire/codec.ts";
import type { WireRequest } from "../wire/contract.ts";
import { signedParts } from "./signature/signed-parts.ts";

/** Where a request wants to go, and with whose key. */
export interface Address {
  /** Signing name: "ec2", "elasticloadbalancing", "secretsmanager". */
  readonly service: string;
  readonly region: string;
  readonly accessKeyId?: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** API version of a query request. */
  readonly version?: string;
}

const defaultRegion = "us-east-1";

/** Who has a web identity has no key yet: such calls are not signed, and on a loopback address only this tells whose they are. */
const versionOfSts = "2011-06-15";

/** Host names that differ from the signing name. */
const hostAliases: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/** By the credential scope of the signature where there is one, by the host name otherwise. */
export function routeOf(request: WireRequest): Address {
  const scope = credentialScope(request);
  const version = versionOf(request);
  const { service, region } = scope ?? unsignedAddress(request, version);
  return {
    service,
    region,
    ...(scope === undefined ? {} : { accessKeyId: scope.accessKeyId }),
    ...(scope?.sessionToken === undefined ? {} : { sessionToken: scope.sessionToken }),
    ...(version === undefined ? {} : { version }),
  };
}

function versionOf(request: WireRequest): string | undefined {
  return isForm(request) ? (formOf(request).get("Version") ?? undefined) : undefined;
}

function unsignedAddress(request: WireRequest, version: string | undefined) {
  return version === versionOfSts
    ? { service: "sts", region: defaultRegion }
    : hostAddress(request.host);
}

function credentialScope(request: WireRequest) {
  const parts = signedParts(request);
  if (parts === undefined) return undefined;
  const { accessKeyId, sessionToken } = parts;
  const [, region, service] = parts.scope.split("/");
  if (region === undefined || service === undefined) return undefined;
  return { accessKeyId, sessionToken, region, service };
}

/** "ec2.eu-west-1.amazonaws.com", "iam.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com". */
function hostAddress(host: string): { service: string; region: string } {
  const [name = ""] = host.split(":");
  const labels = name.replace(/\.(amazonaws\.com(\.cn)?|api\.aws)$/, "").split(".");
  const s3 = labels.indexOf("s3");
  const from = s3 === -1 ? 0 : s3;
  const service = labels[from] ?? "";
  return {
    service: hostAliases[service] ?? service,
    region: labels[from + 1] ?? defaultRegion,
  };
}

function isForm(request: WireRequest): boolean {
  const type = request.headers["content-type"] ?? "";
  return (
    type.startsWith("application/x-www-form-urlencoded") || request.query["Action"] !== undefined
  );
}
