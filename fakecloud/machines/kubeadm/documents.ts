import { parseAllDocuments } from "yaml";
import type { BootstrapToken } from "./bootstrap-token.ts";
import { unknownFields } from "./known-fields.ts";

/** A failure as kubeadm prints it before it exits. */
export class KubeadmError extends Error {
  override readonly name = "KubeadmError";
}

type Fields = Readonly<Record<string, unknown>>;

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface NodeRegistration {
  readonly name: string | undefined;
  /** Undefined: kubeadm's own taint on a control plane; an empty list: none. */
  readonly taints: readonly Taint[] | undefined;
  readonly kubeletExtraArgs: Readonly<Record<string, string>>;
  readonly ignorePreflightErrors: readonly string[];
}

export interface ClusterConfiguration {
  readonly apiVersion: string;
  readonly kubernetesVersion: string;
  readonly clusterName: string;
  /** "host:port"; empty without one. */
  readonly controlPlaneEndpoint: string;
  readonly certificatesDir: string;
  readonly serviceSubnet: string;
  readonly podSubnet: string | undefined;
  readonly dnsDomain: string;
  readonly imageRepository: string;
  readonly apiServerCertSans: readonly string[];
  readonly controllerManagerArgs: Readonly<Record<string, string>>;
  readonly etcdImageTag: string | undefined;
  readonly dnsImageTag: string | undefined;
  /** As it was written: what goes into the ConfigMap kubeadm-config. */
  readonly raw: Fields;
}

export interface InitDocuments {
  /** What kubeadm warns of and then ignores. */
  readonly warnings: readonly string[];
  readonly cluster: ClusterConfiguration;
  readonly node: NodeRegistration;
  readonly bindPort: number;
  readonly skipPhases: readonly string[];
  /** Undefined if none were given: kubeadm then makes one. */
  readonly bootstrapTokens: readonly BootstrapToken[] | undefined;
}

export interface JoinDocument {
  readonly warnings: readonly string[];
  readonly node: NodeRegistration;
  readonly isControlPlane: boolean;
  readonly bindPort: number;
  readonly caCertPath: string;
  readonly skipPhases: readonly string[];
  readonly discovery: TokenDiscovery | FileDiscovery;
}

export interface TokenDiscovery {
  readonly kind: "token";
  readonly token: string;
  /** "host:port". */
  readonly apiServerEndpoint: string;
  readonly caCertHashes: readonly string[];
  readonly unsafeSkipCaVerification: boolean;
}

export interface FileDiscovery {
  readonly kind: "file";
  readonly kubeConfigPath: string;
}

const tokenFormat = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;

/** Reads what `kubeadm init --config` reads. `kubeadmMinor` is the minor version of the binary. */
export function parseInitDocuments(text: string, kubeadmMinor: number): InitDocuments {
  const documents = parseDocuments(text, kubeadmMinor);
  const cluster = documents.find(({ kind }) => kind === "ClusterConfiguration");
  const init = documents.find(({ kind }) => kind === "InitConfiguration");
  if (cluster === undefined && init === undefined) {
    throw new KubeadmError(
      "no InitConfiguration or ClusterConfiguration kind was found in the configuration file",
    );
  }
  const reader = new Reader(init ?? {});
  return {
    warnings: documents.flatMap(warningsOf),
    cluster: clusterConfiguration(cluster ?? {}),
    node: nodeRegistration(reader.child("nodeRegistration"), versionOf(init ?? {})),
    bindPort: reader.child("localAPIEndpoint").number("bindPort") ?? 6443,
    skipPhases: reader.strings("skipPhases"),
    bootstrapTokens: bootstrapTokens(reader),
  };
}

function bootstrapTokens(reader: Reader): readonly BootstrapToken[] | undefined {
  const list = reader.list("bootstrapTokens") as readonly BootstrapToken[] | undefined;
  for (const { token } of list ?? []) {
    if (!tokenFormat.test(token)) {
      throw new KubeadmError("bootstrapTokens: Invalid value: the bootstrap token is invalid");
    }
  }
  return list;
}

