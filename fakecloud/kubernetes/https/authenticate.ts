import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { UserInfo } from "../contract.ts";
import { subjectOf, toPem, validityOf } from "./certificates.ts";

export interface Authentication {
  /** PEM of the authority whose client certificates are believed. */
  readonly clientAuthority?: string;
  /** Who a bearer token belongs to; undefined for tokens that are not known or no longer valid. */
  readonly authenticateToken?: (token: string) => UserInfo | undefined;
  readonly now: () => number;
}

const anonymous: UserInfo = {
  username: "system:anonymous",
  groups: ["system:unauthenticated"],
};

/** Who asks. Undefined if credentials were given and are not believed. */
export function authenticate(
  request: IncomingMessage,
  authentication: Authentication,
): UserInfo | undefined {
  const fromCertificate = userOfCertificate(request, authentication);
  if (fromCertificate !== undefined) return fromCertificate;
  const [scheme = "", token = ""] = (request.headers.authorization ?? "").trim().split(/\s+/);
  // Other schemes than bearer are nobody's business here: such a request is anonymous.
  if (scheme.toLowerCase() !== "bearer" || token === "") return anonymous;
  return authentication.authenticateToken?.(token);
}

interface CertificateUser {
  readonly user: UserInfo;
  readonly notBefore: number;
  readonly notAfter: number;
}

type Judged = CertificateUser | "none";

const byConnection = new WeakMap<object, Judged>();
/** Clients like kubectl bring the same certificate in every new connection. */
const byCertificate = new WeakMap<Authentication, Map<string, Judged>>();
const mostRemembered = 1000;

/** A certificate belongs to a connection: it is read once, and checked for its dates each time. */
function userOfCertificate(
  request: IncomingMessage,
  authentication: Authentication,
): UserInfo | undefined {
  const { clientAuthority, now } = authentication;
  if (clientAuthority === undefined) return undefined;
  let known = byConnection.get(request.socket);
  if (known === undefined) {
    known = judge(request.socket as TLSSocket, authentication, clientAuthority);
    byConnection.set(request.socket, known);
  }
  if (known === "none" || now() < known.notBefore || known.notAfter < now()) return undefined;
  return known.user;
}

function judge(socket: TLSSocket, authentication: Authentication, authority: string): Judged {
  if (typeof socket.getPeerCertificate !== "function") return "none";
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  if (raw === undefined) return "none";
  const judged = byCertificate.get(authentication) ?? new Map<string, Judged>();
  byCertificate.set(authentication, judged);
  const fingerprint = hash("sha256", raw, "hex");
  const known = judged.get(fingerprint) ?? read(raw, authority, fingerprint);
  if (judged.size >= mostRemembered) judged.clear();
  judged.set(fingerprint, known);
  return known;
}

function read(raw: Buffer, authority: string, fingerprint: string): Judged {
  const pem = toPem("CERTIFICATE", raw);
  const validity = validityOf(pem, authority);
  if (validity === undefined) return "none";
  const { commonName, organizations = [] } = subjectOf(pem);
  return {
    ...validity,
    user: {
      username: commonName,
      groups: [...organizations, "system:authenticated"],
      extra: {
        "authentication.kubernetes.io/credential-id": [`X509SHA256=${fingerprint}`],
      },
    },
  };
}
