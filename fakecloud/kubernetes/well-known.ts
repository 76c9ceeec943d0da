import { textAnswer } from "./answer.ts";
import type { ApiAnswer, ApiRequest } from "./contract.ts";
import type { Store } from "./store.ts";

/** `/version` for a version like "v1.36.2". */
export function versionAnswer(gitVersion: string): ApiAnswer {
  const [, major = "1", minor = "0"] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  const previous = String(Math.max(0, Number(minor) - 1));
  return {
    kind: "answer",
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-cache, private" },
    body: {
      major,
      minor,
      ...(Number(minor) >= 33
        ? {
            emulationMajor: major,
            emulationMinor: minor,
            minCompatibilityMajor: major,
            minCompatibilityMinor: previous,
          }
        : {}),
      gitVersion,
      gitCommit: "0000000000000000000000000000000000000000",
      gitTreeState: "clean",
      buildDate: "2026-01-01T00:00:00Z",
      goVersion: "go1.25.0",
      compiler: "gc",
      platform: "linux/amd64",
    },
  };
}

const checks: ReadonlyMap<string, readonly string[]> = new Map([
  ["healthz", ["ping", "log", "etcd"]],
  ["livez", ["ping", "log", "etcd"]],
  ["readyz", ["ping", "log", "etcd", "informer-sync", "shutdown"]],
]);

/** "/livez", "/livez/ping" and their likes. */
export function healthPaths(): readonly string[] {
  return [...checks].flatMap(([endpoint, names]) => [
    `/${endpoint}`,
    ...names.map((name) => `/${endpoint}/${name}`),
  ]);
}

/** `/healthz`, `/livez` and `/readyz`, whole or check by check. Undefined for other paths. */
export function healthAnswer(request: ApiRequest, store: Store): ApiAnswer | undefined {
  const [, endpoint = "", single, ...more] = request.path.split("/");
  const names = checks.get(endpoint);
  if (names === undefined || more.length > 0) return undefined;
  const wanted = single === undefined || single === "" ? names : names.filter((n) => n === single);
  if (wanted.length === 0) return undefined;
  const isHealthy = (name: string) => name !== "etcd" || store.available();
  if (single !== undefined && single !== "") {
    return wanted.every(isHealthy)
      ? textAnswer(200, "ok")
      : textAnswer(500, `internal server error: ${single} failed: reason withheld\n`);
  }
  return wholeCheck(request, endpoint, wanted, isHealthy);
}

function wholeCheck(
  request: ApiRequest,
  endpoint: string,
  names: readonly string[],
  isHealthy: (name: string) => boolean,
): ApiAnswer {
  const excluded = request.query["exclude"] ?? [];
  const lines = names.map((name) => {
    if (excluded.includes(name)) return `[+]${name} excluded: ok`;
    return isHealthy(name) ? `[+]${name} ok` : `[-]${name} failed: reason withheld`;
  });
  const unmatched = excluded.filter((name) => !names.includes(name));
  if (unmatched.length > 0) {
    const list = unmatched.map((name) => JSON.stringify(name)).join(",");
    lines.push(`warn: some health checks cannot be excluded: no matches for ${list}`);
  }
  const failed = lines.some((line) => line.startsWith("[-]"));
  if (failed) return textAnswer(500, `${lines.join("\n")}\n${endpoint} check failed\n`);
  if (request.query["verbose"] === undefined) return textAnswer(200, "ok");
  return textAnswer(200, `${lines.join("\n")}\n${endpoint} check passed\n`);
}
