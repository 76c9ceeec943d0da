import process from "node:process";
import { Command } from "commander";
import { parse } from "yaml";
import type { ActiveFault, Fault } from "@seatrial/fakecloud/aws/faults/fault.ts";
import { kindFacts } from "@seatrial/fakecloud/aws/faults/tables/fault-kinds.ts";
import { InputError } from "../runner/input-error.ts";
import { dataDirOption } from "./data-dir-option.ts";
import { Running } from "./running.ts";
import { formatTable } from "./table.ts";

interface FaultOptions {
  readonly dataDir: string;
  readonly for?: string;
  readonly chance?: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly by?: string;
  readonly object?: string;
  readonly nth?: string;
  readonly times?: string;
}

export function faultCommand(): Command {
  const command = new Command("fault")
    .description("let something go wrong in the running cloud")
    .argument("<kind>", 'what happens; "seatrial fault kinds" lists them')
    .argument("[target]", "where: a zone, an operation, names with *")
    .option("--for <duration>", "how long, in the cloud's time; until it is removed if not given")
    .option("--set <field=value>", "a further field of the kind (may be repeated)", collect, {})
    .option("--chance <0..1>", "how often it strikes where it could")
    .option("--object <name>", "only calls about this: an ID or Name tag, * allowed")
    .option("--by <who>", "only calls of this one: an ARN or its end, * allowed")
    .option("--nth <n>", "only the nth call that fits")
    .option("--times <n>", "at most so many calls")
    .option("--id <id>", "name it yourself")
    .addOption(dataDirOption())
    .exitOverride()
    .addHelpText(
      "after",
      `
Examples:
  seatrial fault zoneOutage b --for 30m             a zone is gone for half an hour
  seatrial fault terminateInstance "small-md-0-*"   somebody ends instances in the console
  seatrial fault throttle "Describe*" --for 10m     reads are throttled
  seatrial fault loseResponse RunInstances --nth 1  a launch happens and its answer is lost
  seatrial fault noCapacity b --set type=t3.large
  seatrial fault list
  seatrial fault remove zoneOutage-1`,
    )
    .action(async (kind: string, target: string | undefined, options: FaultOptions) => {
      await inject(new Running(options.dataDir), faultOf(kind, target, options));
    });
  return command.addCommand(kindsCommand()).addCommand(listCommand()).addCommand(removeCommand());
}

/** Values are read as YAML reads them: numbers are numbers. */
function collect(text: string, before: Readonly<Record<string, unknown>>) {
  const at = text.indexOf("=");
  if (at < 1) throw new InputError(`--set wants field=value, not "${text}"`);
  return { ...before, [text.slice(0, at)]: parse(text.slice(at + 1)) as unknown };
}

function faultOf(written: string, target: string | undefined, options: FaultOptions): Fault {
  const kind = written.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const isCall = kindFacts.get(kind)?.nature === "call";
  const { id, chance, for: lasts } = options;
  return {
    ...(id === undefined ? {} : { id }),
    ...(isCall ? { call: callOf(kind, target, options) } : {}),
    ...(lasts === undefined ? {} : { for: lasts }),
    ...(chance === undefined ? {} : { chance: Number(chance) }),
    do: { [kind]: { ...(isCall ? {} : mainField(kind, target)), ...options.set } },
  };
}

/** TARGET is the main field of a kind that strikes no calls. */
function mainField(kind: string, target: string | undefined): Readonly<Record<string, unknown>> {
  const { main, fields = {} } = kindFacts.get(kind) ?? {};
  if (main === undefined || target === undefined) return {};
  return { [main]: isNumber(fields[main]?.type) ? Number(target) : target };
}

function isNumber(type: unknown): boolean {
  return (
    typeof type === "string" && ["chance", "count", "factor", "status", "whole"].includes(type)
  );
}

function callOf(kind: string, target: string | undefined, options: FaultOptions) {
  if (target === undefined) {
    throw new InputError(
      `${kind} strikes calls: name an operation, such as RunInstances or "Describe*"`,
    );
  }
  const { by, object, nth, times } = options;
  return {
    cloud: target,
    ...(by === undefined ? {} : { by }),
    ...(object === undefined ? {} : { object }),
    ...(nth === undefined ? {} : { nth: Number(nth) }),
    ...(times === undefined ? {} : { times: Number(times) }),
  };
}

async function inject(running: Running, fault: Fault): Promise<void> {
  interface Injected {
    readonly id: string;
    readonly active?: ActiveFault;
  }
  const { id, active } = await running.ask<Injected>("POST", "/faults", fault);
  if (active === undefined) {
    process.stdout.write(`${id} has happened\n`);
    return;
  }
  const { untilMs } = active;
  const end =
    untilMs === undefined ? `until "seatrial fault remove ${id}"` : await until(running, active);
  process.stdout.write(`${id} ${end}\n`);
}

/** Durations are the cloud's: they pass faster than life by the time scale. */
async function until(running: Running, { sinceMs, untilMs = 0 }: ActiveFault): Promise<string> {
  const { timeScale } = await running.ask<{ timeScale: number }>("GET", "/clock");
  const seconds = (untilMs - sinceMs) / 1000 / timeScale;
  const scaled = timeScale === 1 ? "" : ` (delays pass ${timeScale} times faster than life)`;
  return `for ${Math.round(seconds * 10) / 10} s from now${scaled}`;
}

function kindsCommand(): Command {
  return new Command("kinds")
    .description("every kind of fault, with its target and fields")
    .exitOverride()
    .action(() => {
      const rows = [...kindFacts].map(([kind, { says, main, nature, fields }]) => {
        const target = nature === "call" ? "OPERATION" : (main ?? "").toUpperCase();
        const others = Object.keys(fields).filter((name) => nature === "call" || name !== main);
        return [kind, target, others.join(", "), says];
      });
      process.stdout.write(formatTable([["KIND", "TARGET", "--set", "WHAT HAPPENS"], ...rows]));
    });
}

function listCommand(): Command {
  return new Command("list")
    .description("the faults that are active")
    .addOption(dataDirOption())
    .exitOverride()
    .action(async (_own: unknown, command: Command) => {
      const { dataDir } = command.optsWithGlobals<{ dataDir: string }>();
      const running = new Running(dataDir);
      const { faults } = await running.ask<{ faults: readonly ActiveFault[] }>("GET", "/faults");
      if (faults.length === 0) process.stdout.write("no fault is active\n");
      else {
        const rows = faults.map(({ id, strikes, fault }) => [
          id,
          String(strikes),
          JSON.stringify(fault),
        ]);
        process.stdout.write(formatTable([["ID", "STRUCK", "FAULT"], ...rows]));
      }
    });
}

function removeCommand(): Command {
  return new Command("remove")
    .description("end faults before their time")
    .argument("[id...]", "as the list shows them")
    .option("--all", "every one")
    .addOption(dataDirOption())
    .exitOverride()
    .action(
      async (ids: readonly string[], options: { readonly all?: boolean }, command: Command) => {
        const { dataDir } = command.optsWithGlobals<{ dataDir: string }>();
        const running = new Running(dataDir);
        if (options.all === true) await running.ask("DELETE", "/faults");
        else if (ids.length === 0) throw new InputError("name the faults to remove, or say --all");
        for (const id of ids) await running.ask("DELETE", `/faults/${encodeURIComponent(id)}`);
        process.stdout.write(
          options.all === true ? "no fault is active\n" : `removed ${ids.join(", ")}\n`,
        );
      },
    );
}
