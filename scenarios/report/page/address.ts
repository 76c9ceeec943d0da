/** What the part of the address behind "#" says of the view, so that a link shows a colleague the same spot. */
export interface Spot {
  readonly event?: number;
  /** Share of the time axis, from and to. */
  readonly range?: readonly [number, number];
  readonly isLinear?: boolean;
}

export function readSpot(fragment: string): Spot {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const event = Number(fields.get("e") ?? "");
  const [from = Number.NaN, to = Number.NaN] = (fields.get("v") ?? "").split("-").map(Number);
  const isRange = from >= 0 && to <= 1 && from < to;
  return {
    ...(fields.get("e") !== null && Number.isInteger(event) && event >= 0 ? { event } : {}),
    ...(isRange ? { range: [from, to] as const } : {}),
    ...(fields.get("t") === "linear" ? { isLinear: true } : {}),
  };
}

export function writeSpot({ event, range, isLinear }: Spot): string {
  const fields: string[] = [];
  if (event !== undefined) fields.push(`e=${event}`);
  if (range !== undefined && range[1] - range[0] < 1) {
    fields.push(`v=${range[0].toFixed(4)}-${range[1].toFixed(4)}`);
  }
  if (isLinear === true) fields.push("t=linear");
  return `#${fields.join("&")}`;
}
