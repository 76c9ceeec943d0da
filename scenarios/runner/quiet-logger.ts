import type { Logger } from "@seatrial/controllers/runtime/controller.ts";

/** In a simulation the trace says what happens; a log would only repeat it. */
export const quietLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  error: () => undefined,
};
