import type { Shell } from "./cloud-init/run.ts";
import type { Host } from "./host.ts";
import type { KubeadmContext } from "./kubeadm/context.ts";
import { kubeadmInit } from "./kubeadm/init.ts";
import { kubeadmJoin } from "./kubeadm/join.ts";

/**
 * A shell that knows the commands which make a node: kubeadm, and the echo that writes the sentinel. Anything else is what
 * users add around them; it is printed and succeeds.
 */
export function createShell(context: KubeadmContext): Shell {
  return async (host, line) => {
    let exitCode = 0;
    // `a && b`: what comes later runs only after success.
    for (const command of line.split("&&").map((part) => part.trim())) {
      if (exitCode === 0) exitCode = await runCommand(host, command, context);
    }
    return exitCode;
  };
}

async function runCommand(host: Host, command: string, context: KubeadmContext): Promise<number> {
  host.log.write(`+ ${command}`);
  const kubeadm = /^kubeadm (init|join)\b.*--config[= ](\S+)/.exec(command);
  if (kubeadm !== null) {
    const [, verb, config = ""] = kubeadm;
    return verb === "init"
      ? kubeadmInit(host, config, context)
      : kubeadmJoin(host, config, context);
  }
  const echo = /^echo (.*?)\s*>\s*(\S+)$/.exec(command);
  if (echo !== null) {
    const [, text = "", path = ""] = echo;
    host.files.set(path, `${text}\n`);
  }
  return 0;
}
