import type { Fault } from "../aws/faults/fault.ts";
import { FaultError } from "../aws/faults/fault.ts";
import { formatTime } from "../kernel/clock.ts";
import { AdminError, type AdminOptions } from "./contract.ts";
import { findMachine, machineFacts } from "./find-machine.ts";

export interface AdminRequest {
  /** Parts of the path that the route names. */
  readonly parts: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined if there was no body. */
  readonly body: unknown;
}

/** Answers with what becomes the JSON of the response. */
type Route = (options: AdminOptions, request: AdminRequest) => unknown;

/** Every route, by method and path below `/_seatrial`. */
export const adminRoutes: Readonly<Record<string, Route>> = {
  "GET /health": ({ profile, timeScale }) => ({ status: "ok", profile, timeScale }),
  "GET /clock": ({ clock, timeScale }) => ({ now: formatTime(clock.now()), timeScale }),
  "GET /inventory": ({ subject }, { query }) => ({
    inventory: subject().aws.inventory(query.get("account") ?? undefined),
  }),
  "GET /faults": ({ subject }) => ({ faults: subject().aws.faults.list() }),
  "POST /faults": ({ subject }, { body }) => inject(subject, body),
  "DELETE /faults": ({ subject }) => {
    subject().aws.faults.removeAll();
    return {};
  },
  "DELETE /faults/:id": ({ subject }, { parts }) => {
    if (subject().aws.faults.remove(parts["id"] ?? "")) return {};
    throw new AdminError(404, `no fault with the ID ${parts["id"]} is active`);
  },
  "GET /events": ({ subject }, { query }) => ({ events: subject().aws.events.list(wanted(query)) }),
  "GET /minimal-policy": ({ subject }, { query }) => {
    const by = query.get("principal");
    const policies = subject().aws.permissions.policies();
    return { policies: policies.filter(({ principal }) => by === null || principal === by) };
  },
  "GET /machines": ({ subject }) => {
    const now = subject();
    return { machines: now.aws.instances().map((instance) => machineFacts(now, instance)) };
  },
  "GET /machines/:name": ({ subject }, { parts }) => {
    const now = subject();
    return machineFacts(now, findMachine(now, parts["name"] ?? ""));
  },
  "GET /machines/:name/log": ({ subject }, { parts, query }) => {
    const now = subject();
    const { instanceId } = findMachine(now, parts["name"] ?? "");
    const lines = now.machines?.bootLog(instanceId) ?? [];
    const from = count(query, "from") ?? 0;
    return { instanceId, next: lines.length, lines: lines.slice(from) };
  },
  "GET /proxy": async ({ proxy }) => {
    if (proxy === undefined) throw new AdminError(404, "there are no load balancers to lead to");
    return { url: await proxy() };
  },
  "POST /reset": async ({ reset }) => {
    await reset();
    return {};
  },
};

function inject(subject: AdminOptions["subject"], body: unknown) {
  const { faults } = subject().aws;
  try {
    const id = faults.inject(body as Fault);
    const active = faults.list().find((fault) => fault.id === id);
    return { id, ...(active === undefined ? {} : { active }) };
  } catch (error) {
    if (error instanceof FaultError) throw new AdminError(400, error.message);
    throw error;
  }
}

function wanted(query: URLSearchParams) {
  return {
    name: query.get("name") ?? undefined,
    by: query.get("by") ?? undefined,
    errorsOnly: query.get("errors") === "true",
    after: count(query, "after"),
    limit: count(query, "limit"),
  };
}

function count(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new AdminError(400, `${key} must be a whole number, not "${text}"`);
}
