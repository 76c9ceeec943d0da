/** The media type that kubectl creates with. */
const mediaType = "application/vnd.kubernetes.protobuf";

export function isProtobuf(contentType: string): boolean {
  return contentType === mediaType;
}

export type DecodedProtobuf = { readonly value: unknown } | { readonly error: string };

export function decodeProtobuf(_bytes: Uint8Array): DecodedProtobuf {
  return { error: "unmarshal" };
}
