import { createHash } from "node:crypto";
import type { AwsCredentialIdentity } from "@smithy/types";
import {
  type AWSCluster,
  AWSClusterControllerIdentity,
  AWSClusterRoleIdentity,
  AWSClusterStaticIdentity,
} from "../../api/aws/v1beta2.ts";
import type { IdentityRef } from "../../api/generated/definitions.ts";
import { Secret } from "../../api/kubernetes.ts";
import type { Client, Reader } from "../../runtime/client.ts";
import type { Clock } from "../../runtime/clock.ts";
import { isAlreadyExists } from "../../runtime/errors.ts";
import type { AwsClientFactory, AwsClients, AwsCredentials } from "../clients.ts";
import { isNamespaceAllowed } from "./allowed-namespaces.ts";
import { assumedRole, type RoleSession } from "./assume-role.ts";

/** The identity may not be used, or cannot be: what the conditions of the AWSCluster say of it. */
export class PrincipalError extends Error {
  override readonly name = "PrincipalError";
  readonly condition: "PrincipalCredentialRetrieved" | "PrincipalUsageAllowed";
  readonly reason: string;

  constructor(condition: PrincipalError["condition"], reason: string, message: string) {
    super(message);
    this.condition = condition;
    this.reason = reason;
  }
}

export interface PrincipalOptions {
  readonly client: Client;
  /** Secrets are read from the server itself: a rotated key counts at once. */
  readonly reader: Reader;
  readonly aws: AwsClientFactory;
  readonly clock: Clock;
  /** Where the Secrets of static identities live; upstream's own namespace if not given. */
  readonly managerNamespace?: string;
}

const defaultNamespace = "capa-system";
const defaultDurationSeconds = 900;
const longestChain = 5;

/** An identity with its credentials; the key changes with everything that they depend on. */
interface Principal {
  readonly key: string;
  /** Undefined stands for the manager's own. */
  readonly credentials: AwsCredentials | undefined;
}

/**
 * With whose credentials an AWSCluster is worked on: the manager's own, those of a Secret, or a role that is assumed, perhaps through
 * others. All controllers share one cache that goes by content: changed credentials count for all at once (capa-bugs 65).
 */
export class Principals {
  readonly #options: PrincipalOptions;
  readonly #providers = new Map<string, AwsCredentials>();

  constructor(options: PrincipalOptions) {
    this.#options = options;
  }

  /** The clients of the AWSCluster's region and identity. Throws a `PrincipalError` where the identity may not be used. */
  async clientsFor(awsCluster: AWSCluster): Promise<AwsClients> {
    const region = awsCluster.spec?.region ?? "";
    const reference = awsCluster.spec?.identityRef;
    if (reference === undefined) return this.#options.aws.clients(region);
    const namespace = awsCluster.metadata.namespace ?? "";
    const { credentials } = await this.#principal(reference, { namespace, region, depth: 0 });
    if (credentials === undefined) return this.#options.aws.clients(region);
    await retrieve(credentials);
    return this.#options.aws.clients(region, credentials);
  }

