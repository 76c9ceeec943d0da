import {
  type Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  VolumeAttachment,
} from "../../api/kubernetes.ts";
import type { Client } from "../../runtime/client.ts";
import { controllerOf } from "../../runtime/owner-references.ts";

const unreachableTaint = "node.kubernetes.io/unreachable";

/** Volumes that the Node still holds, apart from those of pods that are never drained. capi-behaviour 3.23. */
export async function volumesAttached(workload: Client, node: Node): Promise<readonly string[]> {
  // A kubelet that does not answer cannot report that it has let go.
  if (node.spec?.taints?.some(({ key }) => key === unreachableTaint) === true) return [];
  const reported = node.status?.volumesAttached ?? [];
  const attachments = await workload.list(VolumeAttachment);
  const own = attachments.filter(
    ({ spec, status }) => spec?.nodeName === node.metadata.name && status?.attached === true,
  );
  if (reported.length === 0 && own.length === 0) return [];
  const ignored = await volumesOfDaemonSets(workload, node);
  const names = own.flatMap(({ spec }) => spec?.source?.persistentVolumeName ?? []);
  const held = names.filter((name) => !ignored.has(name));
  const unknown = reported
    .map(({ name }) => name)
    .filter((name) => ![...ignored].some((volume) => name.endsWith(volume)))
    .filter((name) => !names.some((volume) => name.endsWith(volume)));
  return [...held, ...unknown].sort();
}

async function volumesOfDaemonSets(workload: Client, node: Node): Promise<ReadonlySet<string>> {
  const pods = await workload.list(Pod, { fieldSelector: `spec.nodeName=${node.metadata.name}` });
  const claims = new Set(
    pods
      .filter((pod) => controllerOf(pod)?.kind === "DaemonSet")
      .flatMap(({ metadata, spec }) =>
        (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
          persistentVolumeClaim === undefined
            ? []
            : [`${metadata.namespace ?? ""}/${persistentVolumeClaim.claimName}`],
        ),
      ),
  );
  if (claims.size === 0) return new Set();
  const bound = await workload.list(PersistentVolumeClaim);
  const names = new Set(
    bound
      .filter(({ metadata }) => claims.has(`${metadata.namespace ?? ""}/${metadata.name}`))
      .flatMap(({ spec }) => spec?.volumeName ?? []),
  );
  const volumes = await workload.list(PersistentVolume);
  // Cloud volumes are reported by their handle, not by the name of the PersistentVolume.
  return new Set(
    volumes
      .filter(({ metadata }) => names.has(metadata.name))
      .flatMap(({ metadata, spec }) => [metadata.name, spec?.csi?.volumeHandle ?? metadata.name]),
  );
}
