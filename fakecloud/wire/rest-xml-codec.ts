import { hash } from "node:crypto";
import type { NormalizedSchema } from "@smithy/core/schema";
import { decodeAwsChunked } from "./aws-chunked.ts";
import type { DecodedRequest, ErrorFacts } from "./codec.ts";
import type { WireRequest, WireResponse } from "./contract.ts";
import { routeRestXml } from "./rest-xml-route.ts";
import { scalarFromText, scalarToText } from "./scalars.ts";
import type { Operation, ServiceModel } from "./service-model.ts";
import { WireError } from "./wire-error.ts";
import { decodeXmlStruct } from "./xml-decode.ts";
import { encodeElement, encodeMembers, escapeXml } from "./xml-encode.ts";
import { readXml } from "./xml-reader.ts";

interface Binding {
  readonly httpHeader?: string;
  readonly httpLabel?: unknown;
  readonly httpPayload?: unknown;
  readonly httpPrefixHeaders?: string;
  readonly httpQuery?: string;
  readonly xmlName?: string;
}

function bindingOf(member: NormalizedSchema): Binding {
  return member.getMergedTraits();
}

/** Parts of a query that belong to signatures and to the SDK, not to an operation. */
const signatureParts = /^(?:x-amz-.*|x-id|AWSAccessKeyId|Expires|Signature)$/i;

/** Decodes a request to S3: labels, query, headers and an XML, text or raw body, by the schema of the operation. */
export function decodeRestXml(model: ServiceModel, request: WireRequest): DecodedRequest {
  const { operation, target } = routeRestXml(model, request);
  const input: Record<string, unknown> = {};
  const queries = new Set(literalsOf(operation));
  for (const [name, member] of operation.input.structIterator()) {
    const binding = bindingOf(member);
    if (binding.httpQuery !== undefined) queries.add(binding.httpQuery);
    const value =
      binding.httpLabel === undefined
        ? fromRequest(binding, member, request)
        : name === "Bucket"
          ? target.bucket
          : target.key;
    if (value !== undefined) input[name] = value;
  }
  const unknown = Object.keys(request.query).find(
    (name) => !queries.has(name) && !signatureParts.test(name),
  );
  if (unknown !== undefined) {
    const message = `A query parameter you provided implies functionality that is not implemented: ${unknown}`;
    throw new WireError("NotImplemented", message, 501);
  }
  decodeBody(operation, request, input);
  return { operation, input };
}

function literalsOf(operation: Operation): readonly string[] {
  const literals = operation.http?.uri.split("?", 2)[1] ?? "";
  return [...new URLSearchParams(literals).keys()];
}

function fromRequest(binding: Binding, member: NormalizedSchema, request: WireRequest): unknown {
  const { httpHeader, httpPrefixHeaders, httpQuery } = binding;
  if (httpQuery !== undefined) return scalar(member, request.query[httpQuery], httpQuery);
  if (httpPrefixHeaders !== undefined) {
    const found = Object.entries(request.headers)
      .filter(([name]) => name.startsWith(httpPrefixHeaders))
      .map(([name, value]) => [name.slice(httpPrefixHeaders.length), value]);
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }
  if (httpHeader === undefined) return undefined;
  return scalar(member, request.headers[httpHeader.toLowerCase()], httpHeader);
}

function scalar(
  member: NormalizedSchema,
  given: string | readonly string[] | undefined,
  name: string,
): unknown {
  if (given === undefined) return undefined;
  if (member.isListSchema()) {
    const texts = typeof given === "string" ? given.split(",") : given;
    return texts.map((text) => scalarFromText(member.getValueSchema(), text.trim()));
  }
  const text = typeof given === "string" ? given : (given[0] ?? "");
  const value = scalarFromText(member, text);
  if (value !== undefined) return value;
  throw new WireError("InvalidArgument", `The value ${text} of ${name} is not valid.`);
}

function decodeBody(
  operation: Operation,
  request: WireRequest,
  input: Record<string, unknown>,
): void {
  const body = decodeAwsChunked(request);
  const members = [...operation.input.structIterator()];
  const payload = members.find(([, member]) => bindingOf(member).httpPayload !== undefined);
  if (payload !== undefined) {
    const [name, member] = payload;
    if (member.isStructSchema()) {
      checkMd5(request, body);
      if (body.length > 0) input[name] = decodeXmlStruct(readXml(textOf(body)), member);
    } else input[name] = member.isStringSchema() ? textOf(body) : body;
    return;
  }
  const inBody = members.filter(([, member]) => isInBody(bindingOf(member)));
  if (inBody.length === 0 || body.length === 0) return;
  checkMd5(request, body);
  Object.assign(input, decodeXmlStruct(readXml(textOf(body)), operation.input));
}

