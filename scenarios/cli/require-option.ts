import { InputError } from "../runner/input-error.ts";

export function requirePort(text: string, flag: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InputError(`${flag} must be a port from 0 to 65535, not "${text}"`);
}

export function requireScale(text: string): number {
  const scale = Number(text);
  if (Number.isFinite(scale) && scale >= 1) return scale;
  throw new InputError(`--time-scale must be a number from 1, not "${text}"`);
}

export function requireProfile(text: string): "faithful" | "lenient" {
  if (text === "faithful" || text === "lenient") return text;
  throw new InputError(`--profile must be faithful or lenient, not "${text}"`);
}
