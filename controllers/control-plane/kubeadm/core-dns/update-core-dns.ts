import type { SemVer } from "semver";
import parse from "semver/functions/parse.js";
import type { KubeadmControlPlane } from "../../../api/control-plane/v1beta2.ts";
import { ConfigMap, Deployment, type PodSpec } from "../../../api/kubernetes.ts";
import type { Client } from "../../../runtime/client.ts";
import { coreDnsVersionFor } from "./core-dns-versions.ts";
import { migrateCorefile, migrationProblem } from "./migrate-corefile.ts";

const key = { namespace: "kube-system", name: "coredns" };
const corefile = "Corefile";
/** While the new Corefile is written the old CoreDNS goes on with this copy of the old one. */
const backup = "Corefile-backup";

interface Installed {
  readonly spec: PodSpec;
  readonly image: string;
  readonly tag: string;
  /** The key of the ConfigMap that CoreDNS reads. */
  readonly source: string;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * Brings CoreDNS to the version of the control plane, and its Corefile with it. Only forward: an older CoreDNS may not read
 * what a newer one has. Every step can be repeated after a crash. Returns why nothing could be done, in words.
 */
export async function updateCoreDns(
  workload: Client,
  kcp: KubeadmControlPlane,
): Promise<string | undefined> {
  const installed = await observe(workload);
  // Without it something else does its work.
  if (installed === undefined) return undefined;
  const target = targetImage(kcp, installed);
  if (target === undefined || target.image === installed.image) return undefined;
  const [from, to] = [releaseOf(installed.tag), releaseOf(target.tag)];
  if (from === undefined || to === undefined) {
    return `failed to parse CoreDNS versions "${installed.tag}" and "${target.tag}"`;
  }
  if (from.compare(to) > 0) return undefined;
  const problem = from.compare(to) === 0 ? undefined : migrationProblem(from.version, to.version);
  if (problem !== undefined) return `unable to migrate CoreDNS corefile: ${problem}`;
  await migrate(workload, installed, (text) => migrateCorefile(text, from.version, to.version));
  await patchPods(workload, {
    ...withSource(installed.spec, corefile),
    containers: (installed.spec.containers ?? []).map((container) =>
      container.name === "coredns" ? { ...container, image: target.image } : container,
    ),
  });
  return undefined;
}

/** The version without what a vendor has added to it: a build of 1.11.3 reads the Corefile of 1.11.3. */
function releaseOf(tag: string): SemVer | undefined {
  const release = /^v?(\d+\.\d+\.\d+)/.exec(tag)?.[1];
  return release === undefined ? undefined : (parse(release) ?? undefined);
}

async function observe(workload: Client): Promise<Installed | undefined> {
  const data = (await workload.get(ConfigMap, key))?.data;
  const spec = (await workload.get(Deployment, key))?.spec?.template.spec;
  if (data === undefined || spec === undefined) return undefined;
  const image = (spec.containers ?? []).find(({ name }) => name === "coredns")?.image ?? "";
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined ? undefined : { spec, image, tag, source: sourceOf(spec), data };
}

interface Target {
  readonly image: string;
  readonly tag: string;
}

/** In the registry of Kubernetes the image lies in a folder of its own; in a private one it is beside the others. */
function targetImage({ spec }: KubeadmControlPlane, installed: Installed): Target | undefined {
  const configuration = spec.kubeadmConfigSpec?.clusterConfiguration;
  const tag = configuration?.dns?.imageTag ?? coreDnsVersionFor(spec.version);
  if (tag === undefined) return undefined;
  const asked = configuration?.dns?.imageRepository ?? configuration?.imageRepository;
  const present = installed.image.slice(0, -installed.tag.length - 1);
  if (asked === undefined) return { image: `${present}:${tag}`, tag };
  const repository = asked.replace(/\/$/, "");
  const name = repository === "registry.k8s.io" ? "coredns/coredns" : "coredns";
  return { image: `${repository}/${name}:${tag}`, tag };
}

/** Where CoreDNS reads the copy already, an earlier attempt was cut short: the copy is what the user has. */
async function migrate(
  workload: Client,
  { spec, source, data }: Installed,
  change: (text: string) => string,
): Promise<void> {
  const text = data[source] ?? data[corefile];
  if (text === undefined) return;
  const migrated = change(text);
  if (migrated === data[corefile]) return;
  if (data[backup] !== text) {
    await workload.mergePatch(ConfigMap, key, { data: { [backup]: text } });
  }
  if (source !== backup) await patchPods(workload, withSource(spec, backup));
  await workload.mergePatch(ConfigMap, key, { data: { [corefile]: migrated } });
}

function isConfiguration(volume: NonNullable<PodSpec["volumes"]>[number]): boolean {
  return volume.name === "config-volume" && volume.configMap?.name === key.name;
}

function sourceOf({ volumes = [] }: PodSpec): string {
  const items = volumes.find(isConfiguration)?.configMap?.items ?? [];
  return items.some((item) => item.key === backup) ? backup : corefile;
}

/** The path in the container stays, only the key of the ConfigMap behind it changes. */
function withSource(spec: PodSpec, source: string): Pick<PodSpec, "volumes"> {
  if (spec.volumes === undefined) return {};
  const volumes = spec.volumes.map((volume) => {
    if (!isConfiguration(volume) || volume.configMap?.items === undefined) return volume;
    const items = volume.configMap.items.map((item) =>
      item.key === corefile || item.key === backup ? { ...item, key: source } : item,
    );
    return { ...volume, configMap: { ...volume.configMap, items } };
  });
  return { volumes };
}

async function patchPods(workload: Client, spec: Partial<PodSpec>): Promise<void> {
  await workload.mergePatch(Deployment, key, { spec: { template: { spec } } });
}
