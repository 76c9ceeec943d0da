import { answer, jsonHeaders } from "./answer.ts";
import { query, type RequestContext } from "./context.ts";
import type { ApiAnswer, ApiStream, WatchStreamEvent } from "./contract.ts";
import type { Clock } from "../kernel/clock.ts";
import { negotiate, type Negotiated } from "./negotiation.ts";
import { isObject, type KubeObject } from "./object.ts";
import { type IncludeObject, partialMetadata, tableOf } from "./printers/table.ts";
import { badRequest } from "./status.ts";

function includeOf(context: RequestContext): IncludeObject {
  const wanted = query(context, "includeObject");
  if (wanted === "") return "Metadata";
  if (wanted === "None" || wanted === "Metadata" || wanted === "Object") return wanted;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(wanted)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

interface Shape {
  readonly context: RequestContext;
  readonly negotiated: Negotiated;
  readonly nowMs: number;
}

function isList(body: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(body["items"]);
}

function shaped(body: unknown, { context, negotiated, nowMs }: Shape, first = true): unknown {
  const { as, metaVersion } = negotiated;
  if (as === "" || !isObject(body) || body["kind"] === "Status") return body;
  const apiVersion = `meta.k8s.io/${metaVersion}`;
  const objects = isList(body)
    ? (body["items"] as readonly KubeObject[])
    : [body as unknown as KubeObject];
  const { resourceVersion, continue: token, remainingItemCount } = listMeta(body);
  const metadata = {
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(token === undefined ? {} : { continue: token }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
  if (as === "Table") {
    const include = includeOf(context);
    const options = { apiVersion, include, nowMs, describeColumns: first };
    return tableOf(context.resource, objects, metadata, options);
  }
  if (!isList(body)) return partialMetadata(body as unknown as KubeObject, apiVersion);
  return {
    kind: "PartialObjectMetadataList",
    apiVersion,
    metadata,
    items: objects.map((object) => partialMetadata(object, apiVersion)),
  };
}

interface ListMeta {
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

function listMeta(body: Readonly<Record<string, unknown>>): ListMeta {
  return body["metadata"] ?? {};
}

/** An answer in the form that was negotiated. */
export function present(
  context: RequestContext,
  clock: Clock,
  { status, body }: { readonly status: number; readonly body: unknown },
): ApiAnswer {
  const negotiated = negotiate(context.request);
  const plain = answer(status, body, context.warnings);
  if (negotiated.as === "" && negotiated.mediaType === "application/json") return plain;
  const shape = { context, negotiated, nowMs: clock.now() };
  return {
    ...plain,
    headers: { ...plain.headers, "content-type": negotiated.mediaType },
    body: shaped(body, shape),
  };
}

export function watchHeaders(context: RequestContext): Readonly<Record<string, string>> {
  const { mediaType } = negotiate(context.request);
  const { headers } = answer(200, undefined, context.warnings);
  if (mediaType === "application/json") return headers === jsonHeaders ? jsonHeaders : headers;
  return { ...headers, "content-type": `${mediaType};stream=watch` };
}

type Sink = Parameters<ApiStream["start"]>[0];

/** A sink that hands on each event in the form that was negotiated. */
export function shapedSink(context: RequestContext, clock: Clock, sink: Sink): Sink {
  const negotiated = negotiate(context.request);
  if (negotiated.as === "") return sink;
  let first = true;
  return {
    event: (event: WatchStreamEvent) => {
      const shape = { context, negotiated, nowMs: clock.now() };
      sink.event({ type: event.type, object: shaped(event.object, shape, first) });
      if (event.type !== "ERROR") first = false;
    },
    close: () => sink.close(),
  };
}
