import type { IncomingMessage, ServerResponse } from "node:http";
import { AdminError, type AdminOptions } from "./contract.ts";
import { emulatorRoutes } from "./emulators.ts";
import { refuseStrangers, requireToken } from "./guard.ts";
import { type AdminRequest, adminRoutes } from "./routes.ts";

/** Takes the requests that are its own and says so; all others are AWS. */
export type AdminHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A fault is the largest thing that anybody sends here. */
const largestBody = 1024 * 1024;

const prefix = "/_seatrial/";

/**
 * The API behind `seatrial fault`, `logs`, `why` and their kin, under `/_seatrial/`. In the lenient profile it also answers to the
 * reset and health paths of other emulators, which know no token.
 */
export function createAdmin(options: AdminOptions): AdminHandler {
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://admin");
    const isOwn = url.pathname.startsWith(prefix);
    const foreign =
      options.profile === "lenient"
        ? emulatorRoutes[`${request.method} ${url.pathname}`]
        : undefined;
    if (!isOwn && foreign === undefined) return false;
    const answer = async () => {
      refuseStrangers(request);
      if (foreign !== undefined) return foreign(options);
      requireToken(request, options.token);
      return route(options, request, url);
    };
    void respond(response, answer());
    return true;
  };
}

async function respond(response: ServerResponse, answer: Promise<unknown>): Promise<void> {
  const [status, body] = await answer.then(
    (value) => [200, value] as const,
    (error: unknown) =>
      error instanceof AdminError
        ? ([error.status, { error: error.message }] as const)
        : ([500, { error: String(error) }] as const),
  );
  const text = `${JSON.stringify(body)}\n`;
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

async function route(options: AdminOptions, request: IncomingMessage, url: URL): Promise<unknown> {
  const path = url.pathname.slice(prefix.length - 1);
  for (const [pattern, answer] of Object.entries(adminRoutes)) {
    const [method, template = ""] = pattern.split(" ");
    const parts = method === request.method ? match(template, path) : undefined;
    if (parts === undefined) continue;
    const asked: AdminRequest = { parts, query: url.searchParams, body: await readJson(request) };
    return answer(options, asked);
  }
  const known = Object.keys(adminRoutes).join(", ");
  throw new AdminError(404, `there is no ${request.method} ${path}; there are ${known}`);
}

/** The named parts of a path that fits "/machines/:name/log". */
function match(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const names = template.split("/");
  const values = path.split("/");
  if (names.length !== values.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? "";
    if (name.startsWith(":")) parts[name.slice(1)] = decode(value);
    else if (name !== value) return undefined;
  }
  return parts;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AdminError(400, `"${text}" is no part of a path`);
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is too large is read to its end and forgotten: the connection can be used again.
    if (size <= largestBody) chunks.push(chunk);
  }
  if (size > largestBody) throw new AdminError(413, "the body is too large");
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw new AdminError(400, `the body is no JSON: ${(error as Error).message}`);
  }
}
