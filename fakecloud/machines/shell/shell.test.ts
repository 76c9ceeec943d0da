import { expect, test } from "vitest";
import { type LaunchOptions, TestCloud } from "../test-cloud.ts";
import { cloudConfig } from "../test-user-data.ts";
import { parseScript } from "./parse-script.ts";

test("commands are told apart by newlines, semicolons and connectives, with quotes undone", () => {
  expect(
    parseScript("a 'b c' \"d\" && e > /f; g 2>&1 || h >>/i # no\n# nor this\nj \\\n k"),
  ).toEqual([
    { words: ["a", "b c", "d"], when: "always" },
    { words: ["e"], when: "after success", output: { path: "/f", append: false } },
    { words: ["g"], when: "always" },
    { words: ["h"], when: "after failure", output: { path: "/i", append: true } },
    { words: ["j", "k"], when: "always" },
  ]);
});

async function logOf(
  commands: readonly string[],
  files: Readonly<Record<string, string>> = {},
  options: LaunchOptions = {},
) {
  const cloud = new TestCloud();
  const id = cloud.launch("a", cloudConfig(files, commands), options);
  await cloud.kernel.runFor(600_000);
  const log = cloud.log(id);
  cloud.machines.close();
  return { log, why: cloud.machines.why(id) };
}

test("a failing command does not stop the next one, unless the script says so", async () => {
  const free = await logOf(["false", "echo went on"]);
  expect(free.log).toContain("\nwent on");
  expect(free.log).toContain("cloud-init: finished; ");
  const strict = await logOf(["set -e", "false", "echo went on"]);
  expect(strict.log).not.toContain("went on");
  expect(strict.log).toContain("Failed to run module scripts_user");
});

test("a script that user data wrote is run, and decides by files and exit codes", async () => {
  const { log } = await logOf(["bash /run/a.sh || echo it failed"], {
    "/run/a.sh":
      "#!/bin/bash\ntest -f /nowhere && echo impossible\necho x > /run/x\ncat /run/x\ntest -s /run/x && echo it is there\nexit 3",
  });
  expect(log).not.toContain("\nx\n");
  expect(log).toContain("\nit is there");
  expect(log).toContain("\nit failed");
  expect(log).not.toContain("\nimpossible");
});

test("a kubeadm command that is not simulated fails and says so", async () => {
  const { log, why } = await logOf(["kubeadm upgrade node"]);
  expect(log).toContain("only init and join with --config are known here");
  expect(why).toBe('its bootstrap script calls "kubeadm upgrade node", which is not simulated');
});

const ubuntu = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250610";

test("the image of a distribution has no kubeadm until a command installs it", async () => {
  const join = "kubeadm join --config /nowhere";
  const plain = await logOf([join], {}, { imageName: ubuntu });
  expect(plain.log).toContain("/bin/sh: 1: kubeadm: not found");
  expect(plain.why).toBe(
    `its image ${ubuntu} has no kubeadm, and no command of its user data installs it`,
  );
  const install = "apt-get install -y kubelet=1.34.2-1.1 kubeadm=1.34.2-1.1";
  const installed = await logOf([install, join], {}, { imageName: ubuntu });
  expect(installed.why).toBe("kubeadm failed: open /nowhere: no such file or directory");
});
