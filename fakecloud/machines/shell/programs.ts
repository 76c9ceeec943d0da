import type { Host } from "../host.ts";

export interface ProgramResult {
  readonly exitCode: number;
  /** The output is the content of a file: it goes into other files, but not onto the console, as it may be secret. */
  readonly isPrivate?: boolean;
  readonly output?: string;
}

export type Program = (
  host: Host,
  args: readonly string[],
) => ProgramResult | Promise<ProgramResult>;

const longestSleepMs = 3_600_000;

/** The programs that scripts decide by. */
export const programs: Readonly<Record<string, Program>> = {
  true: () => ({ exitCode: 0 }),
  false: () => ({ exitCode: 1 }),
  echo: (_host, args) => ({
    exitCode: 0,
    output: `${(args[0] === "-n" ? args.slice(1) : args).join(" ")}\n`,
  }),
  cat: (host, [path = ""]) => {
    const content = host.files.get(path);
    return content === undefined
      ? notFound("cat", path)
      : { exitCode: 0, output: content, isPrivate: true };
  },
  rm: (host, args) => {
    for (const path of args) host.files.delete(path);
    return { exitCode: 0 };
  },
  touch: (host, args) => {
    for (const path of args) host.files.set(path, host.files.get(path) ?? "");
    return { exitCode: 0 };
  },
  cp: (host, args) => copy(host, args, false),
  mv: (host, args) => copy(host, args, true),
  sleep: async (host, [text = "0"]) => {
    await host.sleep(Math.min(longestSleepMs, seconds(text) * 1000), "sleep");
    return { exitCode: 0 };
  },
  test: (host, args) => ({ exitCode: Number(!evaluateTest(host, args)) }),
  "[": (host, args) => ({ exitCode: Number(!evaluateTest(host, args.slice(0, -1))) }),
  curl: fetchUrl,
  wget: fetchUrl,
};

function notFound(program: string, path: string): ProgramResult {
  return { exitCode: 1, output: `${program}: ${path}: No such file or directory\n` };
}

function copy(host: Host, args: readonly string[], removes: boolean): ProgramResult {
  const [from = "", to = ""] = args.filter((arg) => !arg.startsWith("-"));
  const content = host.files.get(from);
  if (content === undefined) return notFound(removes ? "mv" : "cp", from);
  host.files.set(to, content);
  if (removes) host.files.delete(from);
  return { exitCode: 0 };
}

/** "30", "5m", "1h". */
function seconds(text: string): number {
  const match = /^([\d.]+)([smh]?)$/.exec(text);
  const unit = { "": 1, s: 1, m: 60, h: 3600 }[match?.[2] ?? ""] ?? 1;
  return Number(match?.[1] ?? 0) * unit;
}

const unary: Readonly<Record<string, (host: Host, operand: string) => boolean>> = {
  "-f": (host, path) => host.files.has(path),
  "-e": (host, path) => host.files.has(path),
  "-s": (host, path) => (host.files.get(path) ?? "") !== "",
  "-n": (_host, text) => text !== "",
  "-z": (_host, text) => text === "",
};

function evaluateTest(host: Host, args: readonly string[]): boolean {
  const [first = "", second = "", third = ""] = args;
  if (first === "!") return !evaluateTest(host, args.slice(1));
  const check = unary[first];
  if (check !== undefined) return check(host, second);
  if (second === "=" || second === "==") return first === third;
  return second === "!=" ? first !== third : first !== "";
}

/** A download works where the network leads there; what it brings is not simulated. */
function fetchUrl(host: Host, args: readonly string[]): ProgramResult {
  const text = args.find((arg) => /^https?:\/\//.test(arg));
  if (text === undefined) return { exitCode: 0 };
  const url = new URL(text);
  if (url.hostname === "169.254.169.254") return { exitCode: 0 };
  const port = Number(url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port);
  const origin = { from: "instance", instanceId: host.instance.instanceId } as const;
  const reach = host.aws.network.canReach(origin, url.hostname, port);
  if (reach.reachable) return { exitCode: 0 };
  host.trouble ??= `its bootstrap script cannot download ${text}: ${reach.obstacle.message}`;
  const { code, message } = reach.obstacle;
  // As curl counts: 6 the name does not resolve, 7 refused, 28 nothing came back.
  const exitCode = code === "DnsNameNotFound" ? 6 : reach.obstacle.silent ? 28 : 7;
  return { exitCode, output: `curl: (${exitCode}) ${message}\n` };
}
