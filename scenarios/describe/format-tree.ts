import type { Condition, Described, TreeNode } from "./cluster-tree.ts";

export interface FormatOptions {
  readonly nowMs: number;
  /** Every condition of every object, not just what is amiss. */
  readonly all: boolean;
  /** What Machines are made of, even if all is well with it. */
  readonly parts: boolean;
  /** Turns text red or green; leaves it alone outside of terminals. */
  readonly paint: (text: string, status: string) => string;
}

interface Row {
  readonly name: string;
  readonly replicas: string;
  readonly ready: string;
  readonly status: string;
  readonly reason: string;
  readonly since: string;
  readonly message: string;
}

const summaries = ["Available", "Ready"];

/** Longer messages end in an ellipsis, unless every condition is asked for. */
const longestMessage = 110;

/** The tree as text: one line for each object with its summary, then what is amiss with it. */
export function formatTree(root: TreeNode, options: FormatOptions): string {
  const rows = [...rowsOf(root, "", "", options)];
  const header: Row = {
    name: "NAME",
    replicas: "REPLICAS",
    ready: "READY",
    status: "STATUS",
    reason: "REASON",
    since: "SINCE",
    message: "MESSAGE",
  };
  const columns = ["name", "replicas", "ready", "status", "reason", "since", "message"] as const;
  const all = [header, ...rows];
  const widths = columns.map((column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) => {
      const cells = columns.map((column, index) => {
        const text = column === "message" ? row[column] : row[column].padEnd(widths[index] ?? 0);
        return column === "status" && row !== header ? options.paint(text, row.status) : text;
      });
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

function* rowsOf(
  node: TreeNode,
  lead: string,
  branch: string,
  options: FormatOptions,
): Generator<Row> {
  const { object, role } = node;
  const conditions = object.status?.conditions ?? [];
  const summary = summaryOf(object);
  const title = `${object.kind}/${object.metadata.name}`;
  const name = `${lead}${branch}${role === undefined ? title : `${role} - ${title}`}`;
  const { replicas, ready } = replicasOf(object);
  yield { name, replicas, ready, ...factsOf(summary, options) };
  const below = branch === "" ? lead : `${lead}${branch.startsWith("├") ? "│ " : "  "}`;
  const children = node.children.filter((child) => isShown(child, options));
  const details = detailsOf(conditions, summary, children.length > 0, options);
  const stem = children.length > 0 ? "│ " : "  ";
  for (const detail of details) {
    const facts = factsOf(detail, options);
    yield { name: `${below}${stem}· ${detail.type}`, replicas: "", ready: "", ...facts };
  }
  for (const [index, child] of children.entries()) {
    const isLast = index === children.length - 1;
    yield* rowsOf(child, below, isLast ? "└─" : "├─", options);
  }
}

/** A Machine is available a while after it is ready; what keeps it from that is said by Ready. */
function summaryOf({ kind, status }: Described): Condition | undefined {
  const conditions = status?.conditions ?? [];
  const find = (type: string) => conditions.find((one) => one.type === type);
  const available = find("Available");
  const ready = find("Ready");
  return kind === "Machine" ? (ready ?? available) : (available ?? ready);
}

/** What is amiss, each thing once; what has children leaves the details to them. */
function detailsOf(
  conditions: readonly Condition[],
  summary: Condition | undefined,
  hasChildren: boolean,
  { all }: FormatOptions,
): readonly Condition[] {
  const others = conditions.filter((one) => one !== summary);
  if (all) return others;
  if (hasChildren) return [];
  const said = new Set<string>();
  return others.filter((one) => {
    const { type, message = "", reason = "" } = one;
    const words = message === "" ? `${type} ${reason}` : message;
    if (summaries.includes(type) || !isAmiss(one) || said.has(words)) return false;
    said.add(words);
    return true;
  });
}

/** The parts of a Machine say nothing that the Machine does not say, unless something is amiss. */
function isShown({ object, role = "" }: TreeNode, { parts, all }: FormatOptions): boolean {
  if (role !== "BootstrapConfig" && role !== "MachineInfrastructure") return true;
  return parts || all || summaryOf(object)?.status !== "True";
}

/** Conditions whose good state is False. */
const negative = /^(Deleting|Paused|Remediating|RollingOut|ScalingDown|ScalingUp|Updating)$/;

function isAmiss({ type, status }: Condition): boolean {
  return negative.test(type) ? status === "True" : status !== "True";
}

function factsOf(condition: Condition | undefined, { nowMs, all }: FormatOptions) {
  if (condition === undefined) return { status: "", reason: "", since: "", message: "" };
  const { type, status, reason = "", message = "", lastTransitionTime } = condition;
  return {
    status: summaries.includes(type) ? `${type}: ${status}` : status,
    reason: status === "True" && !negative.test(type) ? "" : reason,
    since: lastTransitionTime === undefined ? "" : age(nowMs - Date.parse(lastTransitionTime)),
    message: all ? oneLine(message) : shorten(oneLine(message)),
  };
}

/** Messages of several parts are lists; the first part is what matters. */
function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, " ").replace(/^\* /, "");
}

function shorten(text: string): string {
  return text.length <= longestMessage ? text : `${text.slice(0, longestMessage)}…`;
}

function replicasOf({ spec, status }: Described): { replicas: string; ready: string } {
  if (spec?.replicas === undefined) return { replicas: "", ready: "" };
  const { replicas = 0, readyReplicas = 0 } = status ?? {};
  return { replicas: `${replicas}/${spec.replicas}`, ready: String(readyReplicas) };
}

/** As kubectl writes ages. */
function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}
