import type { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { type ConditionValue, setConditions, type Stamp } from "../objects/conditions.ts";

export function available(type: string): ConditionValue {
  return { type, status: "True", reason: "Available" };
}

export function dataSecretNotAvailable(message: string): ConditionValue {
  return { type: "DataSecretAvailable", status: "False", reason: "NotAvailable", message };
}

function notYetReported(type: string): ConditionValue {
  return {
    type,
    status: "Unknown",
    reason: "NotYetReported",
    message: "Condition not yet reported",
  };
}

/** The KubeadmConfig with these conditions, and Ready summed up from them. */
export function withConditions(
  config: KubeadmConfig,
  values: readonly ConditionValue[],
  stamp: Stamp,
): KubeadmConfig {
  const conditions = setConditions(config.status?.conditions, values, stamp);
  const problems = ["DataSecretAvailable", "CertificatesAvailable"]
    .map((type) => conditions.find((condition) => condition.type === type) ?? notYetReported(type))
    .filter((condition) => condition.status !== "True");
  const isBlocked = problems.some((condition) => condition.status === "False");
  const ready: ConditionValue =
    problems.length === 0
      ? { type: "Ready", status: "True", reason: "Ready" }
      : {
          type: "Ready",
          status: isBlocked ? "False" : "Unknown",
          reason: isBlocked ? "NotReady" : "ReadyUnknown",
          message: problems
            .map((problem) => `* ${problem.type}: ${problem.message ?? ""}`)
            .join("\n"),
        };
  const { generation } = config.metadata;
  return {
    ...config,
    status: {
      ...config.status,
      conditions: setConditions(conditions, [ready], stamp),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    },
  };
}
