import { nameSuffix, type Random } from "../../runtime/random.ts";
import type { ControlPlane } from "./control-plane.ts";

const maxNameLength = 63;
const suffixLength = 5;

/** "my-control-plane-x7k2p", or what the naming template says. */
export function newMachineName({ kcp, cluster }: ControlPlane, random: Random): string {
  const { namespace = "", name } = kcp.metadata;
  const suffix = nameSuffix(random, "machine-name", `${namespace}/${name}`);
  const values: Readonly<Record<string, string>> = {
    ".cluster.name": cluster.metadata.name,
    ".kubeadmControlPlane.name": name,
    ".random": suffix,
  };
  const template =
    kcp.spec.machineNaming?.template ?? "{{ .kubeadmControlPlane.name }}-{{ .random }}";
  const rendered = template.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (action, path: string) => {
    const value = values[path];
    if (value === undefined) throw new Error(`spec.machineNaming.template: ${action} is not known`);
    return value;
  });
  return rendered.length <= maxNameLength
    ? rendered
    : `${rendered.slice(0, maxNameLength - suffixLength)}${suffix}`;
}
