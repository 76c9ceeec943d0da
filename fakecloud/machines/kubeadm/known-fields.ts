/** Field names by the path of their object; `*` stands for anything below. */
type Shape = { readonly [field: string]: Shape | "*" };

const nodeRegistration: Shape = {
  name: "*",
  criSocket: "*",
  taints: "*",
  kubeletExtraArgs: "*",
  ignorePreflightErrors: "*",
  imagePullPolicy: "*",
};
const localApiEndpoint: Shape = { advertiseAddress: "*", bindPort: "*" };
const component: Shape = { extraArgs: "*", extraVolumes: "*" };

const v1beta3: Readonly<Record<string, Shape>> = {
  InitConfiguration: {
    bootstrapTokens: "*",
    nodeRegistration,
    localAPIEndpoint: localApiEndpoint,
    certificateKey: "*",
    skipPhases: "*",
    patches: { directory: "*" },
  },
  ClusterConfiguration: {
    etcd: {
      local: {
        imageRepository: "*",
        imageTag: "*",
        dataDir: "*",
        extraArgs: "*",
        serverCertSANs: "*",
        peerCertSANs: "*",
      },
      external: { endpoints: "*", caFile: "*", certFile: "*", keyFile: "*" },
    },
    networking: { serviceSubnet: "*", podSubnet: "*", dnsDomain: "*" },
    kubernetesVersion: "*",
    controlPlaneEndpoint: "*",
    apiServer: { ...component, certSANs: "*", timeoutForControlPlane: "*" },
    controllerManager: component,
    scheduler: component,
    dns: { imageRepository: "*", imageTag: "*" },
    certificatesDir: "*",
    imageRepository: "*",
    featureGates: "*",
    clusterName: "*",
  },
  JoinConfiguration: {
    nodeRegistration,
    caCertPath: "*",
    discovery: {
      bootstrapToken: {
        token: "*",
        apiServerEndpoint: "*",
        caCertHashes: "*",
        unsafeSkipCAVerification: "*",
      },
      file: { kubeConfigPath: "*" },
      tlsBootstrapToken: "*",
      timeout: "*",
    },
    controlPlane: { localAPIEndpoint: localApiEndpoint, certificateKey: "*" },
    skipPhases: "*",
    patches: { directory: "*" },
  },
};

/** What v1beta4 added, by kind; fields that it took away are in `removed`. */
const added: Readonly<Record<string, Shape>> = {
  InitConfiguration: { dryRun: "*", timeouts: "*", nodeRegistration: { imagePullSerial: "*" } },
  ClusterConfiguration: {
    etcd: { local: { extraEnvs: "*" }, external: { httpEndpoints: "*" } },
    apiServer: { extraEnvs: "*" },
    controllerManager: { extraEnvs: "*" },
    scheduler: { extraEnvs: "*" },
    dns: { disabled: "*" },
    proxy: { disabled: "*" },
    encryptionAlgorithm: "*",
    certificateValidityPeriod: "*",
    caCertificateValidityPeriod: "*",
  },
  JoinConfiguration: { dryRun: "*", timeouts: "*", nodeRegistration: { imagePullSerial: "*" } },
};

const removed = new Set(["apiServer.timeoutForControlPlane", "discovery.timeout"]);

/** Fields of a kubeadm document that its API version does not have, as dotted paths. */
export function unknownFields(document: Readonly<Record<string, unknown>>): readonly string[] {
  const { apiVersion, kind, ...rest } = document;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return [];
  const old = v1beta3[kind];
  if (!apiVersion.startsWith("kubeadm.k8s.io/") || old === undefined) return [];
  const isNew = apiVersion.endsWith("v1beta4");
  const shapes = isNew ? [old, added[kind] ?? {}] : [old];
  const found = unknownIn(rest, shapes, "");
  return isNew ? [...found, ...[...removed].filter((path) => hasPath(rest, path))] : found;
}

function unknownIn(
  value: Readonly<Record<string, unknown>>,
  shapes: readonly Shape[],
  path: string,
): readonly string[] {
  return Object.entries(value).flatMap(([field, inner]) => {
    const known = shapes.map((shape) => shape[field]).filter((shape) => shape !== undefined);
    const here = path === "" ? field : `${path}.${field}`;
    if (known.length === 0) return [here];
    const objects = known.filter((shape) => shape !== "*");
    const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    if (objects.length === 0 || !isObject) return [];
    return unknownIn(inner as Readonly<Record<string, unknown>>, objects, here);
  });
}

function hasPath(value: Readonly<Record<string, unknown>>, path: string): boolean {
  let current: unknown = value;
  for (const key of path.split(".")) {
    if (typeof current !== "object" || current === null) return false;
    current = (current as Readonly<Record<string, unknown>>)[key];
  }
  return current !== undefined;
}
