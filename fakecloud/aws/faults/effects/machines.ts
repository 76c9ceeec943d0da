import type { FaultAction, FaultPoint } from "../../../kernel/faults.ts";
import type { ParsedFault } from "../fault.ts";
import { type Effect, fits, strikes } from "../fault-context.ts";

/** Faults inside machines strike at the points that machines/README.md lists. */
function machineEffect(
  operationOf: (fault: ParsedFault) => string,
  act: (fault: ParsedFault) => FaultAction,
  field = "instance",
): Effect {
  return (context, fault) => ({
    decide: (point: FaultPoint) => {
      if (point.seam !== "machine" || point.operation !== operationOf(fault)) return undefined;
      const { object = "", names = [] } = point;
      if (!fits(fault.fields.text(field), object, ...names)) return undefined;
      return strikes(context, fault, object) ? act(fault) : undefined;
    },
  });
}

export const slowBoot = machineEffect(
  () => "boot",
  ({ fields }) => ({ do: "delay", ms: fields.number("by") }),
);

export const failedBoot = machineEffect(
  ({ fields }) => fields.text("step"),
  ({ fields }) => ({ do: "fail", code: "Failed", status: 500, message: fields.text("message") }),
);

export const uninitializedNode = machineEffect(
  () => "node initialization",
  () => ({ do: "fail", code: "Failed", status: 500 }),
  "node",
);

const conditions: Readonly<Record<string, string>> = {
  disk: "DiskPressure",
  memory: "MemoryPressure",
  pid: "PIDPressure",
};

export const nodePressure = machineEffect(
  () => "kubelet heartbeat",
  ({ fields }) => ({ do: "fail", code: conditions[fields.text("of")] ?? "", status: 500 }),
);

/** With a period it is silent first, then well, in turn. */
export const silentKubelet: Effect = (context, fault) => {
  const period = fault.fields.number("period");
  const sinceMs = context.clock.now();
  const always = machineEffect(
    () => "kubelet heartbeat",
    () => ({ do: "fail", code: "Silent", status: 500 }),
  )(context, fault);
  const isSilent = () =>
    period === 0 || Math.floor((context.clock.now() - sinceMs) / period) % 2 === 0;
  return { decide: (point) => (isSilent() ? always?.decide?.(point) : undefined) };
};
