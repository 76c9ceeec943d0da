import { gzipSync } from "node:zlib";
import type { Instance } from "@aws-sdk/client-ec2";
import { AWSCluster, AWSMachine } from "../../api/aws/v1beta2.ts";
import { ClusterNameLabel } from "../../api/constants.ts";
import { Cluster, Machine } from "../../api/core/v1beta2.ts";
import { Secret } from "../../api/kubernetes.ts";
import type { ObjectKey } from "../../runtime/client.ts";
import {
  type ControllerDeps,
  done,
  type Reconciler,
  requeueAfter,
  type Result,
} from "../../runtime/controller.ts";
import { Draft } from "../../runtime/draft.ts";
import { TerminalError } from "../../runtime/errors.ts";
import { isPaused } from "../awscluster/awscluster-reconciler.ts";
import type { Principals } from "../identities/principals.ts";
import { markFalse, markPaused, markUnknown, summarize } from "../conditions.ts";
import type { Wait } from "../cluster-scope.ts";
import { describeInstance, findByToken } from "../ec2/instances.ts";
import { describeError } from "../failed-call.ts";
import { launchToken, type MachineScope, specOf, statusOf } from "../machine-scope.ts";
import { createInstance } from "./create-instance.ts";
import { reconcileInstanceTags } from "./instance-tags.ts";
import { reconcileSecurityGroups } from "./interface-security-groups.ts";
import { reconcileMetadataOptions } from "./metadata-options.ts";
import { deleteInstance } from "./delete-instance.ts";
import { recordIdentity, recordState, stateOf } from "./instance-status.ts";
import { BootstrapDataError, recordFailedLaunch, recordLaunch } from "./launch-events.ts";
import { reconcileLoadBalancerAttachment } from "./load-balancer-attachment.ts";
import { reconcileElasticIp } from "./elastic-ip.ts";
import { deleteBootstrapSecret } from "./bootstrap-secret.ts";

export const awsMachineFinalizer = "awsmachine.infrastructure.cluster.x-k8s.io";

/** How often upstream looks at an instance that is being launched. */
const pendingMs = 30_000;

export type AwsMachineDeps = ControllerDeps & {
  readonly principals: Principals;
  /** Compresses user data; the default is gzip. */
  readonly gzip?: (data: Uint8Array) => Uint8Array;
};

export class AWSMachineReconciler implements Reconciler {
  readonly #deps: AwsMachineDeps;

  constructor(deps: AwsMachineDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const { client } = this.#deps;
    const awsMachine = await client.get(AWSMachine, key);
    if (awsMachine === undefined) return done; // Already gone, and its finalizer with it.

    const scope = await this.#openScope(awsMachine);
    if (scope === undefined) return done; // What is missing is watched: its arrival is the next reconcile.
    const paused = isPaused(scope.cluster, awsMachine);
    markPaused(scope.draft, paused, scope.clock);
    if (paused) {
      await scope.persist();
      return done; // Unpausing is a change of the object or of its Cluster.
    }
    try {
      return awsMachine.metadata.deletionTimestamp === undefined
        ? await this.#reconcileNormal(scope)
        : await this.#reconcileDelete(scope);
    } finally {
      await scope.persist();
    }
  }

