import { Machine } from "@seatrial/controllers/api/core/v1beta2.ts";
import { sleep } from "@seatrial/controllers/runtime/clock.ts";
import {
  type Controller,
  type ControllerDeps,
  done,
  watch,
} from "@seatrial/controllers/runtime/controller.ts";

const thinkingMs = 90_000;

/**
 * A controller with a mistake that is often made: it looks at the Machines, waits, and acts on what it saw then. Once
 * three workers are available it deletes the two that are named first, though by then one may be all that is left.
 */
export function carelessControllers({ client, clock }: ControllerDeps): readonly Controller[] {
  let hasActed = false;
  const controller: Controller = {
    name: "careless",
    for: watch({
      kind: Machine,
      toRequests: ({ metadata }) => [{ namespace: metadata.namespace ?? "", name: "workers" }],
    }),
    reconciler: {
      async reconcile() {
        const workers = (await client.list(Machine)).filter(
          ({ metadata, status }) =>
            metadata.labels?.["cluster.x-k8s.io/deployment-name"] !== undefined &&
            status?.conditions?.some(
              ({ type, status }) => type === "Available" && status === "True",
            ) === true,
        );
        if (workers.length < 3 || hasActed) return done; // The next change of a Machine brings it back.
        hasActed = true;
        await sleep(clock, thinkingMs, { label: "careless: thinking" });
        for (const { metadata } of workers.slice(0, 2)) {
          await client.delete(Machine, {
            namespace: metadata.namespace ?? "",
            name: metadata.name,
          });
        }
        return done; // It has done its worst.
      },
    },
  };
  return [controller];
}
