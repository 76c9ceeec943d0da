import { randomUuid, type Random } from "../../kernel/random.ts";
import { decodeReview } from "../admission/review.ts";
import type { WebhookCaller } from "../admission/webhooks.ts";
import { checkLabelValue, checkQualifiedName } from "../names.ts";
import { isObject, type JsonObject, type KubeObject, withMeta } from "../object.ts";
import type { AskConversion } from "../registry/remote-conversion.ts";
import { failure } from "../status.ts";
import { record, records, text } from "./definition.ts";

const timeoutSeconds = 30;
const review = { apiVersion: "apiextensions.k8s.io/v1", kind: "ConversionReview" };

/** Has objects converted by the webhook of their definition, and holds it to what a conversion may change. */
export function conversionWebhook(
  crd: KubeObject,
  { call, random }: { readonly call: WebhookCaller; readonly random: Random },
): AskConversion {
  const { clientConfig } = record(record(record(crd["spec"])["conversion"])["webhook"]);
  const name = crd.metadata.name ?? "";
  return async (objects, apiVersion) => {
    const [first] = objects;
    if (first === undefined) return [];
    const uid = randomUuid(random, "conversion", `${name} ${first.metadata.name ?? ""}`);
    const failed = (why: string) =>
      failure({
        code: 500,
        reason: "",
        message: `conversion webhook for ${first.apiVersion}, Kind=${first.kind} ${why}`,
      });
    let response: JsonObject;
    try {
      const answer = await call({
        name,
        clientConfig: record(clientConfig),
        timeoutSeconds,
        review: reviewOf(uid, objects, apiVersion),
      });
      response = responseOf(uid, answer);
    } catch (error) {
      throw failed(`failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    const converted = records(response["convertedObjects"]);
    if (converted.length !== objects.length) {
      throw failed(`returned ${converted.length} objects, expected ${objects.length}`);
    }
    return objects.map((object, index) => {
      const made = converted[index] ?? {};
      const problem = problemOf(object, made, { apiVersion, index });
      if (problem !== undefined) throw failed(problem);
      return made as unknown as KubeObject;
    });
  };
}

function reviewOf(uid: string, objects: readonly KubeObject[], desiredAPIVersion: string) {
  return {
    ...review,
    request: {
      uid,
      desiredAPIVersion,
      // The version of an object is no part of what is stored.
      objects: objects.map((object) => withMeta(object, { resourceVersion: undefined })),
    },
    response: { uid: "", convertedObjects: null, result: { metadata: {} } },
  };
}

function responseOf(uid: string, answer: unknown): JsonObject {
  const decoded = decodeReview(answer, review);
  if ("untyped" in decoded) {
    throw new Error(
      `expected webhook response of ${review.apiVersion}, Kind=${review.kind}, got ${decoded.untyped}`,
    );
  }
  const { response } = decoded.review;
  if (!isObject(response)) throw new Error("no response provided");
  if (response["uid"] !== uid) {
    const given = JSON.stringify(response["uid"] ?? "");
    throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${given}`);
  }
  const { status, message } = record(response["result"]);
  if (status === "Success") return response;
  if (text(message) !== "") throw new Error(text(message));
  throw new Error(`response.result.status was '${text(status)}', not 'Success'`);
}

interface Wanted {
  readonly apiVersion: string;
  readonly index: number;
}

function problemOf(given: KubeObject, made: JsonObject, wanted: Wanted): string | undefined {
  const at = `returned invalid object at index ${wanted.index}`;
  const [apiVersion, kind] = [text(made["apiVersion"]), text(made["kind"])];
  if (apiVersion !== wanted.apiVersion) {
    return `${at}: invalid groupVersion (expected ${wanted.apiVersion}, received ${apiVersion})`;
  }
  if (kind !== given.kind) return `${at}: invalid kind (expected ${given.kind}, received ${kind})`;
  const metadata = record(made["metadata"]);
  for (const field of ["name", "namespace", "uid"] as const) {
    const [before, after] = [given.metadata[field] ?? "", text(metadata[field])];
    if (before === after) continue;
    const called = field === "uid" ? "UID" : field;
    return `returned invalid object: must have the same ${called}: ${before} != ${after}`;
  }
  return labelProblem(record(metadata["labels"]));
}

function labelProblem(labels: JsonObject): string | undefined {
  const problems = Object.entries(labels).flatMap(([key, value]) => [
    ...checkQualifiedName(key).map((why) => `${JSON.stringify(key)}: ${why}`),
    ...checkLabelValue(text(value)).map((why) => `${JSON.stringify(value)}: ${why}`),
  ]);
  const [first] = problems;
  if (first === undefined) return undefined;
  return `returned invalid metadata: metadata.labels: Invalid value: ${first}`;
}
