import { hash } from "node:crypto";
import type { ApiAnswer, ApiRequest } from "../contract.ts";
import { isObject } from "../object.ts";
import { encodeOpenApiV2, openApiV2MediaType } from "../protobuf/encode-open-api.ts";

interface Encoded {
  readonly document: unknown;
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/**
 * `/openapi/v2` in the form that kubectl asks for; the core has it in JSON. Encoding takes a while, so the bytes are kept as long as the document
 * stays the same.
 */
export class OpenApiV2 {
  readonly #read: (() => unknown) | undefined;
  #encoded: Encoded | undefined;

  constructor(read: (() => unknown) | undefined) {
    this.#read = read;
  }

  /** Undefined for every other request. */
  answer(request: Pick<ApiRequest, "headers" | "method" | "path">): ApiAnswer | undefined {
    if (request.path !== "/openapi/v2" || request.method !== "GET") return undefined;
    const accept = request.headers["accept"] ?? "";
    if (this.#read === undefined || !accept.includes("proto-openapi.spec.v2")) return undefined;
    const document = this.#read();
    if (!isObject(document)) return undefined;
    const { bytes, etag } = this.#encode(document);
    const headers = { "content-type": openApiV2MediaType, etag, vary: "Accept" };
    if (request.headers["if-none-match"] === etag) {
      return { kind: "answer", status: 304, headers, body: undefined };
    }
    return { kind: "answer", status: 200, headers, body: bytes };
  }

  #encode(document: Readonly<Record<string, unknown>>): Encoded {
    if (this.#encoded?.document === document) return this.#encoded;
    const bytes = encodeOpenApiV2(document);
    const etag = `"${hash("sha512", bytes, "hex").toUpperCase()}"`;
    this.#encoded = { document, bytes, etag };
    return this.#encoded;
  }
}
