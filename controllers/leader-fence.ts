import { NotLeaderError } from "./runtime/errors.ts";

interface WithMiddleware {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: unknown) => Promise<unknown>,
      ) => (args: unknown) => Promise<unknown>,
      options: {
        readonly step: "finalizeRequest";
        readonly name: string;
        readonly priority: "low";
      },
    ): void;
  };
}

/**
 * An AWS client that sends nothing while this process may have lost the lease: whoever leads now must not find things changed behind
 * its back. Asked as late as possible, when the request is signed.
 */
export function fenceCalls(client: object, mayCall: () => boolean): void {
  (client as WithMiddleware).middlewareStack.add(
    (next) => (args) =>
      mayCall()
        ? next(args)
        : Promise.reject(new NotLeaderError("not the leader (any more): the call was not sent")),
    { step: "finalizeRequest", name: "leaderFence", priority: "low" },
  );
}
