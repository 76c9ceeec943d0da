import { type Fields, valueAt, withoutValue, withValue } from "./json.ts";
import type { Move } from "./moves.ts";

export type Version = "v1beta1" | "v1beta2";

export interface Way {
  readonly moves: readonly Move[];
  readonly from: Version;
  readonly to: Version;
}

/** Takes every moving field out first and puts it in its new place then: some places are taken over by others. */
export function applyMoves({ moves, from, to }: Way, content: Fields): Fields {
  let rest = content;
  const placed: (readonly [path: string, value: unknown])[] = [];
  for (const { codec, ...paths } of moves) {
    const source = paths[from];
    const value = source === undefined ? undefined : valueAt(content, source);
    if (source === undefined || value === undefined) continue;
    rest = withoutValue(rest, source);
    const converted = to === "v1beta2" ? codec.up(value) : codec.down(value);
    const target = paths[to];
    if (target !== undefined && converted !== undefined) placed.push([target, converted]);
  }
  return placed.reduce((result, [path, value]) => withValue(result, path, value), rest);
}
