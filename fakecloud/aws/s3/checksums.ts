import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { s3Error } from "./errors.ts";

export const checksumMembers = [
  "ChecksumCRC32",
  "ChecksumCRC32C",
  "ChecksumCRC64NVME",
  "ChecksumSHA1",
  "ChecksumSHA256",
] as const;

/** Those that are computed here; the others are kept as they were given. */
const computed: Readonly<Record<string, (body: Uint8Array) => string>> = {
  ChecksumCRC32: (body) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString("base64");
  },
  ChecksumSHA1: (body) => hash("sha1", body, "base64"),
  ChecksumSHA256: (body) => hash("sha256", body, "base64"),
};

export function md5Of(body: Uint8Array): string {
  return hash("md5", body, "hex");
}

/** Compares what the sender says with what came; gives the checksums to keep. */
export function checkDigests(input: object, body: Uint8Array): Readonly<Record<string, string>> {
  const said = input as Readonly<Record<string, unknown>>;
  const md5 = said["ContentMD5"];
  if (typeof md5 === "string") {
    if (Buffer.from(md5, "base64").length !== 16) {
      throw s3Error("InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    if (hash("md5", body, "base64") !== md5) {
      const message = "The Content-MD5 you specified did not match what we received.";
      throw s3Error("BadDigest", message);
    }
  }
  const given = checksumMembers.flatMap((member) => {
    const value = said[member];
    return typeof value === "string" ? [[member, value] as const] : [];
  });
  for (const [member, value] of given) {
    const actual = computed[member]?.(body);
    if (actual === undefined || actual === value) continue;
    const name = member.slice("Checksum".length).toLowerCase();
    const message = `The ${name.toUpperCase()} you specified did not match the calculated checksum.`;
    throw s3Error("BadDigest", message);
  }
  return Object.fromEntries(given);
}
