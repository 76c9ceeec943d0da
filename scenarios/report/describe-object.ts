import { at, conditionsOf, isDeleting, numberAt, textAt } from "./fields.ts";
import type { JsonObject } from "./patch.ts";

/** What matters of an object at one glance: "Running, v1.35.0, Available", "3 wanted, 2 available". */
export function describeObject(kind: string, object: JsonObject): string {
  const facts = [
    ...(glances[kind]?.(object) ?? []),
    ...(isDeleting(object) ? ["being deleted"] : []),
  ];
  return facts.filter((fact) => fact !== "").join(", ");
}

const glances: Readonly<Record<string, (object: JsonObject) => readonly string[]>> = {
  Machine: (object) => [
    textAt(object, "status", "phase"),
    textAt(object, "spec", "version"),
    isOrNot(object, "Available"),
    isOrNot(object, "UpToDate"),
  ],
  Node: (object) => [
    isOrNot(object, "Ready"),
    textAt(object, "status", "nodeInfo", "kubeletVersion"),
    at(object, "spec", "unschedulable") === true ? "cordoned" : "",
  ],
  Cluster: (object) => [textAt(object, "status", "phase"), isOrNot(object, "Available")],
  MachineDeployment: replicas,
  MachineSet: replicas,
  KubeadmControlPlane: (object) => [textAt(object, "spec", "version"), ...replicas(object)],
  AWSMachine: (object) => [
    textAt(object, "spec", "instanceID"),
    textAt(object, "status", "instanceState"),
    isOrNot(object, "Ready"),
  ],
  Pod: (object) => [textAt(object, "status", "phase"), isOrNot(object, "Ready")],
  Event: (object) => [textAt(object, "reason"), textAt(object, "message")],
};

function replicas(object: JsonObject): readonly string[] {
  const count = (field: string, word: string) => {
    const number = numberAt(object, "status", field);
    return number === undefined ? "" : `${number} ${word}`;
  };
  return [
    `${numberAt(object, "spec", "replicas") ?? 1} wanted`,
    count("replicas", "there"),
    count("availableReplicas", "available"),
    count("upToDateReplicas", "up to date"),
  ];
}

/** "Available" or "not Available"; nothing while nobody has said either. */
function isOrNot(object: JsonObject, type: string): string {
  const found = conditionsOf(object).find((one) => one.type === type);
  if (found === undefined) return "";
  return found.status === "True" ? type : `not ${type}`;
}