export function parseJoinDocument(text: string, kubeadmMinor: number): JoinDocument {
  const document = parseDocuments(text, kubeadmMinor).find(
    ({ kind }) => kind === "JoinConfiguration",
  );
  if (document === undefined) {
    throw new KubeadmError("no JoinConfiguration found in the configuration file");
  }
  const reader = new Reader(document);
  const controlPlane = document["controlPlane"];
  return {
    warnings: warningsOf(document),
    node: nodeRegistration(reader.child("nodeRegistration"), versionOf(document)),
    isControlPlane: controlPlane !== undefined && controlPlane !== null,
    bindPort: reader.child("controlPlane").child("localAPIEndpoint").number("bindPort") ?? 6443,
    caCertPath: reader.string("caCertPath") ?? "/etc/kubernetes/pki/ca.crt",
    skipPhases: reader.strings("skipPhases"),
    discovery: discovery(reader.child("discovery")),
  };
}

function parseDocuments(text: string, kubeadmMinor: number): readonly Fields[] {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  return (Array.isArray(documents) ? documents : []).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined)
      throw new KubeadmError(`error converting YAML to JSON: ${error.message}`);
    const fields = document.toJS() as Fields | null;
    if (fields === null) return [];
    requireKnownVersion(versionOf(fields), kubeadmMinor);
    return [fields];
  });
}

/** init and join read on where a field is unknown; only `kubeadm config validate` takes it for an error. */
function warningsOf(document: Fields): readonly string[] {
  return unknownFields(document).map(
    (path) =>
      `error unmarshaling configuration ${versionOf(document)}, Kind=${String(document["kind"])}: strict decoding error: unknown field "${path}"`,
  );
}

function versionOf(document: Fields): string {
  const { apiVersion } = document;
  return typeof apiVersion === "string" ? apiVersion : "";
}

/** v1beta3 is read by kubeadm 1.22 to 1.36, v1beta4 from 1.31. */
function requireKnownVersion(apiVersion: string, minor: number): void {
  if (!apiVersion.startsWith("kubeadm.k8s.io/")) return;
  const name = apiVersion.slice("kubeadm.k8s.io/".length);
  const isKnown =
    (name === "v1beta3" && minor >= 22 && minor < 37) || (name === "v1beta4" && minor >= 31);
  if (isKnown) return;
  if (name === "v1beta4" && minor >= 28) {
    throw new KubeadmError(
      `experimental API spec: "${apiVersion}" is not allowed. You can use the --allow-experimental-api flag if the command supports it.`,
    );
  }
  throw new KubeadmError(
    `your configuration file uses an old API spec: "${apiVersion}". Please use kubeadm v1.22 instead and run 'kubeadm config migrate --old-config old.yaml --new-config new.yaml', which will write the new, similar spec using a newer API version.`,
  );
}

function clusterConfiguration(document: Fields): ClusterConfiguration {
  const reader = new Reader(document);
  const networking = reader.child("networking");
  const version = versionOf(document);
  return {
    apiVersion: version,
    kubernetesVersion: reader.string("kubernetesVersion") ?? "stable-1",
    clusterName: reader.string("clusterName") ?? "kubernetes",
    controlPlaneEndpoint: reader.string("controlPlaneEndpoint") ?? "",
    certificatesDir: reader.string("certificatesDir") ?? "/etc/kubernetes/pki",
    serviceSubnet: networking.string("serviceSubnet") ?? "10.96.0.0/12",
    podSubnet: networking.string("podSubnet"),
    dnsDomain: networking.string("dnsDomain") ?? "cluster.local",
    imageRepository: reader.string("imageRepository") ?? "registry.k8s.io",
    apiServerCertSans: reader.child("apiServer").strings("certSANs"),
    controllerManagerArgs: extraArgs(reader.child("controllerManager"), "extraArgs", version),
    etcdImageTag: reader.child("etcd").child("local").string("imageTag"),
    dnsImageTag: reader.child("dns").string("imageTag"),
    raw: document,
  };
}

function nodeRegistration(reader: Reader, apiVersion: string): NodeRegistration {
  const taints = reader.list("taints");
  return {
    name: reader.string("name"),
    taints: taints as readonly Taint[] | undefined,
    kubeletExtraArgs: extraArgs(reader, "kubeletExtraArgs", apiVersion),
    ignorePreflightErrors: reader.strings("ignorePreflightErrors"),
  };
}

