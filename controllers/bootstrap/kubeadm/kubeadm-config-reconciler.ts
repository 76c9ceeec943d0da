import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import {
  ClusterNameLabel,
  ClusterSecretType,
  MachineControlPlaneLabel,
} from "../../api/constants.ts";
import { Cluster, Machine } from "../../api/core/v1beta2.ts";
import type { KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import { Secret } from "../../api/kubernetes.ts";
import { keyOf, type ObjectKey } from "../../runtime/client.ts";
import { isConflict } from "../../runtime/errors.ts";
import { done, requeueAfter, type Reconciler, type Result } from "../../runtime/controller.ts";
import { certificateFiles } from "../certificates/certificate-files.ts";
import {
  caCertificateHash,
  certificatePurposes,
  type ClusterCertificates,
  ensureCertificates,
  lookupCertificates,
  toBase64,
} from "../certificates/cluster-certificates.ts";
import type { ConditionValue } from "../objects/conditions.ts";
import { groupOf, ownerReferenceTo } from "../objects/owners.ts";
import { persist } from "../../runtime/persist.ts";
import { pausedCondition } from "../objects/paused.ts";
import {
  type BootstrapInput,
  controlPlaneJoinData,
  initData,
  workerJoinData,
} from "./bootstrap-data.ts";
import { ensureBootstrapToken, newBootstrapToken } from "./bootstrap-token.ts";
import { clusterFacts, endpointOf } from "./cluster-facts.ts";
import type { BootstrapDeps } from "./deps.ts";
import { InitLock } from "./init-lock.ts";
import { resolveFiles, resolveUsers } from "./resolve-files.ts";
import {
  allAvailable,
  certificatesMissing,
  generationFailed,
  type Said,
  waitingFor,
  withConditions,
} from "./status.ts";

const lockRequeueMs = 30_000;
const endpointRequeueMs = 10_000;
const defaultTokenTtlMs = 15 * 60_000;

/** What one reconcile works on. */
interface Scope {
  readonly config: KubeadmConfig;
  readonly machine: Machine;
  readonly cluster: Cluster;
}

/** How a reconcile ends: the object as it is to be written, and when to look again. */
interface Outcome {
  readonly config: KubeadmConfig;
  readonly said: Said;
  readonly result: Result;
}

/** Turns a KubeadmConfig into a Secret with cloud-init user data, once per Machine. */
export class KubeadmConfigReconciler implements Reconciler {
  readonly #deps: BootstrapDeps;
  readonly #lock: InitLock;
  readonly #tokenTtlMs: number;

  constructor(deps: BootstrapDeps) {
    this.#deps = deps;
    this.#lock = new InitLock(deps.client, deps.apiReader);
    this.#tokenTtlMs = deps.bootstrapTokenTtlMs ?? defaultTokenTtlMs;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const config = await this.#deps.client.get(KubeadmConfig, key);
    // Gone or going: the data Secret is garbage collected with it, there is nothing else to clean up.
    if (config === undefined || config.metadata.deletionTimestamp !== undefined) return done;
    const scope = await this.#observe(config);
    // No owner Machine yet: setting it changes the object and triggers the next reconcile.
    if (scope === undefined) return done;

    const paused = pausedCondition(scope.cluster, config);
    if (paused.status === "True") {
      await this.#write(config, { config, said: { conditions: [paused], old: [] }, result: done });
      return done; // Unpausing changes the Cluster or the object.
    }
    const { said, ...outcome } = await this.#attempt(scope, paused);
    await this.#write(config, { ...outcome, said: withPaused(said, paused) });
    return outcome.result;
  }

  /** What fails is told where the Machine looks for its bootstrap data; upstream's log alone knows it. */
  async #attempt(scope: Scope, paused: ConditionValue): Promise<Outcome> {
    try {
      return await this.#decide(scope);
    } catch (error) {
      const { config } = scope;
      const isCreated = config.status?.initialization?.dataSecretCreated === true;
      if (isCreated || isConflict(error)) throw error; // The data is there, or only the cache is behind.
      const said = withPaused(generationFailed(error), paused);
      await this.#write(config, { config, said, result: done }).catch(() => undefined);
      throw error;
    }
  }

  async #observe(config: KubeadmConfig): Promise<Scope | undefined> {
    const { namespace = "", ownerReferences = [] } = config.metadata;
    const owner = ownerReferences.find(
      ({ apiVersion, kind }) => kind === "Machine" && groupOf(apiVersion) === Machine.group,
    );
    if (owner === undefined) return undefined;
    const machine = await this.#deps.client.get(Machine, { namespace, name: owner.name });
    if (machine === undefined) return undefined;
    const name = machine.spec.clusterName;
    const cluster = await this.#deps.client.get(Cluster, { namespace, name });
    return cluster === undefined ? undefined : { config, machine, cluster };
  }

  async #decide(scope: Scope): Promise<Outcome> {
    const { config, cluster, machine } = scope;
    if (cluster.status?.initialization?.infrastructureProvisioned !== true) {
      // The Cluster is watched.
      return { config, said: waitingFor("infrastructure"), result: done };
    }
    if (config.status?.initialization?.dataSecretCreated === true) return this.#refresh(scope);
    if (machine.spec.bootstrap.dataSecretName !== undefined) {
      return this.#adoptDataSecret(scope, machine.spec.bootstrap.dataSecretName);
    }
    if (!isInitialized(cluster)) return this.#initialize(scope);
    await this.#lock.release(cluster);
    return this.#join(scope);
  }

  /** After a move between management clusters the Machine already names its data. */
  #adoptDataSecret({ config }: Scope, dataSecretName: string): Outcome {
    return created(config, dataSecretName, done);
  }

  async #initialize(scope: Scope): Promise<Outcome> {
    const { config, cluster, machine } = scope;
    const again = requeueAfter(lockRequeueMs);
    const { spec = {} } = config;
    const mayInit =
      isControlPlane(machine) &&
      (spec.joinConfiguration === undefined ||
        spec.initConfiguration !== undefined ||
        spec.clusterConfiguration !== undefined);
    if (!mayInit || !(await this.#lock.acquire(cluster, machine))) {
      return { config, said: waitingFor("controlPlane"), result: again };
    }
    const certificates = await ensureCertificates(
      this.#deps,
      keyOf(cluster),
      spec.clusterConfiguration,
      config,
    );
    const data = initData(await this.#input(scope, spec, certificates));
    await this.#storeData(scope, data);
    return created(config, config.metadata.name, done);
  }

  async #join(scope: Scope): Promise<Outcome> {
    const { config, cluster, machine } = scope;
    const endpoint = endpointOf(cluster);
    if (endpoint === undefined) {
      return { config, said: waitingFor("endpoint"), result: requeueAfter(endpointRequeueMs) };
    }
    const { spec = {} } = config;
    const { certificates, missing } = await lookupCertificates(
      this.#deps,
      keyOf(cluster),
      spec.clusterConfiguration,
      isControlPlane(machine) ? certificatePurposes(spec.clusterConfiguration) : ["ca"],
    );
    if (missing.length > 0) {
      const error = `Secrets ${missing.join(", ")} do not exist`;
      this.#deps.logger.error({ config: config.metadata.name, error }, "certificates are missing");
      return { config, said: certificatesMissing(error), result: requeueAfter(lockRequeueMs) };
    }
    const joinSpec = this.#withDiscovery(config, endpoint, certificates);
    // The token is stored before it is made known: a crash in between must not leave a token that nobody refreshes.
    const named = await persist(this.#deps.client, KubeadmConfig, config, {
      ...config,
      spec: joinSpec,
    });
    const token = tokenOf(joinSpec);
    if (token !== undefined) await this.#ensureToken(cluster, token);
    const input = await this.#input({ ...scope, config: named }, joinSpec, certificates);
    await this.#storeData(
      { ...scope, config: named },
      isControlPlane(machine) ? controlPlaneJoinData(input) : workerJoinData(input),
    );
    const again = token === undefined ? done : requeueAfter(this.#tokenTtlMs / 3);
    return created(named, config.metadata.name, again);
  }

  /** Discovery by file is the user's own; by token, what the user left out is filled in. */
  #withDiscovery(
    config: KubeadmConfig,
    endpoint: string,
    certificates: ClusterCertificates,
  ): KubeadmConfigSpec {
    const { spec = {} } = config;
    const join = spec.joinConfiguration ?? {};
    if (join.discovery?.file !== undefined) return spec;
    const given = join.discovery?.bootstrapToken;
    const bootstrapToken = {
      ...given,
      apiServerEndpoint: given?.apiServerEndpoint ?? endpoint,
      token: given?.token ?? newBootstrapToken(this.#deps.random, tokenKey(config)),
      ...caPins(given, certificates),
    };
    const discovery = { ...join.discovery, bootstrapToken };
    return { ...spec, joinConfiguration: { ...join, discovery } };
  }

  /** The data is there. Until the node has joined, its token must stay valid. */
  async #refresh({ config, cluster, machine }: Scope): Promise<Outcome> {
    const token = tokenOf(config.spec ?? {});
    const finished: Outcome = { config, said: allAvailable(), result: done };
    // A node that has joined, or never used a token, needs no refresh.
    if (token === undefined || machine.status?.nodeRef !== undefined) return finished;
    if (machine.metadata.deletionTimestamp !== undefined || !isInitialized(cluster))
      return finished;
    await this.#ensureToken(cluster, token);
    return { ...finished, result: requeueAfter(this.#tokenTtlMs / 3) };
  }

  async #ensureToken(cluster: Cluster, token: string): Promise<void> {
    const workload = await this.#deps.workload.client(keyOf(cluster));
    const life = { nowMs: this.#deps.clock.now(), ttlMs: this.#tokenTtlMs };
    await ensureBootstrapToken(workload, token, life);
  }

  async #input(
    { machine, cluster }: Scope,
    spec: KubeadmConfigSpec,
    certificates: ClusterCertificates,
  ): Promise<BootstrapInput> {
    const { namespace = "" } = cluster.metadata;
    const { version } = machine.spec;
    return {
      spec,
      facts: clusterFacts(cluster, machine),
      certificateFiles: isControlPlane(machine)
        ? certificateFiles(certificates, spec.clusterConfiguration)
        : [],
      userFiles: await resolveFiles(this.#deps.client, namespace, spec, version),
      users: await resolveUsers(this.#deps.client, namespace, spec),
    };
  }

  /** An earlier attempt may have stored data and crashed: the new data replaces it, no machine has read it yet. */
  async #storeData({ config, cluster }: Scope, userData: string): Promise<void> {
    const { client } = this.#deps;
    const key = keyOf(config);
    const data = {
      value: toBase64(userData),
      format: toBase64(config.spec?.format ?? "cloud-config"),
    };
    const existing = await this.#deps.apiReader.get(Secret, key);
    if (existing !== undefined) {
      await client.mergePatch(Secret, key, { data });
      return;
    }
    await client.create(Secret, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        ...key,
        labels: { [ClusterNameLabel]: cluster.metadata.name },
        ownerReferences: [ownerReferenceTo(config, true)],
      },
      type: ClusterSecretType,
      data,
    });
  }

  async #write(before: KubeadmConfig, { config, said }: Outcome): Promise<void> {
    const stamp = { nowMs: this.#deps.clock.now(), generation: config.metadata.generation };
    // What was patched on the way is the newer state to compare with; the status was not written yet.
    const isSame = config.metadata.resourceVersion === before.metadata.resourceVersion;
    const { status: _, ...main } = isSame ? before : config;
    const old: KubeadmConfig =
      before.status === undefined ? main : { ...main, status: before.status };
    const after = withConditions(config, said, stamp);
    await persist(this.#deps.client, KubeadmConfig, old, after);
  }
}

