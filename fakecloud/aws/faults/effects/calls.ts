import type { FaultAction, FaultPoint } from "../../../kernel/faults.ts";
import type { CallPattern, ParsedFault } from "../fault.ts";
import { type Effect, fits, type FaultContext, strikes } from "../fault-context.ts";
import { throttlingError } from "../tables/service-errors.ts";

const seams = { cloud: "aws", kube: "kube", machine: "machine" } as const;

/** Kinds that strike calls: one action for each call that fits. */
function callEffect(
  act: (fault: ParsedFault, point: FaultPoint) => FaultAction,
  usualPhase: FaultPoint["phase"] = "beforeCommit",
): Effect {
  return (context, fault) => {
    const { call } = fault;
    if (call === undefined) throw new Error(`${fault.kind} needs a call`);
    let seen = 0;
    let struck = 0;
    return {
      decide: (point) => {
        if (!isAbout(call, point, call.phase ?? usualPhase)) return undefined;
        seen += 1;
        if (!isDue(call, seen, struck) || !isDrawn(context, fault, point)) return undefined;
        struck += 1;
        return act(fault, point);
      },
    };
  };
}

function isAbout(call: CallPattern, point: FaultPoint, phase: FaultPoint["phase"]): boolean {
  const { service, by, object } = call;
  const { actor, names = [] } = point;
  const isOptional = (pattern: string | undefined, ...candidates: (string | undefined)[]) =>
    pattern === undefined || fits(pattern, ...candidates);
  return (
    isOfSeam(call, point) &&
    point.phase === phase &&
    isOptional(service, point.service) &&
    isOptional(by, actor, actor?.split(":").at(-1)) &&
    isOptional(object, point.object, ...names)
  );
}

function isOfSeam(call: CallPattern, { seam, operation }: FaultPoint): boolean {
  return (["cloud", "kube", "machine"] as const).some((key) => {
    const pattern = call[key];
    return pattern !== undefined && seam === seams[key] && fits(pattern, operation);
  });
}

function isDue({ nth, times }: CallPattern, seen: number, struck: number): boolean {
  if (nth !== undefined && seen < nth) return false;
  return struck < (times ?? (nth === undefined ? Number.POSITIVE_INFINITY : 1));
}

function isDrawn(context: FaultContext, fault: ParsedFault, point: FaultPoint): boolean {
  return strikes(context, fault, `${point.operation}/${point.names?.[0] ?? point.object ?? ""}`);
}

export const throttle = callEffect((_fault, point) =>
  point.seam === "kube"
    ? { do: "fail", code: "TooManyRequests", status: 429, message: "too many requests" }
    : { do: "fail", ...throttlingError(point.service ?? "") },
);

export const fail = callEffect(({ fields }) => {
  const code = fields.text("code");
  const message = fields.optionalText("message") ?? code;
  return { do: "fail", code, status: fields.number("status"), message };
});

export const loseResponse = callEffect(({ fields }) => {
  const afterMs = fields.number("after");
  return { do: "loseResponse", ...(afterMs === 0 ? {} : { afterMs }) };
}, "afterCommit");

export const reset = callEffect(() => ({ do: "loseResponse" }));

export const delay = callEffect(({ fields }) => ({ do: "delay", ms: fields.number("by") }));
