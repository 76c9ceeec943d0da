import { KeyedRandom } from "@seatrial/fakecloud/kernel/random.ts";
import { VirtualClock } from "@seatrial/fakecloud/kernel/virtual-clock.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const timer = fc.record({
  delayMs: fc.nat({ max: 50 }),
  label: fc.constantFrom("watch", "queue", "lease"),
  cancelled: fc.boolean(),
});

// Red when TimerHeap compares ties before due times, or when a cancelled timer still counts.
test("timers fire by due time, and in the order they were set within one label", () => {
  fc.assert(
    fc.property(fc.array(timer, { maxLength: 60 }), fc.string(), (timers, seed) => {
      const clock = new VirtualClock({ startMs: 0, seed });
      const fired: { at: number; label: string; index: number }[] = [];
      const handles = timers.map(({ delayMs, label }, index) =>
        clock.setTimeout(() => fired.push({ at: clock.now(), label, index }), delayMs, label),
      );
      for (const [index, { cancelled }] of timers.entries()) {
        if (cancelled) clock.clearTimeout(handles[index]);
      }
      const live = timers.filter(({ cancelled }) => !cancelled);
      expect(clock.pendingTimers).toBe(live.length);
      while (clock.step());
      expect(fired.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
        timers.flatMap(({ cancelled }, index) => (cancelled ? [] : [index])),
      );
      for (const [position, entry] of fired.entries()) {
        expect(entry.at).toBe(timers[entry.index]?.delayMs);
        const later = fired.slice(position + 1);
        expect(later.every(({ at }) => at >= entry.at)).toBe(true);
        const twins = later.filter(({ at, label }) => at === entry.at && label === entry.label);
        expect(twins.every(({ index }) => index > entry.index)).toBe(true);
      }
    }),
  );
});

const draw = fc.record({
  family: fc.constantFrom("latency", "boot", "name"),
  key: fc.constantFrom("a", "b", "default/md-0"),
});

// Red when KeyedRandom counts occurrences over all keys together: one shared stream.
test("leaving some draws out leaves every other decision alone", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(draw, { maxLength: 40 }), draw, (seed, draws, left) => {
      const run = (list: typeof draws) => {
        const random = new KeyedRandom(seed);
        return list.map(({ family, key }) => ({ family, key, value: random.next(family, key) }));
      };
      const isLeft = (one: { family: string; key: string }) =>
        one.family === left.family && one.key === left.key;
      expect(run(draws).filter((one) => !isLeft(one))).toEqual(
        run(draws.filter((one) => !isLeft(one))),
      );
    }),
  );
});
