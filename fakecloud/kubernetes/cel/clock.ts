/** A moment as the engine's timestamps want it; text that is no time stays text. */
export function parseMs(text: string): Date | string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date;
}
