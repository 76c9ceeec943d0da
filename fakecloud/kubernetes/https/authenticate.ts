import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { UserInfo } from "../contract.ts";
import { isIssuedBy, subjectOf, toPem } from "./certificates.ts";

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
  readonly pem: string;
}

const byConnection = new WeakMap<object, CertificateUser | "none">();

/** A certificate belongs to a connection: it is read once, and checked for its dates each time. */
function userOfCertificate(
  request: IncomingMessage,
  { clientAuthority, now }: Authentication,
): UserInfo | undefined {
  if (clientAuthority === undefined) return undefined;
  let known = byConnection.get(request.socket);
  if (known === undefined) {
    known = readCertificate(request.socket as TLSSocket) ?? "none";
    byConnection.set(request.socket, known);
  }
  if (known === "none" || !isIssuedBy(known.pem, clientAuthority, now())) return undefined;
  return known.user;
}

function readCertificate(socket: TLSSocket): CertificateUser | undefined {
  if (typeof socket.getPeerCertificate !== "function") return undefined;
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  if (raw === undefined) return undefined;
  const pem = toPem("CERTIFICATE", raw);
  const { commonName, organizations = [] } = subjectOf(pem);
  return {
    pem,
    user: {
      username: commonName,
      groups: [...organizations, "system:authenticated"],
      extra: {
        "authentication.kubernetes.io/credential-id": [`X509SHA256=${hash("sha256", raw, "hex")}`],
      },
    },
  };
}
