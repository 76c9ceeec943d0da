import { text } from "../crds/definition.ts";
import { isObject, type JsonObject } from "../object.ts";

export interface ReviewType {
  /** "admission.k8s.io/v1" */
  readonly apiVersion: string;
  readonly kind: string;
}

/** `untyped` names what the answer says that it is: what says nothing passes through the decoder, and is found out later. */
export type DecodedReview = { readonly review: JsonObject } | { readonly untyped: string };

const field = (name: string) => `"json:\\"${name},omitempty\\""`;

/** What a webhook has answered, decoded as the real server does it; throws in its words. */
export function decodeReview(answer: unknown, expected: ReviewType): DecodedReview {
  if (!isObject(answer)) {
    const type = Array.isArray(answer) ? "array" : typeof answer;
    throw new Error(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type struct { APIVersion string ${field("apiVersion")}; Kind string ${field("kind")} }`,
    );
  }
  const [apiVersion, kind] = [text(answer["apiVersion"]), text(answer["kind"])];
  if (apiVersion === expected.apiVersion && kind === expected.kind) return { review: answer };
  if (apiVersion === "" || kind === "") return { untyped: `${apiVersion || "/"}, Kind=${kind}` };
  if (apiVersion === `${expected.apiVersion}beta1` && kind === expected.kind) {
    throw new Error(`converting (v1beta1.${kind}) to (v1.${kind}): unknown conversion`);
  }
  throw new Error(
    `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
  );
}
