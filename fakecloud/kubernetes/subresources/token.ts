import { formatTime } from "../../kernel/clock.ts";
import type { RequestContext } from "../context.ts";
import { type Core, tableOf } from "../core.ts";
import { record, text, texts } from "../crds/definition.ts";
import { invalid, invalidValue } from "../field-error.ts";
import type { JsonObject } from "../object.ts";
import { badRequest, conflict, methodNotAllowed, notFound } from "../status.ts";
import { storageKey } from "../store.ts";
import { defaultAudience, type TokenRequest } from "../tokens.ts";
import type { SubresourceAnswer } from "./subresource.ts";

const leastSeconds = 600;

/** Issues a token for a service account, bound to a pod, secret or node if that is wanted. */
export async function requestToken(
  core: Core,
  context: RequestContext,
): Promise<SubresourceAnswer> {
  if (context.verb !== "create") throw methodNotAllowed();
  const entry = tableOf(core, context).get(storageKey(context.namespace, context.name));
  if (entry === undefined) throw notFound(context.resource, context.name);
  const body = record(context.request.body);
  const { name } = record(body["metadata"]);
  if (text(name) !== "" && name !== context.name) {
    throw badRequest("must match the service account name");
  }
  const spec = record(body["spec"]);
  const audiences = texts(spec["audiences"]);
  const seconds = spec["expirationSeconds"] ?? 3600;
  const expirationSeconds = typeof seconds === "number" ? seconds : 3600;
  requireLifetime(expirationSeconds);
  const bound = boundTo(core, context, record(spec["boundObjectRef"]));
  const request: TokenRequest = {
    namespace: context.namespace,
    name: context.name,
    uid: entry.object.metadata.uid ?? "",
    audiences: audiences.length === 0 ? [defaultAudience] : audiences,
    expirationSeconds,
    ...(bound === undefined ? {} : { bound }),
  };
  const { token, expiresMs } = core.tokens.issue(request);
  return {
    status: 201,
    object: {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: {
        name: context.name,
        namespace: context.namespace,
        creationTimestamp: formatTime(core.clock.now()),
      },
      spec: { ...spec, audiences: request.audiences, expirationSeconds },
      status: { token, expirationTimestamp: formatTime(expiresMs) },
    },
  };
}

function requireLifetime(seconds: number): void {
  const at = "spec.expirationSeconds";
  const errors = [
    ...(seconds < leastSeconds
      ? [invalidValue(at, seconds, "may not specify a duration less than 10 minutes")]
      : []),
    ...(seconds > 2 ** 32
      ? [invalidValue(at, seconds, "may not specify a duration larger than 2^32 seconds")]
      : []),
  ];
  if (errors.length > 0) {
    throw invalid({ group: "authentication.k8s.io", kind: "TokenRequest", name: "" }, errors);
  }
}

function boundTo(
  core: Core,
  context: RequestContext,
  reference: JsonObject,
): TokenRequest["bound"] | undefined {
  const kind = text(reference["kind"]);
  if (kind === "") return undefined;
  const plurals: Readonly<Record<string, string>> = {
    Node: "nodes",
    Pod: "pods",
    Secret: "secrets",
  };
  const plural = plurals[kind];
  if (plural === undefined) {
    throw badRequest(`cannot bind token for serviceaccount to object of type ${kind}`);
  }
  const name = text(reference["name"]);
  const key = kind === "Node" ? name : storageKey(context.namespace, name);
  const object = core.store.table(plural).get(key)?.object;
  if (object === undefined) throw notFound({ group: "", plural }, name);
  const uid = text(reference["uid"]);
  if (uid !== "" && uid !== object.metadata.uid) {
    throw conflict(
      { group: "", plural },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { kind, name, uid: object.metadata.uid ?? "" };
}
