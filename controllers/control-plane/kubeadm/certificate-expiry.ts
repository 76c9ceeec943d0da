import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { MachineCertificatesExpiryDateAnnotation } from "../../api/constants.ts";
import { Secret } from "../../api/kubernetes.ts";
import { fromBase64, secretKey } from "../../bootstrap/certificates/cluster-certificates.ts";
import { keyOf } from "../../runtime/client.ts";
import { formatTime } from "../../runtime/clock.ts";
import { messageOf } from "../../runtime/errors.ts";
import {
  type ControlPlane,
  hasHealthyComponents,
  isDeleting,
  type Member,
} from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";

/**
 * Notes on each machine's config when the certificate of its API server expires: `rollout.before` is decided by it. It is
 * read once per machine, because kubeadm's certificates live as long as the machine.
 */
export async function noteCertificateExpiry(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
): Promise<void> {
  const certificates = deps.apiServerCertificates;
  const unknown = controlPlane.members.filter((member) => isUnknown(controlPlane, member));
  if (certificates === undefined || unknown.length === 0) return;
  const cluster = keyOf(controlPlane.cluster);
  const kubeconfig = await read(deps, secretKey(cluster, "kubeconfig"), "value");
  const caPem = await read(deps, secretKey(cluster, "ca"), "tls.crt");
  for (const { config, machine } of unknown) {
    const nodeName = machine.status?.nodeRef?.name;
    if (config === undefined || nodeName === undefined) continue;
    try {
      const expiryMs = await certificates.expiryMs({ cluster, kubeconfig, nodeName, caPem });
      const annotations = { [MachineCertificatesExpiryDateAnnotation]: formatTime(expiryMs) };
      await deps.client.mergePatch(KubeadmConfig, keyOf(config), { metadata: { annotations } });
    } catch (error) {
      // It will be asked again; nothing else depends on it.
      deps.logger.info({ node: nodeName, error: messageOf(error) }, "certificate expiry not read");
    }
  }
}

function isUnknown(controlPlane: ControlPlane, member: Member): boolean {
  const { config } = member;
  const known = config?.metadata.annotations?.[MachineCertificatesExpiryDateAnnotation];
  return (
    config !== undefined &&
    known === undefined &&
    !isDeleting(member) &&
    hasHealthyComponents(controlPlane, member)
  );
}

async function read(
  deps: ControlPlaneDeps,
  key: ReturnType<typeof secretKey>,
  name: string,
): Promise<string> {
  const secret = await deps.client.get(Secret, key);
  return fromBase64(secret?.data?.[name]);
}
