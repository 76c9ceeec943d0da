/** Operations per second: the best of five rounds after a warm-up round, which is the least disturbed one. */
export async function rate(operations: number, round: () => Promise<void> | void): Promise<number> {
  let best = 0;
  for (let index = 0; index < 6; index += 1) {
    const startedMs = performance.now();
    await round();
    const perSecond = operations / ((performance.now() - startedMs) / 1000);
    if (index > 0) best = Math.max(best, perSecond);
  }
  return best;
}

export function perSecond(what: string, value: number, target?: number): string {
  const goal = target === undefined ? "" : ` (goal ${target.toLocaleString("en-US")})`;
  return `${what}: ${Math.round(value).toLocaleString("en-US")}/s${goal}`;
}
