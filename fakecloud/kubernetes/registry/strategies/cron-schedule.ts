/** What the usual parser of schedules says about a field of one; undefined if it is well. */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const days = "sun mon tue wed thu fri sat".split(" ");
const fields: readonly Bounds[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: ["", ...months] },
  { min: 0, max: 6, names: days },
];
const descriptors = new Set(
  "@yearly @annually @monthly @weekly @daily @midnight @hourly".split(" "),
);

/** Why a CronJob's schedule can't be read, in the words of the library that Kubernetes reads it with. */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.startsWith("@")) return descriptorProblem(schedule);
  const parts = schedule.split(/\s+/).filter((part) => part !== "");
  if (parts.length !== fields.length) {
    return `expected exactly 5 fields, found ${parts.length}: [${parts.join(" ")}]`;
  }
  for (const [index, part] of parts.entries()) {
    for (const range of part.split(",")) {
      const problem = rangeProblem(range, fields[index] as Bounds);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function descriptorProblem(text: string): string | undefined {
  if (descriptors.has(text)) return undefined;
  if (/^@every (?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  if (text.startsWith("@every ")) {
    const duration = text.slice("@every ".length);
    return `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`;
  }
  return `unrecognized descriptor: ${text}`;
}

function rangeProblem(range: string, bounds: Bounds): string | undefined {
  const [span = "", step, ...more] = range.split("/");
  const [low = "", high, ...others] = span.split("-");
  if (others.length > 0) return `too many hyphens: ${range}`;
  if (more.length > 0) return `too many slashes: ${range}`;
  const isWhole = low === "*" || low === "?";
  const start = isWhole ? bounds.min : numberOf(low, bounds);
  const end = isWhole ? bounds.max : high === undefined ? start : numberOf(high, bounds);
  const by = step === undefined ? 1 : numberOf(step, { ...bounds, names: [] });
  for (const each of [start, end, by]) if (typeof each === "string") return each;
  return orderProblem(range, { start: Number(start), end: Number(end), by: Number(by) }, bounds);
}

function orderProblem(
  range: string,
  { start, end, by }: { readonly start: number; readonly end: number; readonly by: number },
  { min, max }: Bounds,
): string | undefined {
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${range}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${range}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${range}`;
  return by === 0 ? `step of range should be a positive number: ${range}` : undefined;
}

function numberOf(text: string, { names }: Bounds): number | string {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0 && text !== "") return named;
  if (/^[+-]?\d+$/.test(text)) {
    return Number(text) < 0 ? `negative number (${text}) not allowed: ${text}` : Number(text);
  }
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