  async #principal(
    reference: IdentityRef,
    context: { readonly namespace: string; readonly region: string; readonly depth: number },
  ): Promise<Principal> {
    if (context.depth > longestChain) {
      throw unusable(context.depth, `the chain of identities at ${reference.name} has no end`);
    }
    if (reference.kind === "AWSClusterControllerIdentity") {
      return this.#controllerPrincipal(reference, context);
    }
    return reference.kind === "AWSClusterStaticIdentity"
      ? this.#staticPrincipal(reference, context)
      : this.#rolePrincipal(reference, context);
  }

  async #controllerPrincipal(
    reference: IdentityRef,
    context: { readonly namespace: string; readonly depth: number },
  ): Promise<Principal> {
    const identity = await this.#controllerIdentity(reference.name);
    await this.#assertAllowed(reference, identity.spec?.allowedNamespaces, context);
    return { key: "controller", credentials: undefined };
  }

  /** Upstream's gate AutoControllerIdentityCreator: the default identity makes itself, open to all namespaces. */
  async #controllerIdentity(name: string): Promise<AWSClusterControllerIdentity> {
    const { client, reader } = this.#options;
    const key = { namespace: "", name };
    const found = await client.get(AWSClusterControllerIdentity, key);
    if (found !== undefined) return found;
    if (name !== "default") throw missing("AWSClusterControllerIdentity", name);
    try {
      return await client.create(AWSClusterControllerIdentity, {
        apiVersion: "infrastructure.cluster.x-k8s.io/v1beta2",
        kind: "AWSClusterControllerIdentity",
        metadata: { name },
        spec: { allowedNamespaces: {} },
      });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const made = await reader.get(AWSClusterControllerIdentity, key);
      if (made === undefined) throw error;
      return made;
    }
  }

  async #staticPrincipal(
    reference: IdentityRef,
    context: { readonly namespace: string; readonly depth: number },
  ): Promise<Principal> {
    const { client, reader, managerNamespace: namespace = defaultNamespace } = this.#options;
    const key = { namespace: "", name: reference.name };
    const identity = await client.get(AWSClusterStaticIdentity, key);
    if (identity === undefined) throw missing(reference.kind, reference.name);
    await this.#assertAllowed(reference, identity.spec?.allowedNamespaces, context);
    const name = identity.spec?.secretRef ?? "";
    const secret = await reader.get(Secret, { namespace, name });
    if (secret === undefined) throw missing("Secret", `${namespace}/${name}`);
    const read = (field: string) => Buffer.from(secret.data?.[field] ?? "", "base64").toString();
    const [accessKeyId, secretAccessKey] = [read("AccessKeyID"), read("SecretAccessKey")];
    const sessionToken = read("SessionToken");
    if (accessKeyId === "" || secretAccessKey === "") {
      const message = `Secret ${namespace}/${name} needs AccessKeyID and SecretAccessKey`;
      throw new PrincipalError(
        "PrincipalCredentialRetrieved",
        "PrincipalCredentialRetrievalFailed",
        message,
      );
    }
    const content = digest(["static", accessKeyId, secretAccessKey, sessionToken]);
    return this.#remember(content, () => ({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === "" ? {} : { sessionToken }),
    }));
  }

  async #rolePrincipal(
    reference: IdentityRef,
    context: { readonly namespace: string; readonly region: string; readonly depth: number },
  ): Promise<Principal> {
    const { client, aws, clock } = this.#options;
    const identity = await client.get(AWSClusterRoleIdentity, {
      namespace: "",
      name: reference.name,
    });
    if (identity === undefined) throw missing(reference.kind, reference.name);
    await this.#assertAllowed(reference, identity.spec?.allowedNamespaces, context);
    const { sourceIdentityRef } = identity.spec ?? {};
    const source =
      sourceIdentityRef === undefined
        ? { key: "controller", credentials: undefined }
        : await this.#principal(sourceIdentityRef, { ...context, depth: context.depth + 1 });
    const session = sessionOf(identity);
    const content = digest(["role", source.key, context.region, JSON.stringify(session)]);
    return this.#remember(content, () =>
      assumedRole(aws.clients(context.region, source.credentials).sts, session, clock),
    );
  }

  /** The same content gives the same object, by which clients are kept. */
  #remember(key: string, make: () => AwsCredentials): Principal {
    const credentials = this.#providers.get(key) ?? make();
    this.#providers.set(key, credentials);
    return { key, credentials };
  }

  async #assertAllowed(
    reference: IdentityRef,
    allowed: Parameters<typeof isNamespaceAllowed>[1],
    context: { readonly namespace: string; readonly depth: number },
  ): Promise<void> {
    if (await isNamespaceAllowed(this.#options.client, allowed, context.namespace)) return;
    const message = `namespace "${context.namespace}" is not permitted to use ${reference.kind}: ${reference.name}`;
    throw unusable(context.depth, message);
  }
}

function sessionOf({ metadata, spec }: AWSClusterRoleIdentity): RoleSession {
  return {
    roleArn: spec?.roleARN ?? "",
    sessionName: spec?.sessionName ?? metadata.name,
    durationSeconds: spec?.durationSeconds ?? defaultDurationSeconds,
    externalId: spec?.externalID,
    inlinePolicy: spec?.inlinePolicy,
    policyArns: spec?.policyARNs,
  };
}

function unusable(depth: number, message: string): PrincipalError {
  const reason = depth === 0 ? "PrincipalUsageUnauthorized" : "SourcePrincipalUsageUnauthorized";
  return new PrincipalError("PrincipalUsageAllowed", reason, message);
}

function missing(kind: string, name: string): PrincipalError {
  const message = `${kind} ${name} does not exist`;
  return new PrincipalError("PrincipalUsageAllowed", "PrincipalUsageUnauthorized", message);
}

/** Asks for them once, so that what is wrong with them is said as that and not as a failure of the first call. */
async function retrieve(credentials: AwsCredentials): Promise<AwsCredentialIdentity> {
  if (typeof credentials !== "function") return credentials;
  try {
    return await credentials();
  } catch (error) {
    const { message } = error as Error;
    throw new PrincipalError(
      "PrincipalCredentialRetrieved",
      "PrincipalCredentialRetrievalFailed",
      message,
    );
  }
}

/** Secrets are only ever compared, never kept as keys. */
function digest(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\u0000")).digest("hex");
}
