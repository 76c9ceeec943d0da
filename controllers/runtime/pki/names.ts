import {
  AttributeTypeAndValue,
  AttributeValue,
  GeneralName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
} from "@peculiar/asn1-x509";
import ipaddr from "ipaddr.js";

/** A DNS name or an IP address, as in a certificate's list of alternative names. */
export type SubjectAltName = { readonly dns: string } | { readonly ip: string };

/** An IP address where the text is one, a DNS name otherwise. */
export function altName(host: string): SubjectAltName {
  return ipaddr.isValid(host) ? { ip: host } : { dns: host };
}

const organization = "2.5.4.10";
const commonNameOid = "2.5.4.3";

/** Organizations before the common name, as Go writes a subject. */
export function distinguishedName(commonName: string, organizations: readonly string[]): Name {
  const attribute = (type: string, value: string) =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: value }) }),
    ]);
  return new Name([
    ...organizations.map((value) => attribute(organization, value)),
    attribute(commonNameOid, commonName),
  ]);
}

export function subjectAltNames(names: readonly SubjectAltName[]): SubjectAlternativeName {
  return new SubjectAlternativeName(
    names.map((name) =>
      "dns" in name
        ? new GeneralName({ dNSName: name.dns })
        : new GeneralName({ iPAddress: name.ip }),
    ),
  );
}
