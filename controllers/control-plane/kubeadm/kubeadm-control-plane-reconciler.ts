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
import { persist } from "../../runtime/persist.ts";
import { pausedCondition } from "../../bootstrap/objects/paused.ts";
import { keyOf, type ObjectKey } from "../../runtime/client.ts";
import { done, requeueAfter, type Reconciler, type Result } from "../../runtime/controller.ts";
import { adoptMachines } from "./adopt-machines.ts";
import { applyRemediation, finishRemediation } from "./apply-remediation.ts";
import { applyStep } from "./apply-step.ts";
import { noteCertificateExpiry } from "./certificate-expiry.ts";
import { type ControlPlane, isEtcdManaged, isInitialized, type Member } from "./control-plane.ts";
import { computeStatus, type Findings } from "./control-plane-status.ts";
import { dropFinalizer, reconcileDelete } from "./deletion.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { EtcdAccess } from "./etcd-access.ts";
import { etcdClusterProblem } from "./etcd-health.ts";
import { ensureKubeadmPermissions } from "./kubeadm-permissions.ts";
import { ensureKubeconfig } from "./kubeconfig.ts";
import { withMemberConditions } from "./member-status.ts";
import { clusterOf, observeControlPlane } from "./observe.ts";
import { observeEtcd } from "./observe-etcd.ts";
import { ownInfrastructureTemplate } from "./own-template.ts";
import { planControlPlane, type Step } from "./plan-control-plane.ts";
import { planRemediation } from "./plan-remediation.ts";
import { applyTermination, planTermination } from "./pre-terminate.ts";
import { removeOrphanMember } from "./orphan-members.ts";
import { syncMachines } from "./sync-machines.ts";
import { updateAddons, updateKubeadmConfig } from "./update-workload.ts";
import { memberConditions, type Observed, observeWorkload } from "./workload-conditions.ts";

/** Until the control plane is up, nothing in the management cluster tells when to look again. */
const unhealthyRequeueMs = 20_000;
/** A cluster without an answering API server is not scaled. */
const unreachableRequeueMs = 20_000;
/** etcd has changed; what it says next is the base of the next decision. */
const shortRequeueMs = 1_000;

/** How a reconcile ends: what it found out for the status, and when to look again. */
interface Outcome {
  readonly controlPlane: ControlPlane;
  readonly findings: Findings;
  readonly result: Result;
}

export class KubeadmControlPlaneReconciler implements Reconciler {
  readonly #deps: ControlPlaneDeps;
  readonly #etcd: EtcdAccess;

