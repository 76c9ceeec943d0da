import { expect, test } from "vitest";
import type { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import {
  allAvailable,
  certificatesMissing,
  generationFailed,
  type Said,
  waitingFor,
  withConditions,
} from "./status.ts";

const config: KubeadmConfig = {
  apiVersion: "bootstrap.cluster.x-k8s.io/v1beta2",
  kind: "KubeadmConfig",
  metadata: { name: "c", generation: 2 },
};
const unreadable =
  "Failed to read password from secrets for spec.users: Secret default/s does not exist";
const initialized = "Waiting for Cluster control plane to be initialized";
const infrastructure = "Waiting for Cluster status.infrastructureReady to be true";
const unreported = "* CertificatesAvailable: Condition not yet reported";
const checkLogs = "Please check controller logs for errors";

type Words = readonly [string, string | undefined, string, string | undefined];

test.for<[string, Said, Record<string, Words>, Record<string, Words>]>([
  [
    "all is there",
    allAvailable(),
    {
      Ready: ["True", undefined, "Ready", ""],
      DataSecretAvailable: ["True", undefined, "Available", ""],
      CertificatesAvailable: ["True", undefined, "Available", ""],
    },
    {
      Ready: ["True", undefined, undefined as never, undefined],
      DataSecretAvailable: ["True", undefined, undefined as never, undefined],
      CertificatesAvailable: ["True", undefined, undefined as never, undefined],
    },
  ],
  [
    "the infrastructure is not there yet",
    waitingFor("infrastructure"),
    {
      Ready: [
        "False",
        undefined,
        "NotReady",
        `* DataSecretAvailable: ${infrastructure}\n${unreported}`,
      ],
      DataSecretAvailable: ["False", undefined, "NotAvailable", infrastructure],
    },
    {
      Ready: ["False", "Info", "WaitingForClusterInfrastructure", undefined],
      DataSecretAvailable: ["False", "Info", "WaitingForClusterInfrastructure", undefined],
    },
  ],
  [
    "the control plane is not there yet",
    waitingFor("controlPlane"),
    {
      Ready: [
        "False",
        undefined,
        "NotReady",
        `* DataSecretAvailable: ${initialized}\n${unreported}`,
      ],
      DataSecretAvailable: ["False", undefined, "NotAvailable", initialized],
    },
    {
      Ready: ["False", "Info", "WaitingForControlPlaneAvailable", undefined],
      DataSecretAvailable: ["False", "Info", "WaitingForControlPlaneAvailable", undefined],
    },
  ],
  [
    "certificates are missing",
    certificatesMissing("Secrets c-ca do not exist"),
    {
      Ready: [
        "Unknown",
        undefined,
        "ReadyUnknown",
        `* DataSecretAvailable: Condition not yet reported\n* CertificatesAvailable: ${checkLogs}`,
      ],
      CertificatesAvailable: ["Unknown", undefined, "InternalError", checkLogs],
    },
    {
      Ready: ["False", "Error", "CertificatesCorrupted", "Secrets c-ca do not exist"],
      CertificatesAvailable: [
        "False",
        "Error",
        "CertificatesCorrupted",
        "Secrets c-ca do not exist",
      ],
    },
  ],
  [
    "a Secret cannot be read",
    generationFailed(new Error(unreadable)),
    {
      Ready: [
        "False",
        undefined,
        "NotReady",
        `* DataSecretAvailable: ${unreadable}\n${unreported}`,
      ],
      DataSecretAvailable: ["False", undefined, "NotAvailable", unreadable],
    },
    {
      Ready: ["False", "Warning", "DataSecretGenerationFailed", unreadable],
      DataSecretAvailable: ["False", "Warning", "DataSecretGenerationFailed", unreadable],
    },
  ],
])("a KubeadmConfig says, today and in v1beta1, that %s", ([, said, now, old]) => {
  const { status } = withConditions(config, said, { nowMs: 0, generation: 2 });
  const wordsOf = (
    conditions: readonly {
      type: string;
      status: string;
      severity?: string;
      reason?: string;
      message?: string;
    }[] = [],
  ) =>
    Object.fromEntries(
      conditions.map((each) => [
        each.type,
        [each.status, each.severity, each.reason, each.message],
      ]),
    );
  expect(wordsOf(status?.conditions)).toEqual(now);
  expect(wordsOf(status?.deprecated?.v1beta1?.conditions)).toEqual(old);
});
