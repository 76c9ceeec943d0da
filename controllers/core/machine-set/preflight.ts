import { MachineSetSkipPreflightChecksAnnotation } from "../../api/constants.ts";
import type { MachineSet } from "../../api/core/v1beta2.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import type { CoreDeps } from "../core-deps.ts";
import { type ExternalObject, getExternal } from "../external/external-objects.ts";
import { textOf } from "../external/contract.ts";
import type { MachineSetScope } from "./machine-set-scope.ts";

interface Version {
  readonly major: number;
  readonly minor: number;
}

/** Why no Machine may be created now: it would join a control plane that is not fit for it. capi-behaviour 4.10. */
export async function preflightFailures(
  deps: CoreDeps,
  scope: MachineSetScope,
): Promise<readonly string[]> {
  const { cluster, observed } = scope;
  const reference = cluster.spec.controlPlaneRef;
  if (reference === undefined) return [];
  const skipped = await skippedChecks(deps, scope);
  if (skipped.has("All")) return [];
  const key = { namespace: observed.metadata.namespace ?? "", name: reference.name };
  const controlPlane = await getExternal(deps.client, reference, key);
  if (controlPlane === undefined) {
    throw new Error(`${reference.kind} ${key.namespace}/${key.name} does not exist`);
  }
  const version = textOf(controlPlane.object.spec?.["version"]);
  if (version === undefined) return []; // A control plane without a version has nothing to compare.
  const failures: string[] = [];
  if (!skipped.has("ControlPlaneIsStable")) failures.push(...stability(controlPlane, version));
  const own = observed.spec.template.spec.version;
  if (own !== undefined) failures.push(...skew(scope, { own, controlPlane: version }, skipped));
  return failures;
}

/** As the MachineSet says, or else its bootstrap template. */
async function skippedChecks(
  deps: CoreDeps,
  { observed }: MachineSetScope,
): Promise<ReadonlySet<string>> {
  const annotation = MachineSetSkipPreflightChecksAnnotation;
  const own = observed.metadata.annotations?.[annotation];
  const reference = observed.spec.template.spec.bootstrap.configRef;
  const text =
    own ?? (reference === undefined ? "" : await annotationOfTemplate(deps, observed, reference));
  return new Set(text.split(",").map((name) => name.trim()));
}

async function annotationOfTemplate(
  deps: CoreDeps,
  { metadata }: MachineSet,
  reference: ContractReference,
): Promise<string> {
  const key = { namespace: metadata.namespace ?? "", name: reference.name };
  const template = await getExternal(deps.client, reference, key);
  return template?.object.metadata.annotations?.[MachineSetSkipPreflightChecksAnnotation] ?? "";
}

function stability({ object }: ExternalObject, version: string): readonly string[] {
  const status = object.status ?? {};
  const current = lowestVersion(status);
  const name = `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`;
  if (current === undefined) {
    return [`${name} is provisioning ("ControlPlaneIsStable" preflight check failed)`];
  }
  return current === version
    ? []
    : [`${name} is upgrading ("ControlPlaneIsStable" preflight check failed)`];
}

function lowestVersion(status: Readonly<Record<string, unknown>>): string | undefined {
  const versions = status["versions"] as readonly { readonly version: string }[] | undefined;
  const several = (versions ?? []).map(({ version }) => version);
  const one = textOf(status["version"]);
  const all = several.length > 0 ? several : one === undefined ? [] : [one];
  return all.toSorted((a, b) => compare(parse(a), parse(b)) || (a < b ? -1 : 1))[0];
}

function skew(
  { observed }: MachineSetScope,
  versions: { readonly own: string; readonly controlPlane: string },
  skipped: ReadonlySet<string>,
): readonly string[] {
  const [own, controlPlane] = [parse(versions.own), parse(versions.controlPlane)];
  if (own === undefined || controlPlane === undefined) return [];
  const failures: string[] = [];
  const pair = `MachineSet version (${versions.own}) and ControlPlane version (${versions.controlPlane})`;
  if (!skipped.has("KubernetesVersionSkew")) {
    const wrong = own.minor > controlPlane.minor || own.minor < controlPlane.minor - 3;
    const rule = "do not conform to the kubernetes version skew policy";
    if (wrong || own.major !== controlPlane.major) {
      failures.push(`${pair} ${rule} ("KubernetesVersionSkew" preflight check failed)`);
    }
  }
  const kubeadm = observed.spec.template.spec.bootstrap.configRef?.kind === "KubeadmConfigTemplate";
  if (kubeadm && !skipped.has("KubeadmVersionSkew") && compare(own, controlPlane) !== 0) {
    const rule =
      "do not conform to kubeadm version skew policy as kubeadm only supports joining with the same major+minor version as the control plane";
    failures.push(`${pair} ${rule} ("KubeadmVersionSkew" preflight check failed)`);
  }
  return failures;
}

function parse(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)\./.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

function compare(a: Version | undefined, b: Version | undefined): number {
  return (a?.major ?? 0) - (b?.major ?? 0) || (a?.minor ?? 0) - (b?.minor ?? 0);
}
