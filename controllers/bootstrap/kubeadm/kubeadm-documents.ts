import { stringify } from "yaml";
import type {
  Argument,
  ControllerManager,
  KubeadmConfigSpec,
  NodeRegistration,
  Timeouts,
} from "../../api/generated/definitions.ts";
import { goDuration } from "../../runtime/go-duration.ts";
import type { KubeadmApiVersion } from "./kubernetes-version.ts";

type ClusterConfiguration = NonNullable<KubeadmConfigSpec["clusterConfiguration"]>;
type InitConfiguration = NonNullable<KubeadmConfigSpec["initConfiguration"]>;
type JoinConfiguration = NonNullable<KubeadmConfigSpec["joinConfiguration"]>;
type Document = Record<string, unknown>;

/** What kubeadm needs to know beyond the KubeadmConfig: taken from the Cluster and the Machine. */
export interface ClusterFacts {
  readonly clusterName: string;
  readonly kubernetesVersion: string;
  /** "host:port"; empty while the cluster has no endpoint. */
  readonly controlPlaneEndpoint: string;
  readonly dnsDomain?: string;
  readonly serviceSubnet?: string;
  readonly podSubnet?: string;
}

/** Keys in alphabetical order and no line folding, so that the same input is the same text. */
export function toYaml(document: unknown): string {
  return stringify(document, { sortMapEntries: true, lineWidth: 0 });
}

export function clusterDocument(
  apiVersion: KubeadmApiVersion,
  spec: KubeadmConfigSpec,
  facts: ClusterFacts,
): Document {
  const cluster = spec.clusterConfiguration ?? {};
  return withoutEmpty({
    apiVersion,
    kind: "ClusterConfiguration",
    ...clusterFields(apiVersion, cluster),
    apiServer: apiServer(apiVersion, cluster, spec.initConfiguration?.timeouts),
    clusterName: facts.clusterName,
    controlPlaneEndpoint: cluster.controlPlaneEndpoint ?? facts.controlPlaneEndpoint,
    kubernetesVersion: facts.kubernetesVersion,
    networking: withoutEmpty({
      dnsDomain: facts.dnsDomain,
      serviceSubnet: facts.serviceSubnet,
      podSubnet: facts.podSubnet,
    }),
  });
}

function clusterFields(apiVersion: KubeadmApiVersion, cluster: ClusterConfiguration): Document {
  const { etcd } = cluster;
  const isV4 = apiVersion === "kubeadm.k8s.io/v1beta4";
  return {
    certificatesDir: cluster.certificatesDir,
    controllerManager: component(apiVersion, cluster.controllerManager),
    dns: cluster.dns ?? {},
    etcd: withoutEmpty({
      external: etcd?.external,
      local: etcd?.local === undefined ? undefined : component(apiVersion, etcd.local),
    }),
    featureGates: cluster.featureGates,
    imageRepository: cluster.imageRepository,
    scheduler: component(apiVersion, cluster.scheduler),
    ...(isV4
      ? {
          encryptionAlgorithm: cluster.encryptionAlgorithm,
          certificateValidityPeriod: days(cluster.certificateValidityPeriodDays),
          caCertificateValidityPeriod: days(cluster.caCertificateValidityPeriodDays),
        }
      : {}),
  };
}

function apiServer(
  apiVersion: KubeadmApiVersion,
  cluster: ClusterConfiguration,
  timeouts: Timeouts | undefined,
): Document {
  const timeoutForControlPlane =
    apiVersion === "kubeadm.k8s.io/v1beta3"
      ? seconds(timeouts?.controlPlaneComponentHealthCheckSeconds)
      : undefined;
  return withoutEmpty({ ...component(apiVersion, cluster.apiServer), timeoutForControlPlane });
}

