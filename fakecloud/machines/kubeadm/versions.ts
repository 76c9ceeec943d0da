/** What a Kubernetes minor ships with. Source: kubeadm's constants per release; see reference kubeadm-and-node-facts 8.2. */
interface Release {
  readonly etcd: string;
  readonly coreDns: string;
}

const releases: Readonly<Record<number, Release>> = {
  29: { etcd: "3.5.16-0", coreDns: "v1.11.1" },
  30: { etcd: "3.5.15-0", coreDns: "v1.11.3" },
  31: { etcd: "3.5.24-0", coreDns: "v1.11.3" },
  32: { etcd: "3.5.24-0", coreDns: "v1.11.3" },
  33: { etcd: "3.5.24-0", coreDns: "v1.12.0" },
  34: { etcd: "3.6.4-0", coreDns: "v1.12.1" },
  35: { etcd: "3.6.6-0", coreDns: "v1.13.1" },
  36: { etcd: "3.6.8-0", coreDns: "v1.14.2" },
};

const newestKnown = 36;
const oldestKnown = 29;

/** "v1.34.2" → 34. */
export function minorOf(version: string): number {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  if (Number.isNaN(minor)) throw new Error(`"${version}" is not a Kubernetes version`);
  return minor;
}

/** A minor outside the table ships what the nearest known one does. */
export function releaseOf(version: string): Release {
  const minor = Math.min(newestKnown, Math.max(oldestKnown, minorOf(version)));
  const release = releases[minor];
  if (release === undefined) throw new Error(`no release data for minor ${minor}`);
  return release;
}

/** "3.6.4-0" → "3.6.4". */
export function etcdVersionOf(imageTag: string): string {
  return imageTag.replace(/-\d+$/, "");
}
