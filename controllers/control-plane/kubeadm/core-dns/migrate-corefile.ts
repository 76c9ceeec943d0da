import { deepEqual } from "../../../runtime/json.ts";
import {
  type Corefile,
  type Directive,
  formatCorefile,
  parseCorefile,
  type Plugin,
  type Server,
} from "./corefile.ts";

/**
 * What a release of CoreDNS wants of the Corefile, release by release, as coredns/corefile-migration has it. Nothing else of a
 * Corefile is touched. Releases of CoreDNS that were never published have no entry.
 */
const releases: readonly (readonly [version: string, ...steps: readonly Step[]])[] = [
  ["1.6.2"],
  ["1.6.3"],
  ["1.6.4"],
  ["1.6.5", addOption("health", "lameduck", "5s")],
  ["1.6.6"],
  ["1.6.7"],
  ["1.6.9"],
  ["1.7.0", addOption("forward", "max_concurrent", "1000")],
  ["1.7.1"],
  ["1.8.0", moveTransfer],
  ["1.8.3"],
  ["1.8.4"],
  ["1.8.5"],
  ["1.8.6"],
  ["1.8.7"],
  ["1.9.0"],
  ["1.9.1"],
  ["1.9.2"],
  ["1.9.3"],
  ["1.9.4"],
  ["1.10.0"],
  ["1.10.1"],
  ["1.11.0"],
  ["1.11.1"],
  ["1.11.3"],
  ["1.11.4"],
  ["1.12.0"],
  ["1.12.1"],
  ["1.12.2"],
  ["1.12.3"],
  ["1.12.4"],
  ["1.13.0"],
  ["1.13.1"],
  ["1.13.2"],
  ["1.14.0"],
  ["1.14.1"],
  ["1.14.2"],
  ["1.14.3"],
  ["1.14.4"],
  ["1.14.6"],
];

type Step = (server: Server) => Server;

/** Every release in the table ignores these, or takes only the first of several endpoints. */
const always: readonly Step[] = [
  dropOption("kubernetes", "upstream"),
  dropOption("kubernetes", "resyncperiod"),
  mapOption("kubernetes", "endpoint", (option) => ({ ...option, args: option.args.slice(0, 1) })),
];

/** Why a Corefile cannot be migrated, in upstream's words; undefined if it can be. */
export function migrationProblem(from: string, to: string): string | undefined {
  const [start, end] = [indexOf(from), indexOf(to)];
  if (start === -1) return `start version '${from}' not supported`;
  return end < start ? `cannot migrate up to '${to}' from '${from}'` : undefined;
}

function indexOf(version: string): number {
  return releases.findIndex(([each]) => each === version);
}

/** The Corefile for that release of CoreDNS: the very same text where nothing has to change. Versions are "1.11.3". */
export function migrateCorefile(text: string, from: string, to: string): string {
  const before = parseCorefile(text);
  let after: Corefile = before;
  for (const [, ...steps] of releases.slice(indexOf(from) + 1, indexOf(to) + 1)) {
    for (const step of [...steps, ...always]) after = { servers: after.servers.map(step) };
  }
  return deepEqual(before, after) ? text : formatCorefile(after);
}

function mapPlugin(server: Server, name: string, change: (plugin: Plugin) => Plugin): Server {
  const plugins = server.plugins.map((plugin) => (plugin.name === name ? change(plugin) : plugin));
  return { ...server, plugins };
}

function mapOption(
  plugin: string,
  option: string,
  change: (option: Directive) => Directive | undefined,
): Step {
  return (server) =>
    mapPlugin(server, plugin, (found) => {
      const options = found.options
        .map((each) => (each.name === option ? change(each) : each))
        .filter((each) => each !== undefined);
      return { ...found, options };
    });
}

function dropOption(plugin: string, option: string): Step {
  return mapOption(plugin, option, () => undefined);
}

/** A new default is added where the user has not decided. */
function addOption(plugin: string, name: string, ...args: readonly string[]): Step {
  return (server) =>
    mapPlugin(server, plugin, (found) =>
      found.options.some((option) => option.name === name)
        ? found
        : { ...found, options: [...found.options, { name, args }] },
    );
}

/** Zone transfers have become a plugin of their own. */
function moveTransfer(server: Server): Server {
  const kubernetes = server.plugins.find(({ name }) => name === "kubernetes");
  const transfer = kubernetes?.options.find(({ name }) => name === "transfer");
  const rest = dropOption("kubernetes", "transfer")(server);
  const [zone] = kubernetes?.args ?? [];
  const [, ...targets] = transfer?.args ?? [];
  if (zone === undefined || targets.length === 0) return rest;
  const plugin = { name: "transfer", args: [zone], options: [{ name: "to", args: targets }] };
  return { ...rest, plugins: [...rest.plugins, plugin] };
}
