import { record, records } from "../crds/definition.ts";
import type { Entry } from "../history.ts";
import { compareText, deepEqual } from "../json.ts";
import { matchesLabelSelector } from "../label-selector.ts";
import type { KubeObject } from "../object.ts";
import { StatusError } from "../status.ts";
import { InternalClient, type LoopServer } from "./internal-client.ts";

const table = "clusterroles.rbac.authorization.k8s.io";
const delayMs = 1;

/** Keeps the rules of ClusterRoles that are made of others. Returns what stops it. */
export function startRoleAggregation(server: LoopServer): () => void {
  const { state, store } = server;
  const client = new InternalClient(server, "clusterrole-aggregation-controller");
  const roles = store.table(table);
  const timers = new Map<string, unknown>();
  const look = async (name: string) => {
    timers.delete(name);
    const role = roles.get(name)?.object;
    if (role === undefined || role.metadata.deletionTimestamp !== undefined) return;
    const rules = aggregated(role, roles.list());
    const resource = state.registry.find("rbac.authorization.k8s.io", "v1", "clusterroles");
    if (resource === undefined || deepEqual(rules, record(role)["rules"] ?? [])) return;
    try {
      await client.apply(resource, role, { rules });
    } catch (error) {
      // It has gone, or changed meanwhile, which makes it look again.
      if (!(error instanceof StatusError)) throw error;
    }
  };
  const unsubscribe = roles.onChange(({ entry }) => {
    // A change matters to the role itself and to all that may be made of it.
    for (const { name, object } of roles.list()) {
      if (selectorsOf(object).length === 0 || timers.has(name)) continue;
      const why = `role aggregation of ${state.name}: ${name} after ${entry.name}`;
      timers.set(
        name,
        state.clock.setTimeout(() => void look(name), delayMs, why),
      );
    }
  });
  return () => {
    unsubscribe();
    for (const timer of timers.values()) state.clock.clearTimeout(timer);
  };
}

function selectorsOf(role: KubeObject) {
  return records(record(role["aggregationRule"])["clusterRoleSelectors"]);
}

/** The rules of all selected roles, by name, each rule once. */
function aggregated(role: KubeObject, all: readonly Entry[]): readonly unknown[] {
  const rules: unknown[] = [];
  for (const selector of selectorsOf(role)) {
    const parts = all
      .map(({ object }) => object)
      .filter(({ metadata }) => metadata.name !== role.metadata.name)
      .filter(({ metadata }) => matchesLabelSelector(selector, metadata.labels))
      .toSorted((a, b) => compareText(a.metadata.name ?? "", b.metadata.name ?? ""));
    for (const rule of parts.flatMap((part) => records(part["rules"]))) {
      if (!rules.some((each) => deepEqual(each, rule))) rules.push(rule);
    }
  }
  return rules;
}
