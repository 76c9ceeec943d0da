import { Command } from "commander";
import { version } from "./version.ts";

/** Only what is asked for is loaded: a command that asks a running `up` has no need of the whole house. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import("./up.ts")).upCommand(),
  cloud: async () => (await import("./cloud.ts")).cloudCommand(),
  run: async () => (await import("./run.ts")).runCommand(),
  report: async () => (await import("./report.ts")).reportCommand(),
  describe: async () => (await import("./describe.ts")).describeCommand(),
  why: async () => (await import("./why.ts")).whyCommand(),
  logs: async () => (await import("./logs.ts")).logsCommand(),
  kubeconfig: async () => (await import("./kubeconfig.ts")).kubeconfigCommand(),
  fault: async () => (await import("./fault.ts")).faultCommand(),
  inventory: async () => (await import("./inventory.ts")).inventoryCommand(),
  reset: async () => (await import("./reset.ts")).resetCommand(),
  controllers: async () => (await import("./controllers.ts")).controllersCommand(),
};

/** `argv` as the process has it. Without a known command there are all of them, for help and for suggestions. */
export async function createProgram(argv: readonly string[]): Promise<Command> {
  const [, , name = ""] = argv;
  const asked = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const program = baseProgram();
  for (const load of asked === undefined ? Object.values(commands) : [asked]) {
    program.addCommand(await load());
  }
  return program;
}

function baseProgram(): Command {
  return new Command("seatrial")
    .description(
      "Sea trials for Cluster API: rehearse what an upgrade, a lost zone or a throttled API does to a cluster.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "explain a command")
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText(
      "after",
      `
Examples:
  seatrial up                                       a management cluster and an AWS on this machine
  seatrial run scenarios/quick-start.yaml           one story in virtual time
  seatrial run scenarios/*.yaml --seed 7            all of them, with a seed of your own
  seatrial run my-story.yaml --report out.html      one HTML file that shows what happened
  seatrial describe cluster small --watch           how a cluster comes up
  seatrial why small-md-0-x7k2p-4fq9c               what keeps a machine from joining
  seatrial fault zoneOutage b --for 30m             a zone of the running AWS is gone

Exit codes: 0 fine, 1 a promise was broken, 2 not deterministic, 3 invalid input, 4 budget exhausted.`,
    );
}
