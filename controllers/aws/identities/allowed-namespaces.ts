import { Namespace } from "../../api/kubernetes.ts";
import type { AllowedNamespaces } from "../../api/generated/definitions.ts";
import type { Reader } from "../../runtime/client.ts";
import { matchesSelector } from "../../runtime/label-selector.ts";

/** Absent allows none, `{}` allows all; else the list or the labels of the namespace decide. capa-behaviour 9.2. */
export async function isNamespaceAllowed(
  reader: Reader,
  allowed: AllowedNamespaces | undefined,
  namespace: string,
): Promise<boolean> {
  if (allowed === undefined) return false;
  const { list, selector } = allowed;
  if (list === undefined && selector === undefined) return true;
  if (list?.includes(namespace) === true) return true;
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  // An empty selector matches none here, unlike elsewhere in Kubernetes.
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return false;
  const found = await reader.get(Namespace, { namespace: "", name: namespace });
  return matchesSelector({ matchLabels, matchExpressions }, found?.metadata.labels);
}
