import type { Faults } from "../../kernel/faults.ts";
import type { TraceSink } from "../../kernel/trace.ts";
import type { SavedTables } from "../persistence/state-root.ts";
import { allEffects } from "./effects/all-effects.ts";
import type { FaultContext } from "./fault-context.ts";
import { FaultPlan } from "./fault-plan.ts";

/** The faults of one fake cloud. */
export function createFaultPlan(
  context: FaultContext,
  options: {
    readonly trace: TraceSink;
    readonly fallback: Faults;
    /** Of an earlier process: what was active there goes on. */
    readonly saved: SavedTables;
    /** Something of the cloud may have changed without a call. */
    readonly onChange: () => void;
  },
): FaultPlan {
  const plan = new FaultPlan({
    clock: context.clock,
    trace: options.trace,
    fallback: options.fallback,
    onChange: options.onChange,
    start: (fault) => allEffects[fault.kind](context, fault),
  });
  plan.restore(options.saved);
  return plan;
}