/** A component with `extraArgs`: a map before v1beta4, a list since; `extraEnvs` came with v1beta4. */
function component(
  apiVersion: KubeadmApiVersion,
  value: (ControllerManager & { readonly [field: string]: unknown }) | object | undefined,
): Document {
  const { extraArgs, extraEnvs, ...rest } = (value ?? {}) as Document & {
    readonly extraArgs?: readonly Argument[];
  };
  return withoutEmpty({
    ...rest,
    extraArgs: argumentsOf(apiVersion, extraArgs),
    extraEnvs: apiVersion === "kubeadm.k8s.io/v1beta4" ? extraEnvs : undefined,
  });
}

function argumentsOf(
  apiVersion: KubeadmApiVersion,
  list: readonly Argument[] | undefined,
): unknown {
  if (list === undefined || apiVersion === "kubeadm.k8s.io/v1beta4") return list;
  return Object.fromEntries(list.map(({ name, value }) => [name, value ?? ""]));
}

export function initDocument(apiVersion: KubeadmApiVersion, init: InitConfiguration): Document {
  return withoutEmpty({
    apiVersion,
    kind: "InitConfiguration",
    bootstrapTokens: init.bootstrapTokens?.map(({ ttlSeconds, ...token }) =>
      withoutEmpty({ ...token, ttl: seconds(ttlSeconds) }),
    ),
    localAPIEndpoint: init.localAPIEndpoint ?? {},
    nodeRegistration: nodeRegistration(apiVersion, init.nodeRegistration),
    patches: init.patches,
    skipPhases: init.skipPhases,
    timeouts: timeouts(apiVersion, init.timeouts),
  });
}

export function joinDocument(apiVersion: KubeadmApiVersion, join: JoinConfiguration): Document {
  const { discovery } = join;
  const file = discovery?.file;
  const discoveryTimeout =
    apiVersion === "kubeadm.k8s.io/v1beta3" ? seconds(join.timeouts?.discoverySeconds) : undefined;
  return withoutEmpty({
    apiVersion,
    kind: "JoinConfiguration",
    caCertPath: join.caCertPath,
    controlPlane:
      join.controlPlane === undefined
        ? undefined
        : { localAPIEndpoint: join.controlPlane.localAPIEndpoint ?? {} },
    discovery: withoutEmpty({
      bootstrapToken: discovery?.bootstrapToken,
      file: file === undefined ? undefined : { kubeConfigPath: file.kubeConfigPath },
      tlsBootstrapToken: discovery?.tlsBootstrapToken,
      timeout: discoveryTimeout,
    }),
    nodeRegistration: nodeRegistration(apiVersion, join.nodeRegistration),
    patches: join.patches,
    skipPhases: join.skipPhases,
    timeouts: timeouts(apiVersion, join.timeouts),
  });
}

/** `taints` is written even when unset: kubeadm tells null (its default taint) from an empty list (none). */
function nodeRegistration(
  apiVersion: KubeadmApiVersion,
  registration: NodeRegistration | undefined,
): Document {
  const { kubeletExtraArgs, imagePullSerial, taints, ...rest } = registration ?? {};
  return {
    ...withoutEmpty({
      ...rest,
      kubeletExtraArgs: argumentsOf(apiVersion, kubeletExtraArgs),
      imagePullSerial: apiVersion === "kubeadm.k8s.io/v1beta4" ? imagePullSerial : undefined,
    }),
    taints: taints ?? null,
  };
}

function timeouts(apiVersion: KubeadmApiVersion, value: Timeouts | undefined): unknown {
  if (value === undefined || apiVersion === "kubeadm.k8s.io/v1beta3") return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, count]) => [
      name.replace(/Seconds$/, ""),
      seconds(count as number),
    ]),
  );
}

function seconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : goDuration(value);
}

function days(value: number | undefined): string | undefined {
  return value === undefined ? undefined : goDuration(value * 86_400);
}

function withoutEmpty(document: Document): Document {
  return Object.fromEntries(
    Object.entries(document).filter(([, value]) => value !== undefined && value !== ""),
  );
}
