import { KubeadmControlPlaneFinalizer } from "../../api/constants.ts";
import { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import {
  type ClusterCertificates,
  ensureCertificates,
  lookupCertificates,
} from "../../bootstrap/certificates/cluster-certificates.ts";
import { endpointOf } from "../../bootstrap/kubeadm/cluster-facts.ts";
import { type ConditionValue, setConditions } from "../../bootstrap/objects/conditions.ts";
import { patchObject } from "../../bootstrap/objects/patch.ts";
import { pausedCondition } from "../../bootstrap/objects/paused.ts";
import { keyOf, type ObjectKey } from "../../runtime/client.ts";
import { done, requeueAfter, type Reconciler, type Result } from "../../runtime/controller.ts";
import { applyStep } from "./apply-step.ts";
import { type ControlPlane, isInitialized, type Member } from "./control-plane.ts";
import { computeStatus, type Findings } from "./control-plane-status.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import type { WorkloadObservation } from "./inspect-workload.ts";
import { ensureKubeconfig } from "./kubeconfig.ts";
import { withMemberConditions } from "./member-status.ts";
import { clusterOf, observeControlPlane } from "./observe.ts";
import { planControlPlane, type Step } from "./plan-control-plane.ts";
import { componentConditions, observeWorkload } from "./workload-conditions.ts";

/** Until the control plane is up, nothing in the management cluster tells when to look again. */
const unhealthyRequeueMs = 20_000;
/** A cluster without an answering API server is not scaled. */
const unreachableRequeueMs = 20_000;

/** How a reconcile ends: what it found out for the status, and when to look again. */
interface Outcome {
  readonly controlPlane: ControlPlane;
  readonly findings: Findings;
  readonly result: Result;
}

export class KubeadmControlPlaneReconciler implements Reconciler {
  readonly #deps: ControlPlaneDeps;

  constructor(deps: ControlPlaneDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const { client, clock } = this.#deps;
    const kcp = await client.get(KubeadmControlPlane, key);
    if (kcp === undefined) return done; // Gone: what it owned is garbage collected.
    const cluster = await clusterOf(client, kcp);
    // The Cluster's controller sets label and owner, which triggers the next reconcile.
    if (cluster === undefined) return done;

    const { finalizers = [] } = kcp.metadata;
    const isDeleting = kcp.metadata.deletionTimestamp !== undefined;
    if (!isDeleting && !finalizers.includes(KubeadmControlPlaneFinalizer)) {
      const metadata = {
        ...kcp.metadata,
        finalizers: [...finalizers, KubeadmControlPlaneFinalizer],
      };
      await patchObject(client, KubeadmControlPlane, kcp, { ...kcp, metadata });
      return done; // The change triggers the next reconcile.
    }
    const paused = pausedCondition(cluster, kcp);
    if (paused.status === "True") {
      await this.#write(kcp, kcp.status, [paused]);
      return done; // Unpausing changes the Cluster or the object.
    }
    const controlPlane = await observeControlPlane(client, kcp, cluster, clock.now());
    const outcome = await this.#reconcileNormal(controlPlane);
    await this.#write(kcp, computeStatus(outcome.controlPlane, outcome.findings), [paused]);
    return outcome.result;
  }

  async #reconcileNormal(controlPlane: ControlPlane): Promise<Outcome> {
    const { cluster, kcp } = controlPlane;
    const findings: Findings = {
      certificates: certificatesCondition([]),
      isInitialized: isInitialized(controlPlane),
    };
    if (cluster.status?.initialization?.infrastructureProvisioned !== true) {
      const blocked = "Cluster status.initialization.infrastructureProvisioned is false";
      // The Cluster is watched.
      return { controlPlane, findings: { ...findings, blocked }, result: done };
    }
    const { certificates, missing } = await this.#certificates(controlPlane);
    const known = { ...findings, certificates: certificatesCondition(missing) };
    const endpoint = endpointOf(cluster);
    const ca = certificates.get("ca");
    if (endpoint === undefined || ca === undefined) {
      const blocked = "Cluster spec.controlPlaneEndpoint is not set";
      return { controlPlane, findings: { ...known, blocked }, result: done };
    }
    await ensureKubeconfig(this.#deps, kcp, { key: keyOf(cluster), endpoint }, ca);
    return this.#reconcileMachines(controlPlane, known);
  }

  async #reconcileMachines(observed: ControlPlane, known: Findings): Promise<Outcome> {
    const workload = await observeWorkload(this.#deps, observed);
    const findings: Findings = {
      ...known,
      isInitialized: known.isInitialized || workload?.isInitialized === true,
    };
    const controlPlane = await this.#updateMembers(observed, workload);
    const status = computeStatus(controlPlane, findings);
    // The plan looks at conditions that this reconcile has just found.
    const current = { ...controlPlane, kcp: { ...controlPlane.kcp, status } };
    const step = planStep(current, workload);
    const result = await applyStep(this.#deps, current, step);
    return {
      controlPlane,
      findings: step.type === "wait" ? { ...findings, blocked: step.reason } : findings,
      result: result === done ? revisit(current) : result,
    };
  }

  /** While it is not initialized, what is missing is generated; afterwards a lost CA must never be replaced. */
  async #certificates({ kcp, cluster }: ControlPlane): Promise<{
    readonly certificates: ClusterCertificates;
    readonly missing: readonly string[];
  }> {
    const configuration = kcp.spec.kubeadmConfigSpec?.clusterConfiguration;
    if (kcp.status?.initialization?.controlPlaneInitialized === true) {
      return lookupCertificates(this.#deps, keyOf(cluster), configuration);
    }
    const certificates = await ensureCertificates(this.#deps, keyOf(cluster), configuration, kcp);
    return { certificates, missing: [] };
  }

  async #updateMembers(
    controlPlane: ControlPlane,
    workload: WorkloadObservation | undefined,
  ): Promise<ControlPlane> {
    const members: Member[] = [];
    for (const member of controlPlane.members) {
      const values = componentConditions(this.#deps, controlPlane, member, workload);
      const after = withMemberConditions(controlPlane, member, values);
      const machine = await patchObject(this.#deps.client, Machine, member.machine, after);
      members.push({ ...member, machine });
    }
    return { ...controlPlane, members };
  }

  async #write(
    kcp: KubeadmControlPlane,
    status: KubeadmControlPlane["status"],
    values: readonly ConditionValue[],
  ): Promise<void> {
    const stamp = { nowMs: this.#deps.clock.now(), generation: kcp.metadata.generation };
    const conditions = setConditions(status?.conditions, values, stamp);
    const after = { ...kcp, status: { ...status, conditions } };
    await patchObject(this.#deps.client, KubeadmControlPlane, kcp, after);
  }
}

function planStep(controlPlane: ControlPlane, workload: WorkloadObservation | undefined): Step {
  if (isInitialized(controlPlane) && workload === undefined) {
    const reason = "the workload cluster cannot be reached";
    return { type: "wait", reason, requeueAfterMs: unreachableRequeueMs };
  }
  return planControlPlane(controlPlane);
}

/** Pods and etcd members change without any object of the management cluster telling. */
function revisit(controlPlane: ControlPlane): Result {
  const components = controlPlane.kcp.status?.conditions?.find(
    ({ type }) => type === "ControlPlaneComponentsHealthy",
  );
  return isInitialized(controlPlane) && components?.status === "True"
    ? done
    : requeueAfter(unhealthyRequeueMs);
}

function certificatesCondition(missing: readonly string[]): ConditionValue {
  const type = "CertificatesAvailable";
  return missing.length === 0
    ? { type, status: "True", reason: "Available" }
    : {
        type,
        status: "False",
        reason: "NotAvailable",
        message: `Secrets ${missing.join(", ")} do not exist`,
      };
}
