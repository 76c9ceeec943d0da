/**
 * The old item that the item at an index may be: the one at the same index, or the one as far from the end, for where items
 * have come or gone, those behind them have moved together.
 */
export function counterpart(
  old: readonly unknown[],
  list: readonly unknown[],
  index: number,
): unknown {
  if (index < old.length && old[index] === list[index]) return list[index];
  const moved = index + old.length - list.length;
  return moved < 0 ? undefined : old[moved];
}
