import { CustomResourceDefinition } from "../../api/kubernetes.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import type { Client, Kind } from "../../runtime/client.ts";

/** The newest contract first: a provider that fulfils both is read by the newer one. */
const contracts = ["v1beta2", "v1beta1"] as const;

/**
 * References of the API name a group and a kind, never a version: the label of the CRD says which versions fulfil the
 * contract, and the last of them is used.
 */
export async function kindOfReference(
  client: Client,
  { apiGroup, kind }: Pick<ContractReference, "apiGroup" | "kind">,
): Promise<Kind> {
  const plural = pluralOf(kind);
  const name = `${plural}.${apiGroup}`;
  const crd = await client.get(CustomResourceDefinition, { namespace: "", name });
  if (crd === undefined) throw new Error(`the CustomResourceDefinition ${name} does not exist`);
  const labels = crd.metadata.labels ?? {};
  const label = contracts.map((contract) => labels[`cluster.x-k8s.io/${contract}`]).find(Boolean);
  const version = label?.split("_").sort(byVersion).at(-1);
  if (version === undefined) {
    throw new Error(`the CustomResourceDefinition ${name} has no label for a contract version`);
  }
  return { group: apiGroup, version, kind, plural, namespaced: crd.spec.scope === "Namespaced" };
}

function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (/(s|x|z|ch|sh)$/.test(name)) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** Kubernetes' order of versions: v1 after v1beta2 after v1beta1 after v1alpha1. */
function byVersion(left: string, right: string): number {
  const [a, b] = [versionRank(left), versionRank(right)];
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function versionRank(version: string): readonly [stage: number, major: number, minor: number] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return [0, 0, 0];
  const stages: Readonly<Record<string, number>> = { alpha: 1, beta: 2 };
  const [, major, stage, minor] = match;
  return [stage === undefined ? 3 : (stages[stage] ?? 0), Number(major), Number(minor ?? 0)];
}