  constructor(deps: ControlPlaneDeps) {
    this.#deps = deps;
    this.#etcd = new EtcdAccess(deps);
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
      await persist(client, KubeadmControlPlane, kcp, { ...kcp, metadata });
      return done; // The change triggers the next reconcile.
    }
    const paused = pausedCondition(cluster, kcp);
    if (paused.status === "True") {
      await this.#write(kcp, kcp.status, [paused]);
      return done; // Unpausing changes the Cluster or the object.
    }
    // The Machines that were adopted trigger the next reconcile.
    if (!isDeleting && (await adoptMachines(this.#deps, kcp, cluster))) return done;
    const controlPlane = await observeControlPlane(client, kcp, cluster, clock.now());
    if (isDeleting) return this.#reconcileDelete(controlPlane, paused);
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
    await ownInfrastructureTemplate(this.#deps, controlPlane);
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
      // The Cluster is watched; a CA that is lost after initialization only a person can bring back.
      const blocked =
        endpoint === undefined
          ? "Cluster spec.controlPlaneEndpoint is not set"
          : "the certificates of the cluster are not available";
      return { controlPlane, findings: { ...known, blocked }, result: done };
    }
    await ensureKubeconfig(this.#deps, kcp, { key: keyOf(cluster), endpoint }, ca);
    return this.#reconcileMachines(await syncMachines(this.#deps, controlPlane), known);
  }

  async #reconcileDelete(controlPlane: ControlPlane, paused: ConditionValue): Promise<Result> {
    const { kcp, cluster } = controlPlane;
    const progress = await reconcileDelete(this.#deps, controlPlane);
    const findings: Findings = {
      certificates: certificatesCondition([]),
      isInitialized: isInitialized(controlPlane),
      deleting: progress.condition,
    };
    const stored = await this.#write(kcp, computeStatus(controlPlane, findings), [paused]);
    if (progress.isComplete) {
      this.#etcd.forget(keyOf(cluster));
      await dropFinalizer(this.#deps, stored);
    }
    return progress.result;
  }

  async #reconcileMachines(before: ControlPlane, known: Findings): Promise<Outcome> {
    const workload = await observeWorkload(this.#deps, before);
    const findings: Findings = {
      ...known,
      isInitialized: known.isInitialized || workload?.isInitialized === true,
    };
    const etcd =
      workload !== undefined && findings.isInitialized && isEtcdManaged(before)
        ? await observeEtcd(this.#etcd, before)
        : undefined;
    const seen: Observed = { workload, etcd };
    const controlPlane = await this.#updateMembers(before, seen);
    const etcdCluster =
      seen.etcd && workload && etcdClusterProblem(controlPlane, seen.etcd, workload);
    const all = etcdCluster === undefined ? findings : { ...findings, etcdCluster };
    const status = computeStatus(controlPlane, all);
    // The plan looks at conditions that this reconcile has just found.
    const current = { ...controlPlane, kcp: { ...controlPlane.kcp, status } };
    return this.#act(current, seen, all);
  }

  /** One change per reconcile: etcd's list first, then a machine on its way out, then repair, then size and version. */
  async #act(controlPlane: ControlPlane, seen: Observed, findings: Findings): Promise<Outcome> {
    const end = (result: Result, blocked?: string): Outcome => ({
      controlPlane,
      findings: blocked === undefined ? findings : { ...findings, blocked },
      result,
    });
    const { workload, etcd } = seen;
    if (etcd !== undefined && workload !== undefined) {
      const removed = await removeOrphanMember(this.#deps, this.#etcd, controlPlane, {
        etcd,
        workload,
      });
      if (removed) return end(requeueAfter(shortRequeueMs));
    }
    const termination = planTermination(controlPlane, etcd);
    const afterTermination = await applyTermination(
      this.#deps,
      this.#etcd,
      controlPlane,
      termination,
    );
    if (afterTermination !== undefined) {
      return end(afterTermination, termination.type === "wait" ? termination.reason : undefined);
    }
    await finishRemediation(this.#deps, controlPlane);
    const remediation = planRemediation(controlPlane, etcd);
    if (await applyRemediation(this.#deps, controlPlane, remediation)) return end(done); // The deletion triggers the next one.

    const step = planStep(controlPlane, seen);
    if (workload !== undefined) await this.#prepareWorkload(controlPlane, step);
    const result = await applyStep(this.#deps, controlPlane, step);
    const next = result === done ? revisit(controlPlane) : result;
    return end(next, step.type === "wait" ? step.reason : undefined);
  }

  /** What joining machines read is brought up to date before they come; the add-ons follow after the last one. */
  async #prepareWorkload(controlPlane: ControlPlane, step: Step): Promise<void> {
    if (!isInitialized(controlPlane)) return;
    const client = await this.#deps.workload.client(keyOf(controlPlane.cluster));
    if (step.type === "scaleUp") {
      await ensureKubeadmPermissions(client);
      await updateKubeadmConfig(client, controlPlane.kcp);
    }
    if (step.type !== "none") return;
    await updateAddons(client, controlPlane.kcp);
    await noteCertificateExpiry(this.#deps, controlPlane);
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

  async #updateMembers(controlPlane: ControlPlane, seen: Observed): Promise<ControlPlane> {
    const members: Member[] = [];
    for (const member of controlPlane.members) {
      const values = memberConditions(this.#deps, controlPlane, member, seen);
      const after = withMemberConditions(controlPlane, member, values);
      const machine = await persist(this.#deps.client, Machine, member.machine, after);
      members.push({ ...member, machine });
    }
    return { ...controlPlane, members };
  }

  async #write(
    kcp: KubeadmControlPlane,
    status: KubeadmControlPlane["status"],
    values: readonly ConditionValue[],
  ): Promise<KubeadmControlPlane> {
    const stamp = { nowMs: this.#deps.clock.now(), generation: kcp.metadata.generation };
    const conditions = setConditions(status?.conditions, values, stamp);
    const after = { ...kcp, status: { ...status, conditions } };
    return persist(this.#deps.client, KubeadmControlPlane, kcp, after);
  }
}

function planStep(controlPlane: ControlPlane, { workload, etcd }: Observed): Step {
  if (isInitialized(controlPlane) && workload === undefined) {
    const reason = "the workload cluster cannot be reached";
    return { type: "wait", reason, requeueAfterMs: unreachableRequeueMs };
  }
  return planControlPlane(controlPlane, etcd);
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
