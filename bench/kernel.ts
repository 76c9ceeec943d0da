import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { perSecond, rate } from "./rate.ts";

const timers = 50_000;

export async function benchmarkKernel(): Promise<readonly string[]> {
  const fired = await rate(timers, async () => {
    const kernel = new Kernel({ seed: "1" });
    for (let index = 0; index < timers; index += 1) {
      kernel.clock.setTimeout(() => undefined, index % 1000, `label-${index % 50}`);
    }
    await kernel.runFor(2_000);
  });
  const { random, trace } = new Kernel({ seed: "1", keepTrace: false });
  const drawn = await rate(timers, () => {
    for (let index = 0; index < timers; index += 1) random.next("latency", "RunInstances");
  });
  const recorded = await rate(timers, () => {
    for (let index = 0; index < timers; index += 1) {
      trace.record({ kind: "kube.write", actor: "a", object: "machine/default/m", verb: "update" });
    }
  });
  return [
    perSecond("timers fired, one turn each", fired),
    perSecond("keyed draws", drawn),
    perSecond("trace records hashed", recorded),
  ];
}
