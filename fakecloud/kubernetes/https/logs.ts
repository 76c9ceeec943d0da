import type { ServerResponse } from "node:http";
import { parseResourcePath } from "../request-path.ts";
import { badRequest } from "../status.ts";
import type { ApiAnswer, ApiRequest } from "../contract.ts";
import type { FindPodBackend, LogRequest } from "./pod-backend.ts";

/** Streams a container's log. Returns an answer only if there is nobody to ask. */
export function streamLogs(
  request: Omit<ApiRequest, "body">,
  response: ServerResponse,
  findBackend: FindPodBackend | undefined,
): ApiAnswer | undefined {
  const path = parseResourcePath(request.path);
  if (path?.subresource !== "log") throw badRequest("Upgrade request required");
  const backend = findBackend?.(path.namespace, path.name);
  if (backend?.logs === undefined) {
    throw badRequest(`container in pod "${path.name}" is waiting to start: no logs are available`);
  }
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
  const stop = backend.logs(toLogRequest(request), {
    write: (data) => void response.write(data),
    end: () => void response.end(),
  });
  response.on("close", stop);
  return undefined;
}

function toLogRequest({ query }: Omit<ApiRequest, "body">): LogRequest {
  const flag = (name: string) => query[name]?.[0] === "true" || query[name]?.[0] === "1";
  const count = (name: string) => {
    const text = query[name]?.[0];
    return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
  };
  const tailLines = count("tailLines");
  const sinceSeconds = count("sinceSeconds");
  return {
    container: query["container"]?.[0] ?? "",
    follow: flag("follow"),
    previous: flag("previous"),
    timestamps: flag("timestamps"),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
  };
}
