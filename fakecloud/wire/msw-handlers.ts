import { http, HttpResponse, type RequestHandler } from "msw";
import type { WireRequest, WireResponse } from "./contract.ts";

/**
 * Handlers for msw: code that builds its own AWS clients talks to the fake without knowing. Start msw with
 * `onUnhandledFrame: "error"`, so that nothing reaches the real AWS.
 */
export function mswHandlers(
  handle: (request: WireRequest) => Promise<WireResponse>,
): readonly RequestHandler[] {
  return [
    http.all(/^https?:\/\/[^/]*\.amazonaws\.com(\.cn)?(\/|$)/, async ({ request }) => {
      const answer = await handle(await toWire(request));
      // A lost answer: the connection ends without one.
      if (answer.status === 0) return HttpResponse.error();
      return new HttpResponse(new Uint8Array(answer.body), {
        status: answer.status,
        headers: { ...answer.headers },
      });
    }),
  ];
}

async function toWire(request: Request): Promise<WireRequest> {
  const url = new URL(request.url);
  const query: Record<string, string | string[]> = {};
  for (const [key, value] of url.searchParams) {
    const known = query[key];
    query[key] = known === undefined ? value : [...[known].flat(), value];
  }
  return {
    method: request.method,
    host: url.host,
    path: url.pathname,
    query,
    headers: Object.fromEntries(request.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}
