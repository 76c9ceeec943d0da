import { decodeJson, encodeJson } from "./json-codec.ts";
import { decodeQuery } from "./query-decode.ts";
import { decodeRestXml, encodeRestXml, encodeRestXmlError } from "./rest-xml-codec.ts";
import type { Operation, ServiceModel } from "./service-model.ts";
import { WireError } from "./wire-error.ts";
import { encodeMembers, escapeXml } from "./xml-encode.ts";
import type { WireRequest, WireResponse } from "./contract.ts";

export interface DecodedRequest {
  readonly operation: Operation;
  readonly input: Record<string, unknown>;
}

/** What an error needs on the wire. */
export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Headers that belong to the error, where the protocol has some. */
  readonly headers?: Readonly<Record<string, string>>;
}

const forms = new WeakMap<WireRequest, URLSearchParams>();

/** The form of a query request: the body, or the query string of a GET. Whoever wants to know something of a request reads it. */
export function formOf(request: WireRequest): URLSearchParams {
  const known = forms.get(request);
  if (known !== undefined) return known;
  const form = readForm(request);
  forms.set(request, form);
  return form;
}

function readForm(request: WireRequest): URLSearchParams {
  const { body } = request;
  if (body.length > 0) {
    return new URLSearchParams(
      Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8"),
    );
  }
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(request.query)) {
    for (const one of typeof value === "string" ? [value] : value) form.append(key, one);
  }
  return form;
}

/** Which operation is meant, and its input; throws a WireError for what the service does not have. */
export function decodeRequest(model: ServiceModel, request: WireRequest): DecodedRequest {
  if (model.protocol === "restXml") return decodeRestXml(model, request);
  if (model.protocol === "awsJson1_1") {
    const target = request.headers["x-amz-target"] ?? "";
    const operation = requireOperation(model, target.slice(target.lastIndexOf(".") + 1));
    const input = decodeJson(request.body, operation.input);
    assertRequired(model, operation, input);
    return { operation, input };
  }
  const form = formOf(request);
  const operation = requireOperation(model, form.get("Action") ?? "");
  const dialect = model.protocol === "ec2Query" ? "ec2Query" : "awsQuery";
  const input = decodeQuery(form, operation.input, dialect);
  assertRequired(model, operation, input);
  return { operation, input };
}

function requireOperation(model: ServiceModel, name: string): Operation {
  const operation = model.operations.get(name);
  if (operation !== undefined) return operation;
  if (model.protocol === "awsJson1_1") {
    throw new WireError("UnknownOperationException", `The operation ${name} is unknown.`);
  }
  throw new WireError("InvalidAction", `The action ${name} is not valid for this web service.`);
}

/** In a schema the required members come first; its last element counts them. */
function assertRequired(model: ServiceModel, operation: Operation, input: object): void {
  const schema = operation.input.getSchema() as unknown as readonly unknown[];
  const names = (schema[4] ?? []) as readonly string[];
  const count = (schema[6] ?? 0) as number;
  const missing = names.slice(0, count).find((name) => !Object.hasOwn(input, name));
  if (missing === undefined) return;
  // Empty lists are not written by clients: their absence is left to the operation itself.
  if (operation.input.getMemberSchema(missing).isListSchema()) return;
  throw missingParameter(model, missing);
}

function missingParameter(model: ServiceModel, name: string): WireError {
  if (model.protocol === "ec2Query") {
    return new WireError("MissingParameter", `The request must contain the parameter ${name}`);
  }
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  const detail = `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`;
  return new WireError(
    model.protocol === "awsJson1_1" ? "ValidationException" : "ValidationError",
    detail,
  );
}

export function encodeResponse(
  model: ServiceModel,
  answer: { readonly operation: Operation; readonly output: unknown; readonly requestId: string },
): WireResponse {
  if (model.protocol === "restXml") return encodeRestXml(model, answer);
  const { operation, output, requestId } = answer;
  const headers = { "x-amzn-requestid": requestId };
  if (model.protocol === "awsJson1_1") {
    const value = encodeJson(operation.output, output ?? {}) ?? {};
    return json(200, value, headers);
  }
  const members = encodeMembers(operation.output, output ?? {});
  const open = `<${operation.name}Response xmlns="${model.xmlNamespace}">`;
  const text =
    model.protocol === "ec2Query"
      ? `${open}<requestId>${requestId}</requestId>${members}</${operation.name}Response>`
      : `${open}<${operation.name}Result>${members}</${operation.name}Result>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation.name}Response>`;
  return xml(200, text, headers);
}

export function encodeError(
  model: Pick<ServiceModel, "protocol" | "xmlNamespace">,
  error: ErrorFacts,
  requestId: string,
): WireResponse {
  if (model.protocol === "restXml") return encodeRestXmlError(error, requestId);
  const { code, message, status, fields = {} } = error;
  const headers = { "x-amzn-requestid": requestId };
  if (model.protocol === "awsJson1_1") {
    return json(
      status,
      { __type: code, message, ...fields },
      { ...headers, "x-amzn-errortype": code },
    );
  }
  const body = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const text =
    model.protocol === "ec2Query"
      ? `<Response><Errors><Error>${body}</Error></Errors><RequestID>${requestId}</RequestID></Response>`
      : `<ErrorResponse xmlns="${model.xmlNamespace}"><Error><Type>${status >= 500 ? "Receiver" : "Sender"}</Type>` +
        `${body}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return xml(status, text, headers);
}

function xml(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): WireResponse {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
  return { status, headers: { ...headers, "content-type": "text/xml;charset=UTF-8" }, body };
}

function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>>,
): WireResponse {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { ...headers, "content-type": "application/x-amz-json-1.1" }, body };
}
