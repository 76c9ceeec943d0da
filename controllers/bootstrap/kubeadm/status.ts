import type { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { summarizeConditions } from "../../runtime/condition-merge.ts";
import { messageOf } from "../../runtime/errors.ts";
import { nextV1beta1, type V1beta1Condition } from "../../runtime/v1beta1-conditions.ts";
import { type ConditionValue, setConditions, type Stamp } from "../objects/conditions.ts";

function available(type: string): ConditionValue {
  return { type, status: "True", reason: "Available" };
}

function dataSecretNotAvailable(message: string): ConditionValue {
  return { type: "DataSecretAvailable", status: "False", reason: "NotAvailable", message };
}

/** What one step of the work says of a KubeadmConfig, today and to readers of v1beta1. */
export interface Said {
  readonly conditions: readonly ConditionValue[];
  readonly old: readonly V1beta1Condition[];
}

const checkLogs = "Please check controller logs for errors";

export function allAvailable(): Said {
  const types = ["DataSecretAvailable", "CertificatesAvailable"];
  return {
    conditions: types.map(available),
    old: types.map((type) => ({ type, status: "True" })),
  };
}

export function waitingFor(what: "controlPlane" | "endpoint" | "infrastructure"): Said {
  const [reason, message] = waits[what];
  return {
    conditions: [dataSecretNotAvailable(message)],
    old: [{ type: "DataSecretAvailable", status: "False", severity: "Info", reason }],
  };
}

const waits = {
  infrastructure: [
    "WaitingForClusterInfrastructure",
    "Waiting for Cluster status.infrastructureReady to be true",
  ],
  controlPlane: [
    "WaitingForControlPlaneAvailable",
    "Waiting for Cluster control plane to be initialized",
  ],
  endpoint: [
    "WaitingForControlPlaneAvailable",
    "Waiting for Cluster spec.controlPlaneEndpoint to be set",
  ],
} as const;

export function certificatesMissing(error: string): Said {
  const type = "CertificatesAvailable";
  const reason = "CertificatesCorrupted";
  return {
    conditions: [{ type, status: "Unknown", reason: "InternalError", message: checkLogs }],
    old: [{ type, status: "False", severity: "Error", reason, message: error }],
  };
}

/** Upstream's words for what could not be read come first; what upstream's log alone knows follows. */
export function generationFailed(error: unknown): Said {
  const type = "DataSecretAvailable";
  const reason = "DataSecretGenerationFailed";
  const message = messageOf(error);
  return {
    conditions: [dataSecretNotAvailable(message)],
    old: [{ type, status: "False", severity: "Warning", reason, message }],
  };
}

/** The KubeadmConfig with these conditions, and Ready summed up from them. */
export function withConditions(config: KubeadmConfig, said: Said, stamp: Stamp): KubeadmConfig {
  const conditions = setConditions(config.status?.conditions, said.conditions, stamp);
  const types = ["DataSecretAvailable", "CertificatesAvailable"];
  const ready = summarizeConditions("Ready", conditions, {
    types,
    reasons: { issue: "NotReady", unknown: "ReadyUnknown", info: "Ready" },
  });
  const { generation } = config.metadata;
  const before = config.status?.deprecated?.v1beta1;
  const report = { conditions: said.old, summarized: types };
  return {
    ...config,
    status: {
      ...config.status,
      conditions: setConditions(conditions, [ready], stamp),
      deprecated: { v1beta1: nextV1beta1(before, report, stamp.nowMs) },
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    },
  };
}
