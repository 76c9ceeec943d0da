import type { Obstacle } from "./contract.ts";

/** Packets vanish: the client waits until it gives up. */
export function dropped(code: string, resource: string, message: string): Obstacle {
  return { code, message, resource, silent: true };
}

/** The client is told at once. */
export function refused(code: string, resource: string, message: string): Obstacle {
  return { code, message, resource, silent: false };
}
