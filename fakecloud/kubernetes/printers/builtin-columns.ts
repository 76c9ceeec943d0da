import { record, records, text } from "../crds/definition.ts";
import type { KubeObject } from "../object.ts";
import {
  apiServiceColumns,
  driverColumns,
  flowSchemaColumns,
  podTemplateColumns,
  priorityLevelColumns,
} from "./administration.ts";
import {
  budgetColumns,
  claimColumns,
  eventColumns,
  nodeColumns,
  serviceColumns,
  signingRequestColumns,
  volumeColumns,
} from "./cluster.ts";
import { column, type Column, integer, nameColumn, wide } from "./column.ts";
import {
  addressColumns,
  autoscalerColumns,
  ingressClassColumns,
  ingressColumns,
  networkPolicyColumns,
  rangeColumns,
} from "./networking.ts";
import { podColumns } from "./pod.ts";
import { ageColumn, joined, number, orNone, spec, status } from "./read.ts";
import {
  cronJobColumns,
  daemonSetColumns,
  deploymentColumns,
  jobColumns,
  replicaSetColumns,
  statefulSetColumns,
} from "./workloads.ts";

function subjects(kind: string, show: (subject: Readonly<Record<string, unknown>>) => string) {
  return (binding: KubeObject) =>
    records(binding["subjects"])
      .filter((each) => each["kind"] === kind)
      .map(show)
      .join(", ");
}

const bindingColumns: readonly Column[] = [
  nameColumn,
  column("Role", (object) => {
    const { kind, name } = record(object["roleRef"]);
    return `${text(kind)}/${text(name)}`;
  }),
  ageColumn,
  wide(
    "Users",
    subjects("User", ({ name }) => text(name)),
  ),
  wide(
    "Groups",
    subjects("Group", ({ name }) => text(name)),
  ),
  wide(
    "ServiceAccounts",
    subjects("ServiceAccount", ({ namespace, name }) => `${text(namespace)}/${text(name)}`),
  ),
];

const webhookColumns: readonly Column[] = [
  nameColumn,
  integer("Webhooks", (object) => records(object["webhooks"]).length),
  ageColumn,
];

function count(...fields: readonly string[]) {
  return (object: KubeObject) =>
    fields.reduce((sum, field) => sum + Object.keys(record(object[field])).length, 0);
}

function endpointAddresses(endpoints: KubeObject): string {
  const all = records(endpoints["subsets"]).flatMap(({ addresses, ports }) =>
    records(ports).flatMap(({ port }) =>
      records(addresses).map(({ ip }) => `${text(ip)}:${number(port)}`),
    ),
  );
  return firstThree(all, " + N more...");
}

function firstThree(all: readonly string[], more: string): string {
  if (all.length === 0) return "<none>";
  const shown = all.slice(0, 3).join(",");
  return all.length > 3 ? shown + more.replace("N", String(all.length - 3)) : shown;
}

function quotaText(quota: KubeObject, wanted: (name: string) => boolean): string {
  const { hard, used } = status(quota);
  return Object.keys(record(hard))
    .filter(wanted)
    .sort()
    .map((name) => `${name}: ${text(record(used)[name])}/${text(record(hard)[name])}`)
    .join(", ");
}

const isLimit = (name: string) => name.startsWith("limits.");

