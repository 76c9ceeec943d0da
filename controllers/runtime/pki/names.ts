import ipaddr from "ipaddr.js";
import { contextTag, element, objectId, sequence, tags } from "./der.ts";

/** A DNS name or an IP address, as in a certificate's list of alternative names. */
export type SubjectAltName = { readonly dns: string } | { readonly ip: string };

/** An IP address where the text is one, a DNS name otherwise. */
export function altName(host: string): SubjectAltName {
  return ipaddr.isValid(host) ? { ip: host } : { dns: host };
}

const organization = "2.5.4.10";
const commonNameOid = "2.5.4.3";

/** Organizations before the common name, as Go writes a subject. */
export function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  const attribute = (type: string, value: string) =>
    element(
      tags.set,
      sequence(objectId(type), element(tags.utf8String, Buffer.from(value, "utf8"))),
    );
  return sequence(
    ...organizations.map((value) => attribute(organization, value)),
    attribute(commonNameOid, commonName),
  );
}

export function subjectAltNames(names: readonly SubjectAltName[]): Buffer {
  return sequence(
    ...names.map((name) =>
      "dns" in name
        ? element(contextTag(2), Buffer.from(name.dns, "latin1"))
        : element(contextTag(7), Uint8Array.from(ipaddr.parse(name.ip).toByteArray())),
    ),
  );
}
