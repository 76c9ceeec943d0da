import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ApiRequest, ApiResponse } from "../contract.ts";
import type { FindPodBackend } from "./pod-backend.ts";

export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly options: { readonly podBackend?: FindPodBackend };
  readonly authorize: (
    message: IncomingMessage,
  ) => Promise<{ readonly request: ApiRequest; readonly answer: ApiResponse }>;
}

export function handleUpgrade({ socket }: Upgrade): void {
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
}
