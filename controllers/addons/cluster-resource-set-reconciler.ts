import { ClusterResourceSet } from "../api/addons/v1beta2.ts";
import { ClusterResourceSetFinalizer } from "../api/constants.ts";
import { Cluster } from "../api/core/v1beta2.ts";
import { ConfigMap, Secret } from "../api/kubernetes.ts";
import { type Client, keyOf, type KubeObject, type ObjectKey } from "../runtime/client.ts";
import { formatTime } from "../runtime/clock.ts";
import { type ConditionInput, setCondition } from "../runtime/conditions.ts";
import {
  type Controller,
  type ControllerDeps,
  done,
  reconcileIntervalMs,
  requeueAfter,
  type Result,
  watch,
} from "../runtime/controller.ts";
import { isConflict, messageOf, WorkloadUnreachableError } from "../runtime/errors.ts";
import { ensureFinalizer, removeFinalizer } from "../runtime/finalizers.ts";
import { deepEqual, draftOf } from "../runtime/json.ts";
import { matchesSelector } from "../runtime/label-selector.ts";
import { ownerReferenceTo, withOwnerReference } from "../runtime/owner-references.ts";
import { persist } from "../runtime/persist.ts";
import { applyResources } from "./apply-resources.ts";
import { Binding } from "./binding.ts";
import { forgetSet } from "./forget-set.ts";
import { readSource, type ResourceSource } from "./resource-source.ts";

const conflictRetryMs = 100;
const conditionType = "ResourcesApplied";
const pausedAnnotation = "cluster.x-k8s.io/paused";

/** Applies manifests from ConfigMaps and Secrets to every cluster that a selector finds. capi-behaviour 11. */
export class ClusterResourceSetReconciler {
  readonly #deps: ControllerDeps;

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const { client } = this.#deps;
    const found = await client.get(ClusterResourceSet, key);
    if (found === undefined) return done; // Gone.
    if (found.metadata.annotations?.[pausedAnnotation] !== undefined) return done; // Unpausing is a change.
    if (found.metadata.deletionTimestamp !== undefined) {
      await forgetSet(client, found);
      await removeFinalizer(client, ClusterResourceSet, found, ClusterResourceSetFinalizer);
      return done; // The object is gone.
    }
    const set = await ensureFinalizer(
      client,
      ClusterResourceSet,
      found,
      ClusterResourceSetFinalizer,
    );
    const draft = draftOf(set);
    const { condition, error } = await this.#apply(set);
    // Two sets of one cluster write one binding: who comes second looks again, and nothing has failed.
    if (isConflict(error)) return requeueAfter(conflictRetryMs);
    setCondition(draft, condition, this.#deps.clock.now());
    const { generation } = set.metadata;
    if (error === undefined && generation !== undefined) {
      (draft.status ??= {}).observedGeneration = generation;
    }
    await persist(client, ClusterResourceSet, set, draft);
    if (error === undefined) return done; // Clusters, ConfigMaps and Secrets are watched.
    throw error;
  }

