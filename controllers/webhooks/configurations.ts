import { admission } from "../api/admission.ts";
import { crds } from "../api/crds.ts";
import type { CustomResourceDefinition } from "../api/custom-resource-definition.ts";
import { paths } from "./review.ts";

/** How the API server reaches the webhook server: a Service of the cluster, or a URL without path. */
export interface WebhookAddress {
  readonly service?: { readonly namespace: string; readonly name: string };
  readonly url?: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly caPem: string;
}

/** The two configurations that make an API server ask for defaults and validation, for every kind here. */
export function webhookConfigurations(address: WebhookAddress): readonly object[] {
  return [
    configuration("MutatingWebhookConfiguration", "default", paths.mutate, address),
    configuration("ValidatingWebhookConfiguration", "validation", paths.validate, address),
  ];
}

/** The CRDs with the conversion webhook's address filled in. */
export function crdsWithWebhook(address: WebhookAddress): readonly CustomResourceDefinition[] {
  return crds.map((crd) =>
    crd.spec.conversion["strategy"] === "Webhook"
      ? {
          ...crd,
          spec: {
            ...crd.spec,
            conversion: {
              strategy: "Webhook",
              webhook: {
                conversionReviewVersions: ["v1"],
                clientConfig: clientConfig(address, paths.convert),
              },
            },
          },
        }
      : crd,
  );
}

function configuration(
  kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
  prefix: string,
  path: string,
  address: WebhookAddress,
): object {
  const operations = ["CREATE", "UPDATE"];
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    metadata: { name: `seatrial-${prefix}` },
    webhooks: admission.map((rule) => ({
      name: `${prefix}.${rule.kind.toLowerCase()}.${rule.group}`,
      rules: [
        {
          apiGroups: [rule.group],
          // v1beta1 requests are converted first: "Equivalent" is the default match policy.
          apiVersions: ["v1beta2"],
          operations,
          resources: [pluralOf(rule.kind)],
          scope: "*",
        },
      ],
      matchPolicy: "Equivalent",
      failurePolicy: "Fail",
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
      timeoutSeconds: 10,
      clientConfig: clientConfig(address, path),
    })),
  };
}

function pluralOf(kind: string): string {
  const crd = crds.find(({ spec }) => spec.names["kind"] === kind);
  if (crd === undefined) throw new Error(`no CustomResourceDefinition for ${kind}`);
  return crd.metadata.name.split(".")[0] ?? "";
}

function clientConfig({ service, url, caPem }: WebhookAddress, path: string): object {
  const caBundle = Buffer.from(caPem).toString("base64");
  if (service !== undefined) return { service: { ...service, path }, caBundle };
  if (url === undefined) throw new Error("a webhook address needs a service or a URL");
  return { url: `${url}${path}`, caBundle };
}