  async #openScope(awsMachine: AWSMachine): Promise<MachineScope | undefined> {
    const { client, principals, clock, random, recorder, gzip = gzipSync } = this.#deps;
    const family = await this.#family(awsMachine);
    if (family === undefined) return undefined;
    const draft = new Draft(client, AWSMachine, awsMachine);
    const region = family.awsCluster.spec?.region ?? "";
    return {
      ...family,
      region,
      clock,
      random,
      recorder,
      gzip,
      draft: draft.value,
      aws: await principals.clientsFor(family.awsCluster),
      persist: () => {
        summarize(draft.value, ["InstanceReady", "ELBAttached"], clock);
        return draft.save();
      },
    };
  }

  /** The Machine, the Cluster and its infrastructure; undefined while one of them is missing. */
  async #family({ metadata }: AWSMachine) {
    const { client } = this.#deps;
    const { namespace = "", labels = {}, ownerReferences = [] } = metadata;
    const owner = ownerReferences.find(({ kind }) => kind === "Machine")?.name ?? "";
    const machine = await client.get(Machine, { namespace, name: owner });
    if (machine === undefined) return undefined;
    const cluster = await client.get(Cluster, { namespace, name: labels[ClusterNameLabel] ?? "" });
    if (cluster === undefined) return undefined;
    const { name } = cluster.spec.infrastructureRef ?? { name: "" };
    const awsCluster = await client.get(AWSCluster, { namespace, name });
    return awsCluster === undefined ? undefined : { machine, cluster, awsCluster };
  }

  async #reconcileNormal(scope: MachineScope): Promise<Result> {
    const { draft, clock } = scope;
    if (statusOf(scope).failureReason !== undefined) {
      await deleteBootstrapSecret(scope);
      return done; // A failed machine is replaced, never repaired.
    }
    const waiting = waitingFor(scope);
    if (waiting !== undefined) {
      markFalse(draft, "InstanceReady", { reason: waiting, severity: "Info" }, clock);
      return done; // The Cluster and the Machine are watched.
    }
    const found = await this.#findInstance(scope);
    if (!draft.metadata.finalizers?.includes(awsMachineFinalizer)) {
      draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), awsMachineFinalizer];
      await scope.persist();
    }
    const instance = found ?? (await this.#create(scope));
    recordIdentity(scope, instance);
    await scope.persist();
    recordState(scope, instance);
    return this.#tend(scope, instance);
  }

  /** What a known instance needs: tags, its place in the load balancer, no secret that it has read already. */
  async #tend(scope: MachineScope, instance: Instance): Promise<Result> {
    const state = stateOf(instance);
    if (state === "terminated") {
      const status = statusOf(scope);
      status.failureReason = "UpdateError";
      status.failureMessage = `EC2 instance state "${state}" is unexpected`;
      this.#deps.recorder.event(
        scope.draft,
        "Warning",
        "InstanceUnexpectedTermination",
        "Unexpected EC2 instance termination",
      );
      return done; // The owner sees the failure and acts.
    }
    if (state === "running") {
      // Load balancers take no instance that does not run yet.
      await reconcileLoadBalancerAttachment(scope, instance);
      await reconcileElasticIp(scope, instance);
      await reconcileInstanceTags(scope, instance);
      await reconcileSecurityGroups(scope, instance);
      await reconcileMetadataOptions(scope, instance);
      if (scope.machine.status?.nodeRef !== undefined) await deleteBootstrapSecret(scope);
    }
    // A state of passage sends no event; at rest drift is looked for at the next resync.
    return state === "running" || state === "stopped" ? done : requeueAfter(pendingMs);
  }

  async #findInstance(scope: MachineScope): Promise<Instance | undefined> {
    const { instanceID } = specOf(scope);
    if (instanceID === undefined) return findByToken(scope.aws, launchToken(scope));
    const instance = await describeInstance(scope.aws, scope.clock, instanceID);
    if (instance !== undefined) return instance;
    const message = `instance ${instanceID} is not to be found`;
    markUnknown(scope.draft, "InstanceReady", { reason: "InstanceNotFound", message }, scope.clock);
    throw new Error(message); // It may be a lagging read: nothing is launched in its place.
  }

  async #create(scope: MachineScope): Promise<Instance> {
    const { draft, clock } = scope;
    if (!hasFailedBefore(scope)) {
      const started = { reason: "InstanceProvisionStarted", severity: "Info" } as const;
      markFalse(draft, "InstanceReady", started, clock);
      await scope.persist();
    }
    try {
      const instance = await createInstance(scope, await this.#bootstrapData(scope));
      recordLaunch(scope, instance.InstanceId);
      return instance;
    } catch (error) {
      const why = describeError(error);
      const failure = {
        reason: "InstanceProvisionFailed",
        severity: "Error",
        message: why,
      } as const;
      markFalse(draft, "InstanceReady", failure, clock);
      recordFailedLaunch(scope, error);
      if (error instanceof TerminalError) {
        const status = statusOf(scope);
        status.failureReason = "CreateError";
        status.failureMessage = why;
      }
      throw error;
    }
  }

  async #bootstrapData(scope: MachineScope): Promise<Uint8Array> {
    const { namespace = "" } = scope.machine.metadata;
    const name = scope.machine.spec?.bootstrap?.dataSecretName ?? "";
    const secret = await this.#deps.apiReader.get(Secret, { namespace, name });
    const value = secret?.data?.["value"];
    if (value === undefined) {
      const problem = `Secret ${name} has no bootstrap data under the key value`;
      throw new BootstrapDataError(problem);
    }
    return Buffer.from(value, "base64");
  }

  /** A machine that cannot go says why: nothing else of it moves any more. */
  async #terminate(scope: MachineScope): Promise<Wait | undefined> {
    const { draft, clock, recorder } = scope;
    try {
      await deleteBootstrapSecret(scope);
      return await deleteInstance(scope);
    } catch (error) {
      const message = describeError(error);
      const failure = { reason: "DeletingFailed", severity: "Warning", message } as const;
      markFalse(draft, "InstanceReady", failure, clock);
      const what = `Failed to terminate instance "${specOf(scope).instanceID ?? ""}": ${message}`;
      recorder.event(draft, "Warning", "FailedTerminate", what);
      throw error;
    }
  }

  async #reconcileDelete(scope: MachineScope): Promise<Result> {
    const { draft, clock } = scope;
    if (!draft.metadata.finalizers?.includes(awsMachineFinalizer)) {
      return done; // Nothing was ever launched, or it is all gone.
    }
    const wait = await this.#terminate(scope);
    if (wait !== undefined) {
      const { reason, message, requeueAfterMs } = wait;
      markFalse(draft, "InstanceReady", { reason, severity: "Info", message }, clock);
      return requeueAfter(requeueAfterMs);
    }
    const finalizers = draft.metadata.finalizers ?? [];
    draft.metadata.finalizers = finalizers.filter((one) => one !== awsMachineFinalizer);
    return done; // The instance is terminated: without the finalizer the object goes.
  }
}

/** What the last attempt failed with stays to be read until one succeeds. */
function hasFailedBefore({ draft }: MachineScope): boolean {
  return (
    draft.status?.conditions?.some(
      ({ type, reason }) => type === "InstanceReady" && reason === "InstanceProvisionFailed",
    ) === true
  );
}

function waitingFor(scope: MachineScope): string | undefined {
  if (scope.cluster.status?.initialization?.infrastructureProvisioned !== true) {
    return "WaitingForClusterInfrastructure";
  }
  if (scope.machine.spec?.bootstrap?.dataSecretName === undefined) return "WaitingForBootstrapData";
  return undefined;
}