/** Of documents; what the content of an object is to be, its handler knows. */
function checkMd5(request: WireRequest, body: Uint8Array): void {
  const said = request.headers["content-md5"];
  if (said === undefined || hash("md5", body, "base64") === said) return;
  const message = "The Content-MD5 you specified did not match what we received.";
  throw new WireError("BadDigest", message);
}

function isInBody(binding: Binding): boolean {
  return (
    binding.httpHeader === undefined &&
    binding.httpLabel === undefined &&
    binding.httpQuery === undefined &&
    binding.httpPrefixHeaders === undefined
  );
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}

export function encodeRestXml(
  model: ServiceModel,
  answer: { readonly operation: Operation; readonly output: unknown; readonly requestId: string },
): WireResponse {
  const { operation, requestId } = answer;
  const output = (answer.output ?? {}) as Readonly<Record<string, unknown>>;
  const headers: Record<string, string> = requestIdHeaders(requestId);
  const members = operation.output.isStructSchema() ? [...operation.output.structIterator()] : [];
  for (const [name, member] of members)
    writeHeaders(headers, bindingOf(member), member, output[name]);
  // A part of an object is told by its range alone.
  const isPart = output["ContentRange"] !== undefined;
  const status = isPart ? 206 : (operation.http?.status ?? 200);
  const payload = members.find(([, member]) => bindingOf(member).httpPayload !== undefined);
  if (payload !== undefined) {
    return { status, ...payloadOf(model, payload, { headers, value: output[payload[0]] }) };
  }
  const inBody = members.filter(([, member]) => isInBody(bindingOf(member)));
  if (inBody.length === 0) return { status, headers, body: new Uint8Array() };
  return { status, ...xmlBody(headers, resultText(model, operation, output)) };
}

function resultText(model: ServiceModel, operation: Operation, output: object): string {
  const namespace = ` xmlns="${model.xmlNamespace}"`;
  // The location is the one answer whose root is its only member.
  if (operation.name === "GetBucketLocation") {
    const location = (output as { LocationConstraint?: string }).LocationConstraint ?? "";
    return `<LocationConstraint${namespace}>${escapeXml(location)}</LocationConstraint>`;
  }
  const traits = operation.output.getMergedTraits() as Binding;
  const tag = traits.xmlName ?? `${operation.name}Result`;
  return `<${tag}${namespace}>${encodeMembers(operation.output, output)}</${tag}>`;
}

function payloadOf(
  model: ServiceModel,
  [name, member]: readonly [string, NormalizedSchema],
  { headers, value }: { readonly headers: Record<string, string>; readonly value: unknown },
): Omit<WireResponse, "status"> {
  if (member.isStructSchema()) {
    const tag = bindingOf(member).xmlName ?? member.getName()?.split("#").at(-1) ?? name;
    return xmlBody(headers, encodeElement(member, value ?? {}, tag, model.xmlNamespace));
  }
  if (member.isStringSchema()) {
    const body = Buffer.from(typeof value === "string" ? value : "");
    return { headers: { "content-type": "application/json", ...headers }, body };
  }
  const body = value instanceof Uint8Array ? value : new Uint8Array();
  return { headers, body, streaming: true };
}

function writeHeaders(
  headers: Record<string, string>,
  binding: Binding,
  member: NormalizedSchema,
  value: unknown,
): void {
  if (value === undefined || value === null) return;
  const { httpHeader, httpPrefixHeaders } = binding;
  if (httpPrefixHeaders !== undefined) {
    for (const [name, text] of Object.entries(value as Record<string, string>)) {
      headers[`${httpPrefixHeaders}${name}`] = text;
    }
  } else if (httpHeader !== undefined) {
    headers[httpHeader.toLowerCase()] = headerText(member, value);
  }
}

function headerText(member: NormalizedSchema, value: unknown): string {
  // In headers timestamps are HTTP dates unless the schema says otherwise.
  const isPlainTime = member.isTimestampSchema() && (member.getSchema() as unknown) === 4;
  return isPlainTime ? (value as Date).toUTCString() : scalarToText(member, value);
}

export function encodeRestXmlError(error: ErrorFacts, requestId: string): WireResponse {
  const { code, message, status, fields = {}, headers = {} } = error;
  const details = Object.entries(fields).map(
    ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
  );
  const text =
    `<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>` +
    `${details.join("")}<RequestId>${requestId}</RequestId><HostId>${hostId}</HostId></Error>`;
  const all = { ...requestIdHeaders(requestId), ...headers };
  if (status === 304) return { status, headers: all, body: new Uint8Array() };
  return { status, ...xmlBody(all, text) };
}

const hostId = "c2VhdHJpYWw=";

function requestIdHeaders(requestId: string): Record<string, string> {
  const id = requestId.replaceAll("-", "").slice(0, 16).toUpperCase();
  return { "x-amz-request-id": id, "x-amz-id-2": hostId };
}

function xmlBody(headers: Readonly<Record<string, string>>, text: string) {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
  return { headers: { ...headers, "content-type": "application/xml" }, body };
}