  async #apply(set: ClusterResourceSet): Promise<{ condition: ConditionInput; error?: unknown }> {
    const failure = (reason: string, error: unknown, message = messageOf(error)) => ({
      condition: { type: conditionType, status: "False" as const, reason, message },
      error,
    });
    const missing: string[] = [];
    const errors: unknown[] = [];
    try {
      const sources = await this.#sources(set, missing);
      for (const cluster of await this.#clusters(set)) {
        try {
          await this.#applyToCluster(set, cluster, sources);
        } catch (error) {
          errors.push(error); // Other clusters must not wait for this one.
        }
      }
    } catch (error) {
      return failure("InternalError", error, "Please check controller logs for errors");
    }
    const unreachable = errors.find((error) => error instanceof WorkloadUnreachableError);
    if (unreachable !== undefined && errors.length === 1) {
      return failure("InternalError", unreachable, "Failed to reach a matching cluster");
    }
    if (errors.length > 0) {
      return failure(
        "NotApplied",
        errors.find(isConflict) ?? errors[0],
        "Failed to apply all resources",
      );
    }
    if (missing.length > 0) {
      // Upstream overwrites this with True at the end of its loop; what is missing comes as a watched change.
      const message = `${missing.join(", ")} not found`;
      return {
        condition: { type: conditionType, status: "False", reason: "InternalError", message },
      };
    }
    return { condition: { type: conditionType, status: "True", reason: "Applied" } };
  }

  async #clusters(set: ClusterResourceSet): Promise<readonly Cluster[]> {
    const { namespace = "" } = set.metadata;
    const clusters = await this.#deps.client.list(Cluster, { namespace });
    return clusters.filter(
      (cluster) =>
        cluster.metadata.deletionTimestamp === undefined &&
        selects(set, cluster) &&
        cluster.status?.initialization?.controlPlaneInitialized === true,
    );
  }

  async #sources(set: ClusterResourceSet, missing: string[]): Promise<readonly ResourceSource[]> {
    const { namespace = "" } = set.metadata;
    const sources: ResourceSource[] = [];
    for (const reference of set.spec.resources) {
      const source = await readSource(this.#deps.client, reference, namespace);
      if (source === undefined) missing.push(`${reference.kind} ${reference.name}`);
      else {
        await own(this.#deps.client, source, set);
        sources.push(source);
      }
    }
    return sources;
  }

  async #applyToCluster(
    set: ClusterResourceSet,
    cluster: Cluster,
    sources: readonly ResourceSource[],
  ): Promise<void> {
    const { client, apiReader: reader, clock, workload } = this.#deps;
    const strategy = set.spec.strategy ?? "ApplyOnce";
    const binding = await Binding.open({ client, reader }, cluster);
    const due = sources.filter(({ reference, hash }) => {
      const entry = binding.find(set, reference);
      return entry?.applied !== true || (strategy === "Reconcile" && entry.hash !== hash);
    });
    if (due.length === 0) return;
    const remote = await workload.client(keyOf(cluster));
    const failures: unknown[] = [];
    for (const { reference, hash, texts } of due) {
      let applied = true;
      try {
        await applyResources(remote, texts, strategy);
      } catch (error) {
        failures.push(error);
        applied = false;
      }
      const lastAppliedTime = formatTime(clock.now());
      binding.record(set, { ...reference, hash, applied, lastAppliedTime });
    }
    await binding.save();
    if (failures.length > 0) throw failures[0];
  }
}

/** An empty selector selects nothing. */
function selects({ spec }: ClusterResourceSet, cluster: Cluster): boolean {
  const { matchLabels = {}, matchExpressions = [] } = spec.clusterSelector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) return false;
  return matchesSelector(spec.clusterSelector, cluster.metadata.labels);
}

/** The sources go with the set. */
async function own(
  client: Client,
  { object, reference }: ResourceSource,
  set: ClusterResourceSet,
): Promise<void> {
  const { ownerReferences = [], resourceVersion } = object.metadata;
  if (ownerReferences.some(({ uid }) => uid === set.metadata.uid)) return;
  const owners = withOwnerReference(ownerReferences, ownerReferenceTo(set));
  const metadata = { resourceVersion, ownerReferences: owners };
  const kind = reference.kind === "ConfigMap" ? ConfigMap : Secret;
  await client.mergePatch<KubeObject>(kind, keyOf(object), { metadata });
}

export function clusterResourceSetController(deps: ControllerDeps): Controller {
  const setsOf = async (namespace: string, wanted: (set: ClusterResourceSet) => boolean) =>
    (await deps.client.list(ClusterResourceSet, { namespace })).filter(wanted).map(keyOf);
  const usesResource = (kind: string) => (object: KubeObject) =>
    setsOf(object.metadata.namespace ?? "", ({ spec }) =>
      spec.resources.some((entry) => entry.kind === kind && entry.name === object.metadata.name),
    );
  return {
    name: "clusterresourceset",
    for: watch({ kind: ClusterResourceSet, toRequests: (set) => [keyOf(set)] }),
    watches: [
      watch({
        kind: Cluster,
        toRequests: (cluster) =>
          setsOf(cluster.metadata.namespace ?? "", (set) => selects(set, cluster)),
        predicate: isRelevantToSets,
      }),
      watch({ kind: ConfigMap, toRequests: usesResource("ConfigMap") }),
      watch({ kind: Secret, toRequests: usesResource("Secret") }),
    ],
    onWorkloadConnection: async (key) => {
      const cluster = await deps.client.get(Cluster, key);
      return cluster === undefined ? [] : setsOf(key.namespace, (set) => selects(set, cluster));
    },
    concurrency: 10,
    intervalMs: reconcileIntervalMs,
    reconciler: new ClusterResourceSetReconciler(deps),
  };
}

function isRelevantToSets(cluster: Cluster, old?: Cluster): boolean {
  return (
    old === undefined ||
    !deepEqual(cluster.metadata.labels, old.metadata.labels) ||
    cluster.status?.initialization?.controlPlaneInitialized !==
      old.status?.initialization?.controlPlaneInitialized
  );
}
