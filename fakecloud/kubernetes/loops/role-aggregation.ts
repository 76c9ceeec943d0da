import { aggregatedRules, selectorsOf } from "../authorization/aggregated-rules.ts";
import { record } from "../crds/definition.ts";
import { deepEqual } from "../json.ts";
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
    const rules = aggregatedRules(role, roles.list());
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
