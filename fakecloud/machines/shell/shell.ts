import type { Shell } from "../cloud-init/run.ts";
import type { Host } from "../host.ts";
import type { KubeadmContext } from "../kubeadm/context.ts";
import { isKubernetesImage } from "../kubeadm/installed-version.ts";
import { kubeadmInit } from "../kubeadm/init.ts";
import { kubeadmJoin } from "../kubeadm/join.ts";
import { type Command, parseScript } from "./parse-script.ts";
import { type Program, type ProgramResult, programs } from "./programs.ts";

/** Scripts may call scripts, but not without end. */
const deepest = 8;

/**
 * A shell that knows the commands which make a node, and the few that scripts around them use to decide something.
 * Anything else is what users add; it is printed and succeeds.
 */
export function createShell(context: KubeadmContext): Shell {
  return (host, script) => runScript({ host, context, depth: 0 }, script);
}

interface Session {
  readonly host: Host;
  readonly context: KubeadmContext;
  readonly depth: number;
}

async function runScript(session: Session, script: string): Promise<number> {
  let [exitCode, stopsAtFailure] = [0, false];
  for (const command of parseScript(script)) {
    if (!isDue(command, exitCode)) continue;
    const [name = "", ...args] = command.words;
    if (name === "exit") return Number(args[0] ?? exitCode);
    if (name === "set") stopsAtFailure ||= /^-\w*e/.test(args[0] ?? "");
    else exitCode = await runCommand(session, command);
    if (stopsAtFailure && exitCode !== 0) return exitCode;
  }
  return exitCode;
}

function isDue({ when }: Command, exitCode: number): boolean {
  return when === "always" || (when === "after success") === (exitCode === 0);
}

async function runCommand(session: Session, command: Command): Promise<number> {
  const { host, context, depth } = session;
  host.log.write(`+ ${shown(command.words)}`);
  const script = scriptOf(host, command.words);
  if (script !== undefined && depth < deepest) {
    return runScript({ ...session, depth: depth + 1 }, script);
  }
  const [name = "", ...args] = withoutPrefix(command.words);
  if (name === "kubeadm") return hasKubeadm(host) ? runKubeadm(host, args, context) : lacks(host);
  const program: Program | undefined = programs[name];
  const result = program === undefined ? { exitCode: 0 } : await program(host, args);
  writeOutput(host, command, result);
  if (result.exitCode === 0 && installsKubeadm(name, args)) host.files.set(kubeadmPath, "");
  return result.exitCode;
}

const kubeadmPath = "/usr/bin/kubeadm";
const installers = new Set(["apt", "apt-get", "cp", "curl", "dnf", "install", "wget", "yum"]);

/** "apt-get install -y kubeadm=1.34.2-1.1", "curl -Lo /usr/local/bin/kubeadm …". */
function installsKubeadm(program: string, args: readonly string[]): boolean {
  return installers.has(program) && args.some((arg) => /(?:^|\/)kubeadm(?:[=-]\S*)?$/.test(arg));
}

function hasKubeadm(host: Host): boolean {
  return isKubernetesImage(host) || host.files.has(kubeadmPath);
}

/** Arguments may hold secrets; those of kubeadm are known not to. */
function shown(words: readonly string[]): string {
  const [name = "", ...args] = withoutPrefix(words);
  return name === "kubeadm" || args.length === 0 ? [name, ...args].join(" ") : `${name} …`;
}

function writeOutput(host: Host, { output }: Command, result: ProgramResult): void {
  const { output: text = "", isPrivate = false } = result;
  if (output === undefined) {
    if (text !== "" && !isPrivate) host.log.write(text.trimEnd());
    return;
  }
  const before = output.append ? (host.files.get(output.path) ?? "") : "";
  host.files.set(output.path, `${before}${text}`);
}

/** The content of a script that user data has written and now runs. */
function scriptOf(host: Host, words: readonly string[]): string | undefined {
  const [name = "", ...args] = withoutPrefix(words);
  const isInterpreter = /^(?:\/bin\/|\/usr\/bin\/)?(?:ba)?sh$|^\.$|^source$/.test(name);
  if (isInterpreter && args[0] === "-c") return args[1];
  return host.files.get(isInterpreter ? (args.find((arg) => !arg.startsWith("-")) ?? "") : name);
}

/** `sudo`, `timeout 5m` and assignments before a command change nothing here. */
function withoutPrefix(words: readonly string[]): readonly string[] {
  const [first = "", second = ""] = words;
  if (/^[A-Za-z_]\w*=/.test(first) && words.length > 1) return withoutPrefix(words.slice(1));
  if (first === "sudo" || first === "exec") return withoutPrefix(words.slice(1));
  if (first === "timeout" && second !== "") return withoutPrefix(words.slice(2));
  return first.endsWith("/kubeadm") ? ["kubeadm", ...words.slice(1)] : words;
}

/** A shell's answer to a program that is not there. */
function lacks(host: Host): number {
  host.log.write("/bin/sh: 1: kubeadm: not found");
  host.trouble ??= `its image ${host.instance.imageName} has no kubeadm, and no command of its user data installs it`;
  return 127;
}

function runKubeadm(host: Host, args: readonly string[], context: KubeadmContext): Promise<number> {
  const [verb] = args;
  const at = args.findIndex((word) => word === "--config" || word.startsWith("--config="));
  const config = args[at]?.split("=")[1] ?? args[at + 1];
  if (at >= 0 && config !== undefined) {
    if (verb === "init") return kubeadmInit(host, config, context);
    if (verb === "join") return kubeadmJoin(host, config, context);
  }
  host.log.write(`kubeadm ${verb ?? ""}: only init and join with --config are known here`);
  host.trouble = `its bootstrap script calls "kubeadm ${args.join(" ")}", which is not simulated`;
  return Promise.resolve(1);
}
