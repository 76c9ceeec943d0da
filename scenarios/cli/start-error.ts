import { StateDatabaseError } from "@seatrial/fakecloud/kubernetes/persistence/state-database.ts";
import { InputError } from "../runner/input-error.ts";

/** What the caller can do something about: a port or a data directory that somebody else has. */
export function asStartError(
  error: unknown,
  flagOf: (port: number) => string,
): InputError | undefined {
  if (error instanceof StateDatabaseError) {
    return new InputError(`${error.message}; choose another one with --data-dir`);
  }
  const { code, port = 0 } = error as NodeJS.ErrnoException & { port?: number };
  if (code !== "EADDRINUSE") return undefined;
  return new InputError(
    `port ${port} is taken by another process; choose one with ${flagOf(port)} (0 for any)`,
  );
}
