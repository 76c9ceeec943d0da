import { record, text } from "../crds/definition.ts";
import { parseJsonBody } from "../https/json-body.ts";
import { applyJsonPatch, PatchError } from "../library.ts";
import { isObject, type JsonObject, type KubeObject } from "../object.ts";
import { failure, internalError } from "../status.ts";
import type { AdmissionRequest } from "./admission.ts";
import { decodeReview } from "./review.ts";

const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" };

/** What a webhook is asked: the version in which it wants to see things, and the one in which they came. */
export function reviewOf(uid: string, request: AdmissionRequest): JsonObject {
  const { group, version, requestVersion = version, plural, subresource } = request;
  const below = subresource === "" ? {} : { subResource: subresource };
  const requestBelow = subresource === "" ? {} : { requestSubResource: subresource };
  return {
    ...review,
    request: {
      uid,
      kind: kindOf(request, version),
      resource: { group, version, resource: plural },
      ...below,
      requestKind: kindOf(request, requestVersion),
      requestResource: { group, version: requestVersion, resource: plural },
      ...requestBelow,
      ...(request.name === "" ? {} : { name: request.name }),
      ...(request.namespace === "" ? {} : { namespace: request.namespace }),
      operation: request.operation,
      userInfo: request.user,
      object: request.object ?? null,
      oldObject: request.oldObject ?? null,
      dryRun: request.dryRun,
      options: request.options(),
    },
  };
}

/** A scale is of its own kind, whatever it is the scale of. */
function kindOf({ group, kind, subresource }: AdmissionRequest, version: string) {
  if (subresource === "scale") return { group: "autoscaling", version: "v1", kind: "Scale" };
  return { group, version, kind };
}

/** The part of an answer that counts; throws what is wrong with it. */
export function responseOf(uid: string, answer: unknown): JsonObject {
  const { response } = requireReview(answer);
  if (!isObject(response)) throw broken("webhook response was absent");
  if (response["uid"] !== uid) {
    throw broken(
      `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response["uid"] ?? "")}`,
    );
  }
  const { patch, patchType } = response;
  if (patch !== undefined && patchType === undefined) {
    throw broken("webhook returned response.patch but not response.patchType");
  }
  if (patch === undefined && patchType !== undefined) {
    throw broken("webhook returned response.patchType but not response.patch");
  }
  return response;
}

function broken(why: string): Error {
  return new Error(`received invalid webhook response: ${why}`);
}

function requireReview(answer: unknown): JsonObject {
  const decoded = decoding(() => decodeReview(answer, review));
  if ("review" in decoded) return decoded.review;
  throw broken(
    `expected webhook response of ${review.apiVersion}, Kind=${review.kind}, got ${decoded.untyped}`,
  );
}

function decoding<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw notCalled(error);
  }
}

/** What has gone wrong before there was an answer to look at. */
export function notCalled(error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return new Error(`failed to call webhook: ${why}`, { cause: error });
}

/** The object as the webhook's patch leaves it; undefined if it brings none. */
export function patched(
  name: string,
  { object, operation }: AdmissionRequest,
  { patch, patchType }: JsonObject,
): KubeObject | undefined {
  if (patch === undefined) return undefined;
  if (object === undefined) {
    throw internalError(
      `admission webhook "${name}" attempted to modify the object, which is not supported for this operation: ${operation}`,
    );
  }
  const failing = `failed calling webhook "${name}": `;
  if (patchType !== "JSONPatch") {
    throw internalError(`${failing}unsupported patch type ${JSON.stringify(patchType)}`);
  }
  const operations = parseJsonBody(Buffer.from(text(patch), "base64").toString("utf8"));
  if ("error" in operations) {
    throw internalError(
      `${failing}received undecodable patch in webhook response: ${operations.error}`,
    );
  }
  try {
    return applyJsonPatch(object, operations.value) as unknown as KubeObject;
  } catch (error) {
    if (error instanceof PatchError) throw internalError(error.detail);
    throw error;
  }
}

/** A refusal in the words of the webhook. */
export function refusal(name: string, response: JsonObject): Error {
  const { code, reason, message, details } = record(response["status"]);
  const by = `admission webhook "${name}" denied the request`;
  const why = text(message) || text(reason);
  return failure({
    code: typeof code === "number" && code >= 400 ? code : 400,
    reason: text(reason),
    message: why === "" ? `${by} without explanation` : `${by}: ${why}`,
    ...(isObject(details) ? { details } : {}),
  });
}
