import type { Faults } from "../../kernel/faults.ts";
import type { TraceSink } from "../../kernel/trace.ts";
import { allEffects } from "./effects/all-effects.ts";
import type { FaultContext } from "./fault-context.ts";
import { FaultPlan } from "./fault-plan.ts";

/** The faults of one fake cloud. */
export function createFaultPlan(
  context: FaultContext,
  options: {
    readonly trace: TraceSink;
    readonly fallback: Faults;
    /** Something of the cloud may have changed without a call. */
    readonly onChange: () => void;
  },
): FaultPlan {
  return new FaultPlan({
    clock: context.clock,
    trace: options.trace,
    fallback: options.fallback,
    start: (fault) => {
      const handle = allEffects[fault.kind](context, fault);
      options.onChange();
      return handle;
    },
  });
}
