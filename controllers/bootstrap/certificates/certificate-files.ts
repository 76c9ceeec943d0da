import type { File, KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import type { CertificatePurpose, ClusterCertificates } from "./cluster-certificates.ts";

interface Paths {
  readonly certificate: string;
  readonly key?: string;
}

/** Where kubeadm looks for what it would otherwise generate; the same files go to every control-plane machine. */
export function certificateFiles(
  certificates: ClusterCertificates,
  configuration: KubeadmConfigSpec["clusterConfiguration"],
): readonly File[] {
  const paths = pathsOf(configuration);
  return [...certificates.values()].flatMap(({ purpose, certificatePem, privateKeyPem }) => {
    const { certificate, key } = paths[purpose];
    return [
      file(certificate, "0640", certificatePem),
      ...(key === undefined || privateKeyPem === undefined
        ? []
        : [file(key, "0600", privateKeyPem)]),
    ];
  });
}

function pathsOf(
  configuration: KubeadmConfigSpec["clusterConfiguration"],
): Readonly<Record<CertificatePurpose, Paths>> {
  const folder = configuration?.certificatesDir ?? "/etc/kubernetes/pki";
  const external = configuration?.etcd?.external;
  return {
    ca: { certificate: `${folder}/ca.crt`, key: `${folder}/ca.key` },
    etcd:
      external === undefined
        ? { certificate: `${folder}/etcd/ca.crt`, key: `${folder}/etcd/ca.key` }
        : { certificate: external.caFile },
    "apiserver-etcd-client": {
      certificate: external?.certFile ?? `${folder}/apiserver-etcd-client.crt`,
      key: external?.keyFile ?? `${folder}/apiserver-etcd-client.key`,
    },
    proxy: { certificate: `${folder}/front-proxy-ca.crt`, key: `${folder}/front-proxy-ca.key` },
    sa: { certificate: `${folder}/sa.pub`, key: `${folder}/sa.key` },
  };
}

function file(path: string, permissions: string, content: string): File {
  return { path, owner: "root:root", permissions, content };
}
