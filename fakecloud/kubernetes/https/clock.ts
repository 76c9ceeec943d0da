/** A moment as a Date object, which certificates want; whole seconds, because they know nothing finer. */
export function dateOf(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}
