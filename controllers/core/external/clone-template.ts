import {
  ClusterNameLabel,
  TemplateClonedFromGroupKindAnnotation,
  TemplateClonedFromNameAnnotation,
} from "../../api/constants.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import type { Client, OwnerReference, UnstructuredObject } from "../../runtime/client.ts";
import { apiVersionOf } from "../../runtime/resource-path.ts";
import { getExternal, resolveKind } from "./external-objects.ts";

export interface Clone {
  readonly template: ContractReference;
  readonly namespace: string;
  readonly name: string;
  readonly clusterName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Holds the object until the Machine takes it over. */
  readonly owner: OwnerReference;
}

interface TemplateContent {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Record<string, unknown>;
}

/** Creates an object from a template: the same kind without "Template". */
export async function cloneTemplate(client: Client, clone: Clone): Promise<UnstructuredObject> {
  const { template, namespace, name } = clone;
  const source = await getExternal(client, template, { namespace, name: template.name });
  if (source === undefined) {
    throw new Error(`${template.kind} ${namespace}/${template.name} does not exist`);
  }
  const content = (source.object.spec?.["template"] ?? {}) as TemplateContent;
  const kindName = template.kind.replace(/Template$/, "");
  const { kind } = await resolveKind(client, { apiGroup: template.apiGroup, kind: kindName });
  return client.create(kind, {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      name,
      namespace,
      labels: {
        ...content.metadata?.labels,
        ...clone.labels,
        [ClusterNameLabel]: clone.clusterName,
      },
      annotations: {
        ...content.metadata?.annotations,
        ...clone.annotations,
        [TemplateClonedFromNameAnnotation]: template.name,
        [TemplateClonedFromGroupKindAnnotation]: `${template.kind}.${template.apiGroup}`,
      },
      ownerReferences: [clone.owner],
    },
    spec: content.spec ?? {},
  });
}
