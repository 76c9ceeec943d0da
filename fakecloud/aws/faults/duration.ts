const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Ms of "90s", "1h30m", "250ms"; undefined if the text is no duration. A minus sign makes it point backwards. */
export function parseDuration(text: string): number | undefined {
  const [, sign, amount = ""] = /^(-?)((?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d))+)$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  let totalMs = 0;
  for (const [, number = "", unit = ""] of amount.matchAll(/([0-9.]+)(ms|s|m|h|d)/g)) {
    totalMs += Number(number) * (unitMs[unit] ?? 0);
  }
  return sign === "-" ? -totalMs : totalMs;
}
