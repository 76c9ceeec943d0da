import { AWSCluster, AWSMachine } from "../../api/aws/v1beta2.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import { ClusterNameLabel, ManagedByAnnotation, PausedAnnotation } from "../../api/constants.ts";
import type { KubeObject, ObjectKey } from "../../runtime/client.ts";
import {
  type ControllerDeps,
  done,
  type Reconciler,
  requeueAfter,
  type Result,
} from "../../runtime/controller.ts";
import { Draft } from "../../runtime/draft.ts";
import type { AwsClients } from "../clients.ts";
import { PrincipalError, type Principals } from "../identities/principals.ts";
import type { ClusterScope } from "../cluster-scope.ts";
import { markFalse, markPaused, markTrue, summarize } from "../conditions.ts";
import { describeError, failedCall } from "../failed-call.ts";
import { failedCallEvents } from "../tables/call-events.ts";
import { apiServerPort } from "../security-group-input.ts";
import { deleteInfrastructure } from "./delete-infrastructure.ts";
import { failureDomains } from "./failure-domains.ts";
import { findRival } from "./rival.ts";
import { infrastructureSteps } from "./infrastructure-steps.ts";
import { WaitingPasses } from "./waiting-passes.ts";

export const awsClusterFinalizer = "awscluster.infrastructure.cluster.x-k8s.io";

/** How often upstream looks whether the last AWSMachine has gone. */
const machinesGoneMs = 20_000;

export type AwsDeps = ControllerDeps & { readonly principals: Principals };

export class AWSClusterReconciler implements Reconciler {
  readonly #deps: AwsDeps;
  readonly #passes: WaitingPasses;

  constructor(deps: AwsDeps) {
    this.#deps = deps;
    this.#passes = new WaitingPasses(deps.clock);
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const { client } = this.#deps;
    const awsCluster = await client.get(AWSCluster, key);
    if (awsCluster === undefined) return done; // Already gone, and its finalizer with it.

    const cluster = await this.#ownerCluster(awsCluster);
    if (cluster === undefined) return done; // The Cluster's controller sets the owner reference: that is a change.
    if (isPaused(cluster, awsCluster)) {
      const draft = new Draft(client, AWSCluster, awsCluster);
      markPaused(draft.value, true, this.#deps.clock);
      await draft.save();
      return done; // Unpausing is a change of the object or of its Cluster.
    }
    if (awsCluster.metadata.annotations?.[ManagedByAnnotation] !== undefined) {
      return done; // Somebody else manages this infrastructure and writes its status.
    }

    const pass = this.#passes.take(awsCluster);
    const scope = await this.#openScope(awsCluster, cluster, pass.steps);
    let result: Result;
    try {
      result =
        awsCluster.metadata.deletionTimestamp === undefined
          ? await this.#reconcileNormal(scope)
          : await this.#reconcileDelete(scope);
    } finally {
      await scope.persist();
    }
    // What it has found out is stored: the next poll may rely on it.
    if (result.requeueAfterMs !== undefined) this.#passes.keep(awsCluster, pass);
    return result;
  }

  async #ownerCluster(awsCluster: AWSCluster): Promise<Cluster | undefined> {
    const owner = awsCluster.metadata.ownerReferences?.find(({ kind }) => kind === "Cluster");
    if (owner === undefined) return undefined;
    const namespace = awsCluster.metadata.namespace ?? "";
    return this.#deps.client.get(Cluster, { namespace, name: owner.name });
  }

