/** "12,345". Not by the locale's own means: loading its data costs more than a hundredth of a short run. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replaceAll(/\B(?=([0-9]{3})+$)/g, ",");
}
