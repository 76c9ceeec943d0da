import { Kernel } from "../kernel/kernel.ts";
import { createApiServer, type CreateApiServerOptions } from "./api-server.ts";
import { type InProcessRequest, inProcessTransport } from "./in-process.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies field by field
export type Body = any;

export const administrator = { username: "admin", groups: ["system:masters"] };

/** One API server on a virtual clock, and the shortest way to call it: for tests. */
export function testWorld(options: Partial<CreateApiServerOptions> = {}) {
  const kernel = new Kernel({ seed: "1" });
  const server = createApiServer({
    clock: kernel.clock,
    random: kernel.random,
    trace: kernel.trace,
    name: "management",
    version: "v1.36.0",
    ...options,
  });
  const transport = inProcessTransport(server, { user: administrator, actor: "tester" });
  const call = async (
    method: InProcessRequest["method"],
    path: string,
    body?: unknown,
    extra: Partial<InProcessRequest> = {},
  ) => {
    const response = await transport.request({
      method,
      path,
      ...(body === undefined ? {} : { body }),
      ...extra,
    });
    return { status: response.status, body: response.body as Body, headers: response.headers };
  };
  return { kernel, server, transport, call };
}