/** What `kubectl get` shows of a built-in kind, by "Kind.group". Kinds that are not here show name and time of creation. */
export const builtinColumns: Readonly<Record<string, readonly Column[]>> = {
  Pod: podColumns,
  Node: nodeColumns,
  Namespace: [nameColumn, column("Status", (object) => text(status(object)["phase"])), ageColumn],
  Service: serviceColumns,
  Event: eventColumns,
  "Event.events.k8s.io": eventColumns,
  "Deployment.apps": deploymentColumns,
  "ReplicaSet.apps": replicaSetColumns,
  ReplicationController: replicaSetColumns,
  "DaemonSet.apps": daemonSetColumns,
  "StatefulSet.apps": statefulSetColumns,
  "Job.batch": jobColumns,
  "CronJob.batch": cronJobColumns,
  Secret: [
    nameColumn,
    column("Type", (object) => text(object["type"])),
    column("Data", count("data")),
    ageColumn,
  ],
  ConfigMap: [nameColumn, column("Data", count("data", "binaryData")), ageColumn],
  ServiceAccount: [nameColumn, ageColumn],
  Endpoints: [nameColumn, column("Endpoints", endpointAddresses), ageColumn],
  "EndpointSlice.discovery.k8s.io": [
    nameColumn,
    column("AddressType", (object) => text(object["addressType"])),
    column("Ports", (object) =>
      firstThree(
        records(object["ports"]).map(({ port }) => String(number(port))),
        " + N more...",
      ),
    ),
    column("Endpoints", (object) =>
      firstThree(
        records(object["endpoints"]).flatMap(({ addresses }) =>
          Array.isArray(addresses) ? addresses.map(String) : [],
        ),
        " + N more...",
      ),
    ),
    ageColumn,
  ],
  PersistentVolume: volumeColumns,
  PersistentVolumeClaim: claimColumns,
  "StorageClass.storage.k8s.io": [
    column(
      "Name",
      (object) => {
        const key = "storageclass.kubernetes.io/is-default-class";
        const isDefault = object.metadata.annotations?.[key] === "true";
        return `${object.metadata.name ?? ""}${isDefault ? " (default)" : ""}`;
      },
      { format: "name" },
    ),
    column("Provisioner", (object) => text(object["provisioner"])),
    column("ReclaimPolicy", (object) => orNone(object["reclaimPolicy"], "Delete")),
    column("VolumeBindingMode", (object) => orNone(object["volumeBindingMode"], "Immediate")),
    column("AllowVolumeExpansion", (object) => object["allowVolumeExpansion"] === true),
    ageColumn,
  ],
  "VolumeAttachment.storage.k8s.io": [
    nameColumn,
    column("Attacher", (object) => text(spec(object)["attacher"]), { format: "name" }),
    column("PV", (object) => text(record(spec(object)["source"])["persistentVolumeName"])),
    column("Node", (object) => text(spec(object)["nodeName"])),
    column("Attached", (object) => status(object)["attached"] === true, { type: "boolean" }),
    ageColumn,
  ],
  "CSINode.storage.k8s.io": [
    nameColumn,
    integer("Drivers", (object) => records(spec(object)["drivers"]).length),
    ageColumn,
  ],
  "ClusterRoleBinding.rbac.authorization.k8s.io": bindingColumns,
  "RoleBinding.rbac.authorization.k8s.io": bindingColumns,
  "CertificateSigningRequest.certificates.k8s.io": signingRequestColumns,
  "Lease.coordination.k8s.io": [
    nameColumn,
    column("Holder", (object) => text(spec(object)["holderIdentity"])),
    ageColumn,
  ],
  "PodDisruptionBudget.policy": budgetColumns,
  "PriorityClass.scheduling.k8s.io": [
    nameColumn,
    integer("Value", (object) => number(object["value"])),
    column("Global-Default", (object) => object["globalDefault"] === true, { type: "boolean" }),
    ageColumn,
    column("PreemptionPolicy", (object) => text(object["preemptionPolicy"])),
  ],
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": webhookColumns,
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io": webhookColumns,
  "ControllerRevision.apps": [
    nameColumn,
    column("Controller", (object) =>
      joined(
        (object.metadata.ownerReferences ?? [])
          .filter(({ controller }) => controller === true)
          .map(({ kind, name }) => `${kind.toLowerCase()}/${name}`),
      ),
    ),
    column("Revision", (object) => number(object["revision"])),
    ageColumn,
  ],
  ResourceQuota: [
    nameColumn,
    column("Request", (object) => quotaText(object, (name) => !isLimit(name))),
    column("Limit", (object) => quotaText(object, isLimit)),
    ageColumn,
  ],
  PodTemplate: podTemplateColumns,
  ComponentStatus: [
    nameColumn,
    column("Status", () => ""),
    column("Message", () => ""),
    column("Error", () => ""),
  ],
  "APIService.apiregistration.k8s.io": apiServiceColumns,
  "FlowSchema.flowcontrol.apiserver.k8s.io": flowSchemaColumns,
  "PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io": priorityLevelColumns,
  "IPAddress.networking.k8s.io": addressColumns,
  "ServiceCIDR.networking.k8s.io": rangeColumns,
  "CSIDriver.storage.k8s.io": driverColumns,
  "VolumeAttributesClass.storage.k8s.io": [
    nameColumn,
    column("DriverName", (object) => text(object["driverName"])),
    ageColumn,
  ],
  "HorizontalPodAutoscaler.autoscaling": autoscalerColumns,
  "Ingress.networking.k8s.io": ingressColumns,
  "IngressClass.networking.k8s.io": ingressClassColumns,
  "NetworkPolicy.networking.k8s.io": networkPolicyColumns,
  "RuntimeClass.node.k8s.io": [
    nameColumn,
    column("Handler", (object) => text(object["handler"])),
    ageColumn,
  ],
  "ValidatingAdmissionPolicy.admissionregistration.k8s.io": [
    nameColumn,
    integer("Validations", (object) => records(spec(object)["validations"]).length),
    column("ParamKind", (object) => {
      const { apiVersion, kind } = record(spec(object)["paramKind"]);
      return kind === undefined ? "<unset>" : `${text(apiVersion)}/${text(kind)}`;
    }),
    ageColumn,
  ],
  "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io": [
    nameColumn,
    column("PolicyName", (object) => text(spec(object)["policyName"])),
    column("ParamRef", (object) => {
      const { name, namespace } = record(spec(object)["paramRef"]);
      if (name === undefined) return "<unset>";
      return namespace === undefined ? text(name) : `${text(namespace)}/${text(name)}`;
    }),
    ageColumn,
  ],
  "Scale.autoscaling": [
    nameColumn,
    integer("Desired", (object) => number(spec(object)["replicas"])),
    integer("Available", (object) => number(status(object)["replicas"])),
    ageColumn,
  ],
};

/** For kinds without columns of their own. */
export const defaultColumns: readonly Column[] = [
  nameColumn,
  column("Created At", ({ metadata }) => metadata.creationTimestamp ?? "<unknown>", {
    type: "date",
  }),
];
