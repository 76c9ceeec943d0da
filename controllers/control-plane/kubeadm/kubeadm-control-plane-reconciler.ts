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
import { type ControlPlane, isInitialized, type Member } from "./control-plane.ts";
import { computeStatus, type Findings } from "./control-plane-status.ts";
import { dropFinalizer, reconcileDelete, workersRemain } from "./deletion.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { EtcdAccess } from "./etcd-access.ts";
import { inspect, type Inspection, memberConditions, notInspected } from "./inspection.ts";
import { ensureKubeadmPermissions } from "./kubeadm-permissions.ts";
import { ensureKubeconfig } from "./kubeconfig.ts";
import { withMemberConditions } from "./member-status.ts";
import { clusterOf, observeControlPlane } from "./observe.ts";
import { ownInfrastructureTemplate } from "./own-template.ts";
import { planControlPlane, type Step } from "./plan-control-plane.ts";
import { planRemediation } from "./plan-remediation.ts";
import { applyTermination, planTermination } from "./pre-terminate.ts";
import { removeOrphanMember } from "./orphan-members.ts";
import { syncMachines } from "./sync-machines.ts";
import { updateAddons, updateKubeadmConfig } from "./update-workload.ts";

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
  /** Computed already, and true still. */
  readonly status?: KubeadmControlPlane["status"];
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
    const status = outcome.status ?? computeStatus(outcome.controlPlane, outcome.findings);
    await this.#write(kcp, status, [paused]);
    return outcome.result;
  }

  async #reconcileNormal(controlPlane: ControlPlane): Promise<Outcome> {
    const { cluster, kcp } = controlPlane;
    const hasTemplate = await ownInfrastructureTemplate(this.#deps, controlPlane);
    const { kind } = kcp.spec.machineTemplate.spec.infrastructureRef;
    const first: Omit<Findings, "inspection"> = {
      isInitialized: isInitialized(controlPlane),
      ...(hasTemplate ? {} : { missingTemplate: kind }),
    };
    if (cluster.status?.initialization?.infrastructureProvisioned !== true) {
      // The Cluster is watched.
      return waitFor(
        controlPlane,
        first,
        "Waiting for Cluster status.infrastructureReady to be true",
      );
    }
    const { certificates, missing } = await this.#certificates(controlPlane);
    const known = { ...first, certificates: certificatesCondition(missing) };
    const endpoint = endpointOf(cluster);
    if (endpoint === undefined) {
      // The Cluster is watched.
      const message = "Waiting for Cluster spec.controlPlaneEndpoint to be set";
      return waitFor(controlPlane, known, message);
    }
    const ca = certificates.get("ca");
    if (ca === undefined) {
      // A CA that is lost after initialization only a person can bring back.
      return { controlPlane, findings: { ...known, inspection: { type: "kept" } }, result: done };
    }
    await ensureKubeconfig(this.#deps, kcp, { key: keyOf(cluster), endpoint }, ca);
    return this.#reconcileMachines(await syncMachines(this.#deps, controlPlane), known);
  }

  async #reconcileDelete(controlPlane: ControlPlane, paused: ConditionValue): Promise<Result> {
    const { kcp, cluster } = controlPlane;
    const progress = await reconcileDelete(this.#deps, controlPlane);
    // While workers go the control plane goes on; later there is nobody left to ask.
    const isServing = progress.condition.reason === workersRemain;
    const [inspection, current] = isServing
      ? await this.#inspect(controlPlane)
      : [kept, controlPlane];
    const findings: Findings = {
      isInitialized: isInitialized(controlPlane),
      inspection,
      deleting: progress.condition,
    };
    const stored = await this.#write(kcp, computeStatus(current, findings), [paused]);
    if (progress.isComplete) {
      this.#etcd.forget(keyOf(cluster));
      await dropFinalizer(this.#deps, stored);
    }
    return progress.result;
  }

  async #reconcileMachines(
    before: ControlPlane,
    known: Omit<Findings, "inspection">,
  ): Promise<Outcome> {
    const [inspection, controlPlane] = await this.#inspect(before);
    const isInit = known.isInitialized || inspection.type === "observed";
    const findings: Findings = { ...known, isInitialized: isInit, inspection };
    const status = computeStatus(controlPlane, findings);
    // The plan looks at conditions that this reconcile has just found.
    const current = { ...controlPlane, kcp: { ...controlPlane.kcp, status } };
    const outcome = await this.#act(current, findings);
    const isAsBefore = outcome.controlPlane === current && outcome.findings === findings;
    return isAsBefore ? { ...outcome, status } : outcome;
  }

  /** What is going on inside the cluster, and the Machines that say so. */
  async #inspect(controlPlane: ControlPlane): Promise<readonly [Inspection, ControlPlane]> {
    const inspection = await inspect(this.#deps, this.#etcd, controlPlane);
    return [inspection, await this.#updateMembers(controlPlane, inspection)];
  }

  /** One change per reconcile: what must go first, then size and version. */
  async #act(controlPlane: ControlPlane, findings: Findings): Promise<Outcome> {
    const { inspection } = findings;
    const seen = inspection.type === "observed" ? inspection : undefined;
    const cleared = await this.#clear(controlPlane, seen);
    if (cleared !== undefined) return { controlPlane, findings, result: cleared };
    if (isInitialized(controlPlane) && seen === undefined) {
      return { controlPlane, findings, result: requeueAfter(unreachableRequeueMs) };
    }
    const step = planControlPlane(controlPlane, seen?.etcd);
    if (seen !== undefined) await this.#prepareWorkload(controlPlane, step);
    const result = await applyStep(this.#deps, controlPlane, step);
    return {
      controlPlane,
      findings: step.type === "wait" ? { ...findings, preflight: step.failures } : findings,
      result: result === done ? revisit(controlPlane) : result,
    };
  }

  /** Etcd's list first, then a machine on its way out, then repair; undefined if the rest may follow. */
  async #clear(
    controlPlane: ControlPlane,
    seen: Extract<Inspection, { type: "observed" }> | undefined,
  ): Promise<Result | undefined> {
    const etcd = seen?.etcd;
    if (seen !== undefined && etcd !== undefined) {
      const found = { workload: seen.workload, etcd };
      if (await removeOrphanMember(this.#deps, this.#etcd, controlPlane, found)) {
        return requeueAfter(shortRequeueMs);
      }
    }
    const termination = planTermination(controlPlane, etcd);
    const waiting = await applyTermination(this.#deps, this.#etcd, controlPlane, termination);
    if (waiting !== undefined) return waiting;
    await finishRemediation(this.#deps, controlPlane);
    const remediation = planRemediation(controlPlane, etcd);
    const isRemediating = await applyRemediation(this.#deps, controlPlane, remediation);
    return isRemediating ? done : undefined; // The deletion triggers the next one.
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
    const problem = await updateAddons(client, controlPlane.kcp);
    if (problem !== undefined) {
      this.#deps.recorder.event(controlPlane.kcp, "Warning", "CoreDNSUpdateFailed", problem);
    }
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

  async #updateMembers(controlPlane: ControlPlane, inspection: Inspection): Promise<ControlPlane> {
    const members: Member[] = [];
    for (const member of controlPlane.members) {
      const values = memberConditions(controlPlane, member, inspection);
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

const kept: Inspection = { type: "kept" };

/** Nothing can be looked into yet, and nothing is done; a change of the Cluster triggers the next reconcile. */
function waitFor(
  controlPlane: ControlPlane,
  known: Omit<Findings, "inspection">,
  message: string,
): Outcome {
  return {
    controlPlane,
    findings: { ...known, inspection: notInspected(message) },
    result: done,
  };
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