  async #openScope(
    awsCluster: AWSCluster,
    cluster: Cluster,
    passed: Set<string>,
  ): Promise<ClusterScope> {
    const { client, clock, random, recorder } = this.#deps;
    const draft = new Draft(client, AWSCluster, awsCluster);
    markPaused(draft.value, false, clock);
    const aws = await this.#clients(draft);
    const region = awsCluster.spec?.region ?? "";
    return {
      clusterName: cluster.metadata.name,
      isInUse: cluster.status?.initialization?.controlPlaneInitialized === true,
      namespace: awsCluster.metadata.namespace ?? "",
      region,
      clock,
      random,
      recorder,
      draft: draft.value,
      passed,
      aws,
      persist: () => draft.save(),
    };
  }

  /** The clients of the identity that the AWSCluster names; what is wrong with it is said in its conditions. */
  async #clients(draft: Draft<AWSCluster>): Promise<AwsClients> {
    const { clock, principals } = this.#deps;
    try {
      const clients = await principals.clientsFor(draft.value);
      if (draft.value.spec?.identityRef !== undefined) {
        markTrue(draft.value, "PrincipalUsageAllowed", clock);
        markTrue(draft.value, "PrincipalCredentialRetrieved", clock);
      }
      return clients;
    } catch (error) {
      if (!(error instanceof PrincipalError)) throw error;
      const { reason, message } = error;
      markFalse(draft.value, error.condition, { reason, severity: "Error", message }, clock);
      await draft.save();
      throw error;
    }
  }

  /** A crash between two steps is safe: each looks for what is there before it makes anything. */
  async #reconcileNormal(scope: ClusterScope): Promise<Result> {
    const { draft, clock } = scope;
    if (!draft.metadata.finalizers?.includes(awsClusterFinalizer)) {
      draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), awsClusterFinalizer];
      await scope.persist();
    }
    await this.#assertUnrivalled(scope);
    const conditions = infrastructureSteps.map(({ condition }) => condition);
    try {
      for (const { condition, failedReason, reconcile, applies } of infrastructureSteps) {
        if (applies?.(scope) === false || scope.passed.has(condition)) continue;
        const wait = await this.#step(scope, { condition, failedReason }, reconcile(scope));
        if (wait === undefined) {
          markTrue(draft, condition, clock);
          scope.passed.add(condition);
          continue;
        }
        const { reason, message, requeueAfterMs } = wait;
        markFalse(draft, condition, { reason, severity: "Info", message }, clock);
        return requeueAfter(requeueAfterMs); // What AWS is working on sends no event.
      }
    } finally {
      summarize(draft, conditions, clock);
    }
    publish(scope);
    return done; // Drift is looked for at the next resync.
  }

  async #assertUnrivalled(scope: ClusterScope): Promise<void> {
    const rival = await findRival(this.#deps.client, scope.draft);
    if (rival === undefined) return;
    const { namespace = "", name } = rival.metadata;
    const message =
      `AWSCluster ${namespace}/${name} belongs to a Cluster that is also named ${scope.clusterName}: ` +
      "in one account and region the names of Clusters must differ";
    const why = { reason: "VpcReconciliationFailed", severity: "Error", message } as const;
    markFalse(scope.draft, "VpcReady", why, scope.clock);
    throw new Error(message);
  }

  async #step<T>(
    scope: ClusterScope,
    names: { readonly condition: string; readonly failedReason: string },
    work: Promise<T>,
  ): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const message = describeError(error);
      const { condition, failedReason: reason } = names;
      const severity = scope.isInUse ? "Error" : "Warning";
      markFalse(scope.draft, condition, { reason, severity, message }, scope.clock);
      this.#recordFailedCall(scope, error);
      throw error;
    }
  }

  #recordFailedCall({ draft }: ClusterScope, error: unknown): void {
    const call = failedCall(error);
    const words = call === undefined ? undefined : failedCallEvents[call.operation]?.(call.input);
    if (words === undefined) return; // The condition tells it, as it does upstream.
    const [reason, what] = words;
    this.#deps.recorder.event(draft, "Warning", reason, `${what}: ${describeError(error)}`);
  }

  async #reconcileDelete(scope: ClusterScope): Promise<Result> {
    const { draft, clock, namespace, clusterName } = scope;
    const machines = await this.#deps.client.list(AWSMachine, {
      namespace,
      labels: { [ClusterNameLabel]: clusterName },
    });
    if (machines.length > 0) return requeueAfter(machinesGoneMs); // Instances live in the network.

    const rival = await findRival(this.#deps.client, scope.draft);
    // What has our names was made by the other one.
    const work = rival === undefined ? deleteInfrastructure(scope) : Promise.resolve(undefined);
    const names = { condition: "Ready", failedReason: "DeletingFailed" };
    const wait = await this.#step(scope, names, work);
    if (wait !== undefined) {
      const { reason, message, requeueAfterMs } = wait;
      markFalse(draft, "Ready", { reason, severity: "Info", message }, clock);
      return requeueAfter(requeueAfterMs);
    }
    const finalizers = draft.metadata.finalizers ?? [];
    draft.metadata.finalizers = finalizers.filter((one) => one !== awsClusterFinalizer);
    return done; // Nothing is left in AWS; without the finalizer the object goes.
  }
}

/** The Cluster is paused, or this object is on its own. */
export function isPaused(cluster: Cluster, object: KubeObject): boolean {
  return (
    cluster.spec?.paused === true || object.metadata.annotations?.[PausedAnnotation] !== undefined
  );
}

/** What Cluster API's contract asks of an infrastructure that is ready. */
function publish(scope: ClusterScope): void {
  const { draft } = scope;
  const spec = (draft.spec ??= {});
  const status = (draft.status ??= { ready: false });
  const host = status.networkStatus?.apiServerElb?.dnsName ?? "";
  if (spec.controlPlaneEndpoint === undefined || spec.controlPlaneEndpoint.host === "") {
    spec.controlPlaneEndpoint = { host, port: apiServerPort(scope) };
  }
  status.failureDomains = failureDomains(scope);
  status.ready = true;
}
