import { LineCounter, parseDocument } from "yaml";
import type { ApiRequest } from "../contract.ts";
import { badRequest, type StatusError } from "../status.ts";
import { decodeProtobuf, isProtobuf } from "../protobuf/decode.ts";
import { nestsTooDeep, parseJsonBody } from "./json-body.ts";

export interface DecodedBody {
  readonly value: unknown;
  /** Fields that stand twice, as strict decoding names them: `duplicate field "a.b"`. */
  readonly problems: readonly string[];
}

/** Names the kind that a path wants, for the words of a refusal. */
export type KindAtPath = (path: string) => Promise<string>;

const yamlTypes = new Set(["application/yaml", "application/apply-patch+yaml"]);

/** The body as plain JSON values. Throws the Status that the real server answers for what it cannot read. */
export async function decodeBody(
  bytes: Buffer,
  request: Pick<ApiRequest, "method" | "path">,
  contentType: string,
  kindAt: KindAtPath,
): Promise<DecodedBody> {
  if (isProtobuf(contentType)) {
    const decoded = decodeProtobuf(bytes);
    if ("error" in decoded) throw await undecodable(bytes, decoded.error, request, kindAt);
    return { value: decoded.value, problems: [] };
  }
  const text = bytes.toString("utf8");
  const isYaml = yamlTypes.has(contentType);
  const parsed = isYaml && !/^\s*\{/.test(text) ? parseYaml(text) : readJson(text);
  if ("error" in parsed) {
    if (request.method === "PATCH") throw badPatchBody(parsed.error, contentType);
    const problem = isYaml
      ? parsed.error
      : `couldn't get version/kind; json parse error: ${parsed.error}`;
    throw await undecodable(bytes, problem, request, kindAt);
  }
  return parsed;
}

function readJson(text: string): ParsedBody {
  const parsed = parseJsonBody(text);
  if ("error" in parsed) return parsed;
  const problems = parsed.duplicates.map((field) => `duplicate field ${JSON.stringify(field)}`);
  return { value: parsed.value, problems };
}

function badPatchBody(error: string, contentType: string): StatusError {
  const isApply = contentType.startsWith("application/apply-patch");
  return badRequest(isApply ? `error decoding YAML: ${error}` : `error decoding patch: ${error}`);
}

async function undecodable(
  bytes: Buffer,
  problem: string,
  request: Pick<ApiRequest, "path">,
  kindAt: KindAtPath,
): Promise<StatusError> {
  const kind = await kindAt(request.path);
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${problem} (${summarize(bytes)})`,
  );
}

const mostShown = 30;

/** The beginning of a body: as text if it looks like JSON, else as hexadecimal digits. */
function summarize(bytes: Buffer): string {
  if (bytes.length === 0) return "<empty>";
  const start = bytes.subarray(0, mostShown);
  const shown = bytes[0] === 0x7b ? start.toString("utf8") : start.toString("hex");
  return bytes.length > mostShown ? `${shown} ...` : shown;
}

type ParsedBody = DecodedBody | { readonly error: string };

const mostAliases = 100;

function parseYaml(text: string): ParsedBody {
  if (nestsTooDeep(text)) return { error: "yaml: exceeded max depth of 10000" };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: false,
      schema: "core",
      version: "1.1",
      prettyErrors: false,
    });
    const [error] = document.errors;
    if (error !== undefined) {
      return { error: `yaml: line ${lines.linePos(error.pos[0]).line}: ${error.message}` };
    }
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    return { value, problems: [] };
  } catch (error) {
    // An alias bomb or a nesting that exhausts the stack.
    return { error: `yaml: ${error instanceof Error ? error.message : "unreadable"}` };
  }
}
