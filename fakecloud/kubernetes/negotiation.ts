import type { ApiRequest } from "./contract.ts";
import { notAcceptable } from "./status.ts";

/** In what form the client wants an answer. */
export interface Negotiated {
  /** The header; adapters encode JSON or YAML by it. */
  readonly mediaType: "application/json" | "application/yaml";
  readonly as: "" | "PartialObjectMetadata" | "PartialObjectMetadataList" | "Table";
  /** The version of meta.k8s.io that the client speaks. */
  readonly metaVersion: "v1" | "v1beta1";
}

const plain: Negotiated = { mediaType: "application/json", as: "", metaVersion: "v1" };
const supported = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const transforms = ["PartialObjectMetadata", "PartialObjectMetadataList", "Table"];
const remembered = new Map<string, Negotiated>();

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

function parseClause(text: string): Clause {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const [name = "", value = ""] = parameter.split("=");
    parameters.set(name.trim(), value.trim());
  }
  return { type, parameters, quality: Number(parameters.get("q") ?? "1") };
}

function understood({ type, parameters }: Clause): Negotiated | undefined {
  const mediaType = type === "application/yaml" ? "application/yaml" : "application/json";
  const json = ["*/*", "application/*", "application/json", "application/yaml"].includes(type);
  if (!json) return undefined;
  const as = parameters.get("as") ?? "";
  if (as === "") return { ...plain, mediaType };
  const version = parameters.get("v");
  const isMeta = parameters.get("g") === "meta.k8s.io" && transforms.includes(as);
  if (!isMeta || (version !== "v1" && version !== "v1beta1")) return undefined;
  return { mediaType, as: as as Negotiated["as"], metaVersion: version };
}

/** The first clause of the Accept header, by quality, that this server can serve; throws 406 if there is none. */
export function negotiate(request: ApiRequest): Negotiated {
  const { accept } = request.headers;
  if (accept === undefined || accept === "" || accept === "application/json") return plain;
  const known = remembered.get(accept);
  if (known !== undefined) return known;
  const clauses = accept.split(",").map(parseClause);
  for (const clause of clauses.toSorted((a, b) => b.quality - a.quality)) {
    const found = understood(clause);
    if (found === undefined) continue;
    if (remembered.size < 1000) remembered.set(accept, found);
    return found;
  }
  throw notAcceptable(supported);
}
