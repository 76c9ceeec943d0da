/** "a, b, c, ... (2 more)": sorted, and no more than so many. */
export function listNames(names: readonly string[], most: number): string {
  const sorted = names.toSorted();
  const shown = sorted.slice(0, most).join(", ");
  return sorted.length > most ? `${shown}, ... (${sorted.length - most} more)` : shown;
}

export function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}

/** "Machine a is", "Machines a, b, c, ... (2 more) are": the beginning of a sentence. */
export function machinesAre(names: readonly string[]): string {
  const verb = names.length === 1 ? "is" : "are";
  return `${plural("Machine", names.length)} ${listNames(names, 3)} ${verb}`;
}
