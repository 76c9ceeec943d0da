import { createHmac } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { type Random, randomUuid } from "../kernel/random.ts";
import type { UserInfo } from "./contract.ts";
import { isObject, type JsonObject } from "./object.ts";
import type { Store } from "./store.ts";

/** Signs and checks the claims of service-account tokens. The default is a keyed MAC; adapters may give a real key. */
export interface TokenSigner {
  sign(claims: JsonObject): string;
  /** The claims of a token that this signer has signed; undefined for any other. */
  verify(token: string): JsonObject | undefined;
}

export interface Authenticated {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

export const defaultAudience = "https://kubernetes.default.svc.cluster.local";

export interface TokenRequest {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  /** "pod", "secret" or "node", with what the token dies with. */
  readonly bound?: { readonly kind: string; readonly name: string; readonly uid: string };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
}

/** Tokens that only this cluster can make and check, cheap enough for a simulation. */
export function keyedSigner(random: Random, cluster: string): TokenSigner {
  let key: Uint8Array | undefined;
  const mac = (text: string) => {
    key ??= random.bytes("token-key", cluster, 32);
    return createHmac("sha256", key).update(text).digest("base64url");
  };
  return {
    sign: (claims) => {
      const text = `${encode({ alg: "HS256", kid: "seatrial" })}.${encode(claims)}`;
      return `${text}.${mac(text)}`;
    },
    verify: (token) => {
      const [header, claims, signature, ...more] = token.split(".");
      if (claims === undefined || signature === undefined || more.length > 0) return undefined;
      if (mac(`${header ?? ""}.${claims}`) !== signature) return undefined;
      const parsed: unknown = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
      return isObject(parsed) ? parsed : undefined;
    },
  };
}

/** Issues service-account tokens and says whom one stands for. */
export class Tokens {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #signer: TokenSigner;

  constructor(parts: { store: Store; clock: Clock; random: Random; signer: TokenSigner }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#signer = parts.signer;
  }

  issue(request: TokenRequest): { readonly token: string; readonly expiresMs: number } {
    const { namespace, name, uid, audiences, expirationSeconds, bound } = request;
    const now = Math.floor(this.#clock.now() / 1000);
    const claims = {
      aud: audiences,
      exp: now + expirationSeconds,
      iat: now,
      iss: defaultAudience,
      jti: randomUuid(this.#random, "token-id", `${namespace}/${name}`),
      "kubernetes.io": {
        namespace,
        serviceaccount: { name, uid },
        ...(bound === undefined
          ? {}
          : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
      },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    return { token: this.#signer.sign(claims), expiresMs: (now + expirationSeconds) * 1000 };
  }

  /** Undefined for tokens that are foreign, expired, for others, or whose account or bound object is gone. */
  authenticate(token: string, audiences: readonly string[] = []): Authenticated | undefined {
    const claims = token === "" ? undefined : this.#signer.verify(token);
    if (claims === undefined) return undefined;
    const expires = claims["exp"];
    if (typeof expires !== "number" || expires * 1000 <= this.#clock.now()) return undefined;
    const meant = Array.isArray(claims["aud"]) ? claims["aud"].map(String) : [];
    const wanted = audiences.length === 0 ? [defaultAudience] : audiences;
    const shared = meant.filter((each) => wanted.includes(each));
    const about = claims["kubernetes.io"];
    if (shared.length === 0 || !isObject(about)) return undefined;
    const user = this.#userOf(about, String(claims["jti"]));
    return user === undefined ? undefined : { user, audiences: shared };
  }

  #userOf(about: JsonObject, id: string): UserInfo | undefined {
    const namespace = String(about["namespace"]);
    const account = about["serviceaccount"];
    if (!isObject(account) || !this.#lives("serviceaccounts", namespace, account)) return undefined;
    const extra: Record<string, readonly string[]> = {
      "authentication.kubernetes.io/credential-id": [`JTI=${id}`],
    };
    for (const kind of ["node", "pod", "secret"]) {
      const bound = about[kind];
      if (!isObject(bound)) continue;
      if (!this.#lives(`${kind}s`, kind === "node" ? "" : namespace, bound)) return undefined;
      if (kind === "secret") continue;
      extra[`authentication.kubernetes.io/${kind}-name`] = [String(bound["name"])];
      extra[`authentication.kubernetes.io/${kind}-uid`] = [String(bound["uid"])];
    }
    return {
      username: `system:serviceaccount:${namespace}:${String(account["name"])}`,
      uid: String(account["uid"]),
      groups: [
        "system:serviceaccounts",
        `system:serviceaccounts:${namespace}`,
        "system:authenticated",
      ],
      extra,
    };
  }

  #lives(table: string, namespace: string, { name, uid }: JsonObject): boolean {
    const key = namespace === "" ? String(name) : `${namespace}/${String(name)}`;
    return this.#store.table(table).get(key)?.object.metadata.uid === uid;
  }
}
