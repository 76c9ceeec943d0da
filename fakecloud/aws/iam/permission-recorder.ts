import type { CallContext } from "../service.ts";
import type { Principal } from "./principal.ts";
import { permissionsFor } from "./required-permissions.ts";

export interface PolicyStatement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** What one role, user or account root needs for everything that it has called. */
export interface MinimalPolicy {
  /** "arn:aws:iam::123456789012:role/nodes". */
  readonly principal: string;
  readonly policy: {
    readonly Version: "2012-10-17";
    readonly Statement: readonly PolicyStatement[];
  };
}

/** More names than these in one statement, and the common beginning stands for them. */
const maxResources = 8;

/** Notes what every caller asked for: also what failed, because whether it may is asked first. */
export class PermissionRecorder {
  /** Principal → action → resources. */
  readonly #needs = new Map<string, Map<string, Set<string>>>();

  record(call: CallContext, input: Readonly<Record<string, unknown>>): void {
    const principal = holderOf(call.principal);
    const actions = this.#needs.get(principal) ?? new Map<string, Set<string>>();
    this.#needs.set(principal, actions);
    for (const { action, resource } of permissionsFor(call, input)) {
      const resources = actions.get(action) ?? new Set();
      actions.set(action, resources.add(resource));
    }
  }

  /** The least that allows it all, one policy for each principal: actions of the same resources share a statement. */
  policies(): readonly MinimalPolicy[] {
    return [...this.#needs]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([principal, actions]) => ({
        principal,
        policy: { Version: "2012-10-17", Statement: statementsOf(actions) },
      }));
  }

  clear(): void {
    this.#needs.clear();
  }
}

/** Sessions come and go; what may be granted something is the role. */
function holderOf({ accountId, arn, source }: Principal): string {
  return source.kind === "role" ? `arn:aws:iam::${accountId}:role/${source.roleName}` : arn;
}

function statementsOf(actions: ReadonlyMap<string, ReadonlySet<string>>): PolicyStatement[] {
  const byResources = new Map<string, { actions: string[]; resources: readonly string[] }>();
  for (const [action, found] of actions) {
    const resources = condense(found);
    const key = resources.join(" ");
    const statement = byResources.get(key) ?? { actions: [], resources };
    statement.actions.push(action);
    byResources.set(key, statement);
  }
  return [...byResources]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { actions: all, resources }]) => ({
      Effect: "Allow",
      Action: all.toSorted(),
      Resource: resources,
    }));
}

function condense(found: ReadonlySet<string>): readonly string[] {
  if (found.has("*")) return ["*"];
  const sorted = [...found].toSorted();
  if (sorted.length <= maxResources) return sorted;
  const first = sorted[0] ?? "";
  const last = sorted.at(-1) ?? "";
  let length = 0;
  while (length < first.length && first[length] === last[length]) length += 1;
  // A pattern ends where a part of a name does.
  const cut = Math.max(...["/", ":", "-"].map((mark) => first.lastIndexOf(mark, length - 1)));
  return [`${first.slice(0, cut + 1)}*`];
}
