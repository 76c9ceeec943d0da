import { type OpenApiSchema, toOpenApi } from "./open-api.ts";
import type { Definitions, KindSchema, PrinterColumn, VersionSchema } from "./schema.ts";

export interface CustomResourceDefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly schema: { readonly openAPIV3Schema: OpenApiSchema };
  readonly subresources?: Readonly<Record<string, unknown>>;
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
}

export interface CustomResourceDefinition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly scope: "Cluster" | "Namespaced";
    readonly names: Readonly<Record<string, unknown>>;
    readonly versions: readonly CustomResourceDefinitionVersion[];
    readonly conversion: Readonly<Record<string, unknown>>;
  };
}

/** The contract versions that a provider's kinds fulfil are announced by labels on the CRD. */
const contractLabels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "cluster-api": { "cluster.x-k8s.io/v1beta1": "v1beta1", "cluster.x-k8s.io/v1beta2": "v1beta2" },
  "infrastructure-aws": { "cluster.x-k8s.io/v1beta1": "v1beta1_v1beta2" },
};

function providerOf(group: string): string {
  switch (group) {
    case "bootstrap.cluster.x-k8s.io":
      return "bootstrap-kubeadm";
    case "controlplane.cluster.x-k8s.io":
      return "control-plane-kubeadm";
    case "infrastructure.cluster.x-k8s.io":
      return "infrastructure-aws";
    default:
      return "cluster-api";
  }
}

export function toCustomResourceDefinition(
  kind: KindSchema,
  definitions: Definitions,
): CustomResourceDefinition {
  const provider = providerOf(kind.group);
  const contract = provider === "infrastructure-aws" ? provider : "cluster-api";
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      labels: { "cluster.x-k8s.io/provider": provider, ...contractLabels[contract] },
    },
    spec: {
      group: kind.group,
      scope: kind.scope,
      names: names(kind),
      versions: Object.entries(kind.versions).map(([name, version]) =>
        toVersion(name, version, definitions),
      ),
      conversion: conversion(kind),
    },
  };
}

function names(kind: KindSchema): Readonly<Record<string, unknown>> {
  return {
    kind: kind.kind,
    listKind: `${kind.kind}List`,
    plural: kind.plural,
    singular: kind.singular,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    categories: kind.categories,
  };
}

function toVersion(
  name: string,
  version: VersionSchema,
  definitions: Definitions,
): CustomResourceDefinitionVersion {
  const schema = toOpenApi(version.schema, definitions);
  schema.properties = {
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object" },
    ...schema.properties,
  };
  return {
    name,
    served: version.served,
    storage: version.storage,
    ...(version.deprecated === true ? { deprecated: true } : {}),
    schema: { openAPIV3Schema: schema },
    ...(version.subresources === undefined ? {} : { subresources: version.subresources }),
    ...(version.columns.length === 0 ? {} : { additionalPrinterColumns: version.columns }),
  };
}

/** One served version needs no conversion; two need the webhook, whose address the installer fills in. */
function conversion(kind: KindSchema): Readonly<Record<string, unknown>> {
  const served = Object.values(kind.versions).filter((version) => version.served);
  if (served.length < 2) return { strategy: "None" };
  return {
    strategy: "Webhook",
    webhook: {
      conversionReviewVersions: ["v1", "v1beta1"],
      clientConfig: {
        service: {
          name: "seatrial-webhook-service",
          namespace: "seatrial-system",
          path: "/convert",
        },
      },
    },
  };
}
