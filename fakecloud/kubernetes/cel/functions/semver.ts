import { CelValueError, type Functions } from "./register.ts";

/** A semantic version; build metadata plays no part in comparisons. */
export class SemverValue {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];

  constructor(numbers: readonly [bigint, bigint, bigint], prerelease: readonly string[]) {
    this.numbers = numbers;
    this.prerelease = prerelease;
  }
}

const strict =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*))?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;

/** Drops a leading v, fills missing parts, removes leading zeros. */
function normalize(text: string): string {
  const [, core = "", rest = ""] = /^v?([\d.]*)(.*)$/.exec(text) ?? [];
  const parts = core.split(".").map((part) => part.replace(/^0+(?=\d)/, ""));
  while (parts.length < 3) parts.push("0");
  return `${parts.join(".")}${rest}`;
}

function parse(text: string, isNormalized: boolean): SemverValue | undefined {
  const match = strict.exec(isNormalized ? normalize(text) : text);
  if (match === null) return undefined;
  const [, major = "0", minor = "0", patch = "0", prerelease] = match;
  return new SemverValue(
    [BigInt(major), BigInt(minor), BigInt(patch)],
    prerelease === undefined ? [] : prerelease.split("."),
  );
}

function requireVersion(text: string, isNormalized: boolean): SemverValue {
  const version = parse(text, isNormalized);
  if (version === undefined) throw new CelValueError(`semver parse error: ${text}`);
  return version;
}

function order(a: SemverValue, b: SemverValue): bigint {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1n : 1n;
  }
  return orderPrereleases(a.prerelease, b.prerelease);
}

function orderPrereleases(a: readonly string[], b: readonly string[]): bigint {
  if (a.length === 0 || b.length === 0) return BigInt(Math.sign(b.length - a.length));
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1n;
    const result = orderIdentifiers(part, other);
    if (result !== 0n) return result;
  }
  return a.length < b.length ? -1n : 0n;
}

/** Numbers come before words; numbers by value, words by their letters. */
function orderIdentifiers(a: string, b: string): bigint {
  if (a === b) return 0n;
  const aIsNumber = /^\d+$/.test(a);
  const bIsNumber = /^\d+$/.test(b);
  if (aIsNumber && bIsNumber) return BigInt(a) < BigInt(b) ? -1n : 1n;
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1n : 1n;
  return a < b ? -1n : 1n;
}

export const semverFunctions: Functions = {
  "semver(string): Semver": (text: string) => requireVersion(text, false),
  "semver(string, bool): Semver": requireVersion,
  "isSemver(string): bool": (text: string) => parse(text, false) !== undefined,
  "isSemver(string, bool): bool": (text: string, isNormalized: boolean) =>
    parse(text, isNormalized) !== undefined,
  "Semver.major(): int": (version: SemverValue) => version.numbers[0],
  "Semver.minor(): int": (version: SemverValue) => version.numbers[1],
  "Semver.patch(): int": (version: SemverValue) => version.numbers[2],
  "Semver.compareTo(Semver): int": order,
  "Semver.isGreaterThan(Semver): bool": (a: SemverValue, b: SemverValue) => order(a, b) > 0n,
  "Semver.isLessThan(Semver): bool": (a: SemverValue, b: SemverValue) => order(a, b) < 0n,
};
