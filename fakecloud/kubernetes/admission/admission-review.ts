import { record, text } from "../crds/definition.ts";
import { parseJsonBody } from "../https/json-body.ts";
import { applyJsonPatch, PatchError } from "../library.ts";
import { gvOf, isObject, type JsonObject, type KubeObject } from "../object.ts";
import { failure, internalError } from "../status.ts";
import type { AdmissionRequest } from "./admission.ts";

/** What a webhook is asked: the version in which it wants to see things, and the one in which they came. */
export function reviewOf(uid: string, request: AdmissionRequest): JsonObject {
  const { group, version, requestVersion = version, plural, subresource } = request;
  const below = subresource === "" ? {} : { subResource: subresource };
  const requestBelow = subresource === "" ? {} : { requestSubResource: subresource };
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
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

const reviewGv = "admission.k8s.io/v1";

/** The part of an answer that counts; throws what is wrong with it. */
export function responseOf(uid: string, review: unknown): JsonObject {
  const { response } = requireReview(review);
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

const readable = 'json:\\"apiVersion,omitempty\\"';

/** What does not say what it is passes through the decoder and is found out later; what says the wrong thing does not. */
function requireReview(review: unknown): JsonObject {
  if (!isObject(review)) {
    const type = Array.isArray(review) ? "array" : typeof review;
    throw new Error(
      `failed to call webhook: couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type struct { APIVersion string "${readable}"; Kind string "${readable.replace("apiVersion", "kind")}" }`,
    );
  }
  const [apiVersion, kind] = [text(review["apiVersion"]), text(review["kind"])];
  if (apiVersion === reviewGv && kind === "AdmissionReview") return review;
  if (apiVersion === "" || kind === "") {
    const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : [];
    throw broken(
      `expected webhook response of ${reviewGv}, Kind=AdmissionReview, got ${group}/${version}, Kind=${kind}`,
    );
  }
  if (apiVersion === gvOf("admission.k8s.io", "v1beta1") && kind === "AdmissionReview") {
    throw new Error(
      "failed to call webhook: converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion",
    );
  }
  throw new Error(
    `failed to call webhook: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
  );
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
