import type { TimeScale } from "./time-scale.ts";

/** Which part of the time is shown, and how wide. */
export interface View {
  readonly scale: TimeScale;
  readonly width: number;
  /** Between 0 and 1. */
  readonly from: number;
  readonly to: number;
}

export function xOf(view: View, ms: number): number {
  return ((view.scale.at(ms) - view.from) / (view.to - view.from)) * view.width;
}

export function msOf(view: View, x: number): number {
  return view.scale.ms(view.from + (x / view.width) * (view.to - view.from));
}

const narrowest = 0.0004;

export function zoomed(view: View, factor: number, x: number = view.width / 2): View {
  const pivot = view.from + (x / view.width) * (view.to - view.from);
  const span = Math.min(1, Math.max(narrowest, (view.to - view.from) * factor));
  return shifted(view, pivot - (x / view.width) * span, span);
}

export function panned(view: View, share: number): View {
  const span = view.to - view.from;
  return shifted(view, view.from + share * span, span);
}

/** Around a moment, if it can't be seen. */
export function showing(view: View, ms: number): View {
  const at = view.scale.at(ms);
  const span = view.to - view.from;
  return at >= view.from && at <= view.to ? view : shifted(view, at - span / 2, span);
}

export function shifted(view: View, from: number, span: number): View {
  const start = Math.min(1 - span, Math.max(0, from));
  return { ...view, from: start, to: start + span };
}
