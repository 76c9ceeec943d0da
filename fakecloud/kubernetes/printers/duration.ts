import { parseTime } from "../../kernel/clock.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

function two(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`;
}

/** A length of time in at most two units, the way ages are shown: "5m30s", "3d4h", "2y". */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 2 * minute) return `${seconds}s`;
  const minutes = Math.floor(seconds / minute);
  if (minutes < 10) return two(minutes, "m", seconds % minute, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(seconds / hour);
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return two(days, "d", hours % 24, "h");
  if (seconds < 2 * year) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? two(years, "y", days % 365, "d") : `${years}y`;
}

/** How long ago a time stamp was. */
export function ageOf(time: unknown, nowMs: number): string {
  if (typeof time !== "string" || time === "") return "<unknown>";
  const ms = parseTime(time);
  return ms === undefined ? "<invalid>" : humanDuration(nowMs - ms);
}
