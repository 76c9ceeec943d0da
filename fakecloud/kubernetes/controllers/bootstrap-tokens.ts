import { createHmac } from "node:crypto";
import { parseTime } from "../../kernel/clock.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import type { Meta } from "./objects.ts";

interface SecretObject {
  readonly metadata: Meta;
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

interface ConfigMapObject {
  readonly metadata: Meta;
  readonly data?: Readonly<Record<string, string>>;
}

interface Token {
  readonly name: string;
  readonly id: string;
  readonly secret: string;
  readonly expiresMs: number;
  readonly signs: boolean;
}

const signaturePrefix = "jws-kubeconfig-";

/** Expired bootstrap tokens are deleted, and cluster-info is signed with those that live. Returns when to look again. */
export async function syncBootstrapTokens(context: ControllerContext): Promise<number | undefined> {
  const now = context.clock.now();
  const tokens = tokensOf(context);
  const live = tokens.filter(({ expiresMs }) => expiresMs > now);
  for (const { name, expiresMs } of tokens) {
    if (expiresMs > now) continue;
    await context.call().delete(`/api/v1/namespaces/kube-system/secrets/${name}`);
  }
  await signClusterInfo(context, live);
  const next = Math.min(...live.map(({ expiresMs }) => expiresMs));
  return Number.isFinite(next) ? next - now : undefined;
}

function tokensOf(context: ControllerContext): readonly Token[] {
  return objectsOf<SecretObject>(context, "secrets")
    .filter(
      ({ metadata, type }) =>
        metadata.namespace === "kube-system" && type === "bootstrap.kubernetes.io/token",
    )
    .map(({ metadata, data }) => {
      const value = (key: string) => Buffer.from(data?.[key] ?? "", "base64").toString("utf8");
      return {
        name: metadata.name,
        id: value("token-id"),
        secret: value("token-secret"),
        // A token without a time lives for ever.
        expiresMs: parseTime(value("expiration")) ?? Number.POSITIVE_INFINITY,
        signs: value("usage-bootstrap-signing") === "true",
      };
    });
}

async function signClusterInfo(context: ControllerContext, live: readonly Token[]): Promise<void> {
  const entry = context.store.table("configmaps").get("kube-public/cluster-info");
  if (entry === undefined) return; // kubeadm has not come that far.
  const { data = {} } = entry.object as unknown as ConfigMapObject;
  const { kubeconfig = "" } = data;
  const wanted = new Map(
    live
      .filter(({ signs }) => signs)
      .map(({ id, secret }) => [
        `${signaturePrefix}${id}`,
        signDetached(kubeconfig, { id, secret }),
      ]),
  );
  const changes: Record<string, string | null> = {};
  for (const key of Object.keys(data)) {
    if (key.startsWith(signaturePrefix) && !wanted.has(key)) changes[key] = null;
  }
  for (const [key, signature] of wanted) if (data[key] !== signature) changes[key] = signature;
  if (Object.keys(changes).length === 0) return;
  await context
    .call()
    .patch("/api/v1/namespaces/kube-public/configmaps/cluster-info", { data: changes });
}

/** A JSON Web Signature without its payload: header and signature with nothing between the dots. */
export function signDetached(
  payload: string,
  token: { readonly id: string; readonly secret: string },
): string {
  const header = Buffer.from(JSON.stringify({ alg: "HS256", kid: token.id })).toString("base64url");
  const body = Buffer.from(payload).toString("base64url");
  const mac = createHmac("sha256", token.secret).update(`${header}.${body}`).digest("base64url");
  return `${header}..${mac}`;
}
