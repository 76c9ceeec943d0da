import type { Playback } from "../playback.ts";

/** A piece of time and where it stands between 0 and 1; a folded one takes far less room than its length. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
  readonly to: number;
  readonly isFolded: boolean;
}

/** Where moments stand between 0 and 1. */
export interface TimeScale {
  readonly stretches: readonly Stretch[];
  at(ms: number): number;
  ms(at: number): number;
}

/** A quiet time at least this long is folded. */
const quietMs = 120_000;
/** Room of a folded stretch, as a share of all the others together. */
const foldedShare = 0.022;

export function linearScale(endMs: number): TimeScale {
  return new StretchScale([{ fromMs: 0, toMs: endMs, isFolded: false }]);
}

/** Without the times in which controllers only look whether there is something to do. */
export function foldedScale(playback: Playback): TimeScale {
  const { virtualMs } = playback.recording.run;
  const pieces: { fromMs: number; toMs: number; isFolded: boolean }[] = [];
  let fromMs = 0;
  let lastMs = 0;
  for (const ms of [...momentsOf(playback), virtualMs]) {
    if (ms - lastMs > quietMs) {
      const [beginMs, endMs] = [lastMs + 15_000, ms === virtualMs ? ms : ms - 15_000];
      pieces.push({ fromMs, toMs: beginMs, isFolded: false });
      pieces.push({ fromMs: beginMs, toMs: endMs, isFolded: true });
      fromMs = endMs;
    }
    lastMs = Math.max(lastMs, ms);
  }
  if (fromMs < virtualMs) pieces.push({ fromMs, toMs: virtualMs, isFolded: false });
  return new StretchScale(pieces);
}

/** When something happened that changed anything. */
function momentsOf(playback: Playback): readonly number[] {
  const { strings, events } = playback.recording;
  const kind = (index: number) => strings[events.kind[index] ?? -1] ?? "";
  const verb = (index: number) => strings[events.verb[index] ?? -1] ?? "";
  return events.atMs.filter((_, index) => {
    if (kind(index) === "reconcile") return verb(index) === "error";
    return kind(index) !== "cloud.call" || !/^(Describe|Get|List)/.test(verb(index));
  });
}

class StretchScale implements TimeScale {
  readonly stretches: readonly Stretch[];

  constructor(pieces: readonly Pick<Stretch, "fromMs" | "isFolded" | "toMs">[]) {
    const lengthMs = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) =>
      toMs - fromMs;
    const openMs = pieces.reduce((sum, one) => sum + (one.isFolded ? 0 : lengthMs(one)), 0);
    const room = (one: (typeof pieces)[number]) =>
      one.isFolded ? Math.min(lengthMs(one), openMs * foldedShare) : lengthMs(one);
    const all = Math.max(
      1,
      pieces.reduce((sum, one) => sum + room(one), 0),
    );
    let at = 0;
    this.stretches = pieces.map((one) => {
      const from = at;
      at += room(one) / all;
      return { ...one, from, to: at };
    });
  }

  at(ms: number): number {
    const stretch = this.stretches.find(({ toMs }) => ms <= toMs) ?? this.stretches.at(-1);
    if (stretch === undefined) return 0;
    const { fromMs, toMs, from, to } = stretch;
    if (toMs === fromMs) return from;
    return from + ((Math.min(ms, toMs) - fromMs) / (toMs - fromMs)) * (to - from);
  }

  ms(at: number): number {
    const stretch = this.stretches.find(({ to }) => at <= to) ?? this.stretches.at(-1);
    if (stretch === undefined) return 0;
    const { fromMs, toMs, from, to } = stretch;
    if (to === from) return fromMs;
    return fromMs + ((Math.max(at, from) - from) / (to - from)) * (toMs - fromMs);
  }
}

const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400,
];

export interface Tick {
  readonly ms: number;
  readonly x: number;
}

/** Round times of the clock that stand at least so many pixels apart. */
export function ticksOf(
  scale: TimeScale,
  x: (ms: number) => number,
  { width, apart }: { readonly width: number; readonly apart: number },
): readonly Tick[] {
  const ticks: Tick[] = [];
  for (const { fromMs, toMs, isFolded } of scale.stretches) {
    const [left, right] = [x(fromMs), x(toMs)];
    if (isFolded || right < 0 || left > width || toMs === fromMs) continue;
    const perSecond = ((right - left) / (toMs - fromMs)) * 1000;
    const step = (steps.find((seconds) => seconds * perSecond >= apart) ?? 86_400) * 1000;
    const firstMs = Math.max(fromMs, fromMs + ((0 - left) / (right - left)) * (toMs - fromMs));
    for (let ms = Math.ceil(firstMs / step) * step; ms <= toMs && x(ms) <= width; ms += step) {
      const last = ticks.at(-1);
      if (last === undefined || x(ms) - last.x >= apart * 0.9) ticks.push({ ms, x: x(ms) });
    }
  }
  return ticks;
}
