import { formatTime } from "../../kernel/clock.ts";
import { markTerminating } from "../crds/terminating.ts";
import { record } from "../crds/definition.ts";
import { type KubeObject, withField, withMeta } from "../object.ts";
import type { KindRules } from "./resource.ts";

type Strategy = Pick<KindRules, "prepareCreate" | "prepareDelete" | "prepareUpdate" | "validate">;

function namespaceLabel(object: KubeObject): KubeObject {
  const { name, labels } = object.metadata;
  if (name === undefined || labels?.["kubernetes.io/metadata.name"] === name) return object;
  return withMeta(object, { labels: { ...labels, "kubernetes.io/metadata.name": name } });
}

/** A new Namespace is Active, and held by the finalizer that the namespace controller removes in the end. */
const namespaces: Strategy = {
  prepareCreate: (object) =>
    namespaceLabel({
      ...object,
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    }),
  prepareUpdate: (object, live) =>
    withField(withField(namespaceLabel(object), "spec", live["spec"]), "status", live["status"]),
  prepareDelete: (live) =>
    withField(live, "status", { ...record(live["status"]), phase: "Terminating" }),
};

/** A definition that goes away first takes its objects with it: its own finalizer holds it until they are gone. */
const definitions: Strategy = {
  prepareCreate: (object) => withField(object, "status", undefined),
  prepareDelete: (live, { clock }) =>
    markTerminating(live, formatTime(clock.now()), {
      status: "True",
      reason: "InstanceDeletionPending",
      message:
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    }),
};

/** By "Kind.group". */
export const builtinStrategies: Readonly<Record<string, Strategy>> = {
  Namespace: namespaces,
  "CustomResourceDefinition.apiextensions.k8s.io": definitions,
};
