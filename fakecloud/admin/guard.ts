import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AdminError } from "./contract.ts";

/**
 * Nobody but a program on this machine, and no page in a browser: a page could send requests to a loopback address, or give
 * its own host name that address (DNS rebinding).
 */
export function refuseStrangers({ headers }: IncomingMessage): void {
  const host = hostName(headers.host ?? "");
  if (!/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) {
    throw new AdminError(403, `the admin API answers to loopback addresses only, not to "${host}"`);
  }
  // Every browser of today says where a request comes from; fetch outside of one does not.
  const fromPage = headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
  if (fromPage) throw new AdminError(403, "the admin API answers to no web page");
}

function hostName(host: string): string {
  const bracketed = /^\[(.*)\](:\d+)?$/.exec(host)?.[1];
  return (bracketed ?? host.replace(/:\d+$/, "")).toLowerCase();
}

export function requireToken({ headers }: IncomingMessage, token: string): void {
  const given = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  if (isSame(given, token)) return;
  const message = "the admin API wants its token: it is in admin.json of the data directory";
  throw new AdminError(401, message);
}

/** Takes as long for a guess that is nearly right as for any other. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
