import { compareText } from "../json.ts";

const kubeVersion = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;

/** Sorts newest and most stable first: v2, v1, v1beta2, v1beta1, v1alpha1, then everything else by name. */
export function compareVersions(a: string, b: string): number {
  const one = kubeVersion.exec(a);
  const other = kubeVersion.exec(b);
  if (one === null || other === null) {
    if (one === null && other === null) return compareText(a, b);
    return one === null ? 1 : -1;
  }
  const stability = rank(other[2]) - rank(one[2]);
  if (stability !== 0) return stability;
  const major = Number(other[1]) - Number(one[1]);
  return major === 0 ? Number(other[3] ?? 0) - Number(one[3] ?? 0) : major;
}

function rank(stage: string | undefined): number {
  if (stage === undefined) return 2;
  return stage === "beta" ? 1 : 0;
}