/** A map in v1beta3, a list of names and values in v1beta4; the wrong one fails to decode. */
function extraArgs(reader: Reader, name: string, apiVersion: string): Record<string, string> {
  const value = reader.value(name);
  if (value === undefined) return {};
  const isList = Array.isArray(value);
  if (isList !== apiVersion.endsWith("v1beta4")) {
    const [found, wanted] = isList ? ["array", "map[string]string"] : ["object", "[]v1beta4.Arg"];
    throw new KubeadmError(
      `json: cannot unmarshal ${found} into Go struct field ${reader.path}.${name} of type ${wanted}`,
    );
  }
  if (!isList) return value as Record<string, string>;
  const items = value as readonly { readonly name: string; readonly value?: string }[];
  return Object.fromEntries(items.map((item) => [item.name, item.value ?? ""]));
}

function discovery(reader: Reader): JoinDocument["discovery"] {
  const [token, file] = [reader.value("bootstrapToken"), reader.value("file")];
  if (token !== undefined && file !== undefined) {
    throw new KubeadmError(
      'discovery: Invalid value: "": bootstrapToken and file cannot both be set',
    );
  }
  if (file !== undefined) {
    const kubeConfigPath = reader.child("file").string("kubeConfigPath") ?? "";
    return { kind: "file", kubeConfigPath };
  }
  if (token === undefined) {
    throw new KubeadmError('discovery: Invalid value: "": bootstrapToken or file must be set');
  }
  return tokenDiscovery(reader.child("bootstrapToken"));
}

function tokenDiscovery(reader: Reader): TokenDiscovery {
  const token = reader.string("token") ?? "";
  if (!tokenFormat.test(token)) {
    throw new KubeadmError(
      "discovery.bootstrapToken.token: Invalid value: the bootstrap token is invalid",
    );
  }
  const apiServerEndpoint = reader.string("apiServerEndpoint") ?? "";
  if (!/:\d+$/.test(apiServerEndpoint)) {
    throw new KubeadmError(
      `discovery.bootstrapToken.apiServerEndpoint: Invalid value: "${apiServerEndpoint}": missing port in address`,
    );
  }
  const caCertHashes = reader.strings("caCertHashes");
  const unsafeSkipCaVerification = reader.value("unsafeSkipCAVerification") === true;
  if (caCertHashes.length === 0 && !unsafeSkipCaVerification) {
    throw new KubeadmError(
      "using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or pass --discovery-token-unsafe-skip-ca-verification flag to continue",
    );
  }
  return { kind: "token", token, apiServerEndpoint, caCertHashes, unsafeSkipCaVerification };
}

/** Reads fields of one object; a field of the wrong type fails as Go's decoder does. */
class Reader {
  readonly path: string;
  readonly #fields: Fields;

  constructor(fields: Fields, path = "") {
    this.#fields = fields;
    this.path = path;
  }

  /** Null counts as absent. */
  value(name: string): unknown {
    return this.#fields[name] ?? undefined;
  }

  child(name: string): Reader {
    const value = this.value(name) ?? {};
    if (typeof value !== "object" || Array.isArray(value)) this.#fail(name, "object", value);
    return new Reader(value as Fields, this.path === "" ? name : `${this.path}.${name}`);
  }

  string(name: string): string | undefined {
    const value = this.value(name);
    if (value !== undefined && typeof value !== "string") this.#fail(name, "string", value);
    return value === "" ? undefined : value;
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    if (value !== undefined && typeof value !== "number") this.#fail(name, "int32", value);
    return value === 0 ? undefined : value;
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.value(name);
    if (value !== undefined && !Array.isArray(value)) this.#fail(name, "list", value);
    return value as readonly unknown[] | undefined;
  }

  strings(name: string): readonly string[] {
    return (this.list(name) ?? []).map(String);
  }

  #fail(name: string, wanted: string, value: unknown): never {
    const found = Array.isArray(value) ? "array" : typeof value;
    const field = this.path === "" ? name : `${this.path}.${name}`;
    throw new KubeadmError(
      `json: cannot unmarshal ${found} into Go struct field ${field} of type ${wanted}`,
    );
  }
}
