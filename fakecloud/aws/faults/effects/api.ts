import type { FaultPoint } from "../../../kernel/faults.ts";
import { ec2Model } from "../../../wire/service-models.ts";
import { type Effect, fits, strikes } from "../fault-context.ts";
import { expiredError, internalError } from "../tables/service-errors.ts";

const reads = /^(Batch(Describe|Get)|Describe|Get|Head|List|Lookup)/;

function isIn(only: string, operation: string): boolean {
  if (only === "launches") return operation === "RunInstances" || operation === "StartInstances";
  return only === "all" || !reads.test(operation);
}

function isCall(point: FaultPoint): boolean {
  return point.seam === "aws" && point.phase === "beforeCommit";
}

export const brownOut: Effect = (context, fault) => ({
  decide: (point) => {
    if (!isCall(point) || !isIn(fault.fields.text("only"), point.operation)) return undefined;
    if (!strikes(context, fault, `${point.operation}/${point.object ?? ""}`)) return undefined;
    return { do: "fail", ...internalError(point.service ?? "") };
  },
});

export const expiredCredentials: Effect = (context, fault) => ({
  decide: (point) => {
    const { actor = "", service = "" } = point;
    if (!isCall(point)) return undefined;
    if (!fits(fault.fields.text("by"), actor, actor.split(":").at(-1))) return undefined;
    return strikes(context, fault, actor) ? { do: "fail", ...expiredError(service) } : undefined;
  },
});

export const clockSkew: Effect = ({ skew }, { fields }) => {
  const by = fields.number("by");
  skew.ms += by;
  return { end: () => (skew.ms -= by) };
};

export const busyAccount: Effect = ({ throttle }, { fields }) => ({
  end: throttle.shareWithOthers(fields.text("operation"), fields.number("share")),
});

/** EC2 takes sizes of pages from 5; what names its resources is not paged. */
export const smallPages: Effect = (_context, { fields }) => ({
  input: (call, input) => {
    if (call.service !== "ec2" || !call.operation.startsWith("Describe")) return input;
    const names = Object.keys(input).some((key) => key.endsWith("Ids") || key.endsWith("Names"));
    if (names || !isPaged(call.operation)) return input;
    const wanted = input["MaxResults"];
    const size = fields.number("size");
    return { ...input, MaxResults: typeof wanted === "number" ? Math.min(wanted, size) : size };
  },
});

function isPaged(operation: string): boolean {
  const members = ec2Model.operations.get(operation)?.input.getMemberSchemas() ?? {};
  return "MaxResults" in members;
}

/** A replica that lags: the answer to the same question as it was a while ago. */
export const staleReads: Effect = (context, fault) => {
  const { fields } = fault;
  const answers = new Map<string, { readonly atMs: number; readonly output: unknown }>();
  return {
    output: (call, input, output) => {
      if (!fits(fields.text("operation"), call.operation)) return output;
      const { accountId, region, service, operation } = call;
      const key = JSON.stringify([accountId, region, service, operation, input]);
      const before = answers.get(key);
      const now = context.clock.now();
      const isRecent = before !== undefined && now - before.atMs <= fields.number("upTo");
      if (isRecent && strikes(context, fault, operation)) return before.output;
      answers.set(key, { atMs: now, output });
      return output;
    },
  };
};
