import type { File, KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import { renderCloudInit } from "./cloud-init.ts";
import {
  type ClusterFacts,
  clusterDocument,
  initDocument,
  joinDocument,
  toYaml,
} from "./kubeadm-documents.ts";
import { kubeadmApiVersion, requireVersion } from "./kubernetes-version.ts";

type User = NonNullable<KubeadmConfigSpec["users"]>[number];

export interface BootstrapInput {
  readonly spec: KubeadmConfigSpec;
  readonly facts: ClusterFacts;
  /** Empty for a worker. */
  readonly certificateFiles: readonly File[];
  /** Contents are resolved. */
  readonly userFiles: readonly File[];
  readonly users: readonly User[];
}

const sentinel = "echo success > /run/cluster-api/bootstrap-success.complete";
/** Makes cloud-init create the folder of the sentinel. */
const placeholder: File = {
  path: "/run/cluster-api/placeholder",
  owner: "root:root",
  permissions: "0640",
  content: "This placeholder file is used to create the /run/cluster-api sub directory.\n",
};
/** Removed by the Machine controller once labels and annotations are on the Node. */
const uninitializedTaint = {
  key: "node.cluster.x-k8s.io/uninitialized",
  effect: "NoSchedule",
} as const;

/** User data of the first control-plane machine. */
export function initData(input: BootstrapInput): string {
  const { spec, facts } = input;
  const apiVersion = kubeadmApiVersion(requireVersion(facts.kubernetesVersion));
  const documents = [
    clusterDocument(apiVersion, spec, facts),
    initDocument(apiVersion, spec.initConfiguration ?? {}),
  ];
  const content = documents.map((document) => `---\n${toYaml(document)}`).join("");
  return render(input, "init", kubeadmFile("/run/kubeadm/kubeadm.yaml", content));
}

/** User data of every later control-plane machine. */
export function controlPlaneJoinData(input: BootstrapInput): string {
  const join = { ...input.spec.joinConfiguration };
  return joinData(input, { ...join, controlPlane: join.controlPlane ?? {} });
}

export function workerJoinData(input: BootstrapInput): string {
  const { controlPlane: _, ...join } = input.spec.joinConfiguration ?? {};
  const registration = join.nodeRegistration;
  return joinData(input, {
    ...join,
    nodeRegistration: {
      ...registration,
      taints: [...(registration?.taints ?? []), uninitializedTaint],
    },
  });
}

function joinData(
  input: BootstrapInput,
  join: NonNullable<KubeadmConfigSpec["joinConfiguration"]>,
): string {
  const apiVersion = kubeadmApiVersion(requireVersion(input.facts.kubernetesVersion));
  const content = `---\n${toYaml(joinDocument(apiVersion, join))}`;
  return render(input, "join", kubeadmFile("/run/kubeadm/kubeadm-join-config.yaml", content));
}

function kubeadmFile(path: string, content: string): File {
  return { path, owner: "root:root", permissions: "0640", content };
}

function render(input: BootstrapInput, verb: "init" | "join", config: File): string {
  const { spec } = input;
  const verbosity = spec.verbosity === undefined ? "" : ` --v ${spec.verbosity}`;
  const kubeadm = `kubeadm ${verb} --config ${config.path}${verbosity} && ${sentinel}`;
  return renderCloudInit({
    files: [...input.certificateFiles, ...input.userFiles, config, placeholder],
    bootCommands: spec.bootCommands ?? [],
    commands: [...(spec.preKubeadmCommands ?? []), kubeadm, ...(spec.postKubeadmCommands ?? [])],
    users: input.users,
    ntp: spec.ntp,
    ...(spec.diskSetup === undefined ? {} : { diskSetup: spec.diskSetup }),
    ...(spec.mounts === undefined ? {} : { mounts: spec.mounts }),
  });
}
