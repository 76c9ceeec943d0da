import { createHash, createPublicKey } from "node:crypto";

const mostKnown = 1_000;
const known = new Map<string, string>();

/** "sha256:…" over the public key of a certificate: how joining machines are told whom to trust. */
export function publicKeyHash(certificatePem: string): string {
  const remembered = known.get(certificatePem);
  if (remembered !== undefined) return remembered;
  const der = createPublicKey(certificatePem).export({ type: "spki", format: "der" });
  const hash = `sha256:${createHash("sha256").update(der).digest("hex")}`;
  if (known.size >= mostKnown) known.clear(); // Many clusters come and go in one process.
  known.set(certificatePem, hash);
  return hash;
}
