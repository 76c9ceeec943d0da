import { formatTime } from "../../kernel/clock.ts";
import { randomUuid } from "../../kernel/random.ts";
import type { Core } from "../core.ts";
import { compareText } from "../json.ts";
import type { KubeObject, ObjectMeta } from "../object.ts";
import { storageKey } from "../store.ts";
import type { Table } from "../table.ts";
import { aggregatedRules } from "./aggregated-rules.ts";
import { bootstrapPolicy } from "./generated/bootstrap-policy.ts";

const group = "rbac.authorization.k8s.io";
const kinds = {
  clusterroles: "ClusterRole",
  clusterrolebindings: "ClusterRoleBinding",
  roles: "Role",
  rolebindings: "RoleBinding",
} as const;

interface PolicyObject {
  readonly metadata: ObjectMeta;
  readonly aggregationRule?: unknown;
  readonly rules?: unknown;
}

/** What is made of other roles comes after them: view, edit, admin. */
function inOrder(entries: readonly unknown[]): readonly PolicyObject[] {
  const all = entries as readonly PolicyObject[];
  const made = all.filter(({ aggregationRule }) => aggregationRule !== undefined);
  return [
    ...all.filter(({ aggregationRule }) => aggregationRule === undefined),
    ...made.toSorted((a, b) => compareText(b.metadata.name ?? "", a.metadata.name ?? "")),
  ];
}

function aggregated(entry: PolicyObject, table: Table): PolicyObject {
  if (entry.aggregationRule === undefined) return entry;
  return { ...entry, rules: aggregatedRules(entry, table.list()) };
}

/** Creates the roles and bindings that everybody expects to find: cluster-admin, view, system:discovery and the like. */
export function bootstrapRoles(core: Core): void {
  for (const [plural, kind] of Object.entries(kinds)) {
    const table = core.store.table(`${plural}.${group}`);
    for (const entry of inOrder(bootstrapPolicy[plural as keyof typeof kinds])) {
      const { metadata, ...rest } = aggregated(entry, table);
      const { name = "", namespace = "" } = metadata;
      const key = storageKey(namespace, name);
      if (table.get(key) !== undefined) continue;
      const object: KubeObject = {
        apiVersion: `${group}/v1`,
        kind,
        metadata: {
          ...metadata,
          uid: randomUuid(core.random, "uid", `${core.state.name}/${table.id}/${key}`),
          creationTimestamp: formatTime(core.clock.now()),
        },
        ...rest,
      };
      core.store.put(table, { namespace, name }, object);
    }
  }
}