function tokenKey({ metadata }: KubeadmConfig): string {
  return `${metadata.namespace ?? ""}/${metadata.name}/${metadata.uid ?? ""}`;
}

type TokenDiscovery = NonNullable<
  NonNullable<NonNullable<KubeadmConfigSpec["joinConfiguration"]>["discovery"]>["bootstrapToken"]
>;

/** The pin of the cluster's CA, unless the user pinned one or wants none. */
function caPins(
  given: TokenDiscovery | undefined,
  certificates: ClusterCertificates,
): Pick<TokenDiscovery, "caCertHashes"> {
  const ca = certificates.get("ca");
  const isPinned = (given?.caCertHashes ?? []).length > 0;
  if (isPinned || given?.unsafeSkipCAVerification === true || ca === undefined) return {};
  return { caCertHashes: [caCertificateHash(ca.certificatePem)] };
}

function isInitialized(cluster: Cluster): boolean {
  return cluster.status?.initialization?.controlPlaneInitialized === true;
}

function isControlPlane(machine: Machine): boolean {
  return machine.metadata.labels?.[MachineControlPlaneLabel] !== undefined;
}

function tokenOf(spec: KubeadmConfigSpec): string | undefined {
  return spec.joinConfiguration?.discovery?.bootstrapToken?.token;
}

function withPaused(said: Said, paused: ConditionValue): Said {
  return { ...said, conditions: [...said.conditions, paused] };
}

function created(config: KubeadmConfig, dataSecretName: string, result: Result): Outcome {
  const status = { ...config.status, dataSecretName, initialization: { dataSecretCreated: true } };
  return {
    config: { ...config, status },
    said: allAvailable(),
    result,
  };
}
