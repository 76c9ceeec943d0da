import { admission } from "@seatrial/controllers/api/admission.ts";
import type { AdmissionRule } from "@seatrial/controllers/api/admission/rule.ts";
import { convert } from "@seatrial/controllers/api/conversion.ts";
import { crds } from "@seatrial/controllers/api/crds.ts";
import type { AdmissionHook } from "@seatrial/fakecloud/kubernetes/admission/admission.ts";
import { formatTime } from "@seatrial/fakecloud/kernel/clock.ts";
import { randomUuid } from "@seatrial/fakecloud/kernel/random.ts";
import {
  createApiServer,
  type CreateApiServerOptions,
  type EmbeddedApiServer,
} from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { established } from "@seatrial/fakecloud/kubernetes/crds/definition-controller.ts";

type Convertible = Parameters<typeof convert>[0];

/** The version of Kubernetes that the management cluster says it is. */
export const managementVersion = "v1.36.0";

/** An API server that knows Cluster API's kinds and asks its admission functions, as webhooks would. */
export function createManagementCluster(
  options: Omit<CreateApiServerOptions, "name" | "version">,
): EmbeddedApiServer {
  return createApiServer({
    ...options,
    name: "management",
    version: managementVersion,
    convert: (objects, apiVersion) =>
      objects.map(
        (object) =>
          convert(object as unknown as Convertible, apiVersion) as unknown as typeof object,
      ),
    admission: admission.map(toHook),
  });
}

/** Creates the CRDs; they are served a few milliseconds of its clock later. */
export async function installDefinitions(server: EmbeddedApiServer): Promise<void> {
  for (const crd of crds) {
    const response = await server.handle({
      method: "POST",
      path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      query: {},
      headers: { "content-type": "application/json", "user-agent": "seatrial" },
      body: crd,
      user: { username: "seatrial", groups: ["system:masters"] },
    });
    // 409: they are there already, from an earlier start on the same data.
    if (response.status >= 300 && response.status !== 409) {
      const why = response.kind === "answer" ? JSON.stringify(response.body) : "";
      throw new Error(`the definition ${crd.metadata.name} is refused: ${why}`);
    }
  }
}

/** The definitions as an earlier start has left them: they are in the store and serve, and nobody checks them again. */
export function putDefinitions(
  { store }: EmbeddedApiServer,
  { clock, random }: Pick<CreateApiServerOptions, "clock" | "random">,
): void {
  const table = store.table("customresourcedefinitions.apiextensions.k8s.io");
  const creationTimestamp = formatTime(clock.now());
  for (const crd of crds) {
    const { name } = crd.metadata;
    const uid = randomUuid(random, "uid", `management/${table.id}/${name}`);
    const metadata = { ...crd.metadata, uid, creationTimestamp, generation: 1 };
    store.put(table, { namespace: "", name }, established({ ...crd, metadata }, creationTimestamp));
  }
}

function toHook(rule: AdmissionRule): AdmissionHook {
  const { kind, group } = rule;
  return {
    name: `${kind.toLowerCase()}.${group}`,
    kinds: [`${kind}.${group}`],
    version: "v1beta2",
    operations: ["CREATE", "UPDATE", "DELETE"],
    mutate: ({ operation, object, oldObject }) => {
      if (operation === "DELETE" || object === undefined) return undefined;
      const context = {
        operation: operation === "CREATE" ? ("CREATE" as const) : ("UPDATE" as const),
        ...(oldObject === undefined ? {} : { old: oldObject }),
      };
      return rule.default?.(object, context) as typeof object | undefined;
    },
    validate: ({ operation, object, oldObject, name }) => {
      const errors = fieldErrors(rule, operation, { object, oldObject });
      if (errors.length === 0) return undefined;
      const texts = errors.map(({ field, message }) => `${field}: ${message}`);
      const list = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
      return {
        allowed: false,
        code: 422,
        reason: "Invalid",
        message: `${kind}.${group} "${name}" is invalid: ${list}`,
      };
    },
  };
}

function fieldErrors(
  rule: AdmissionRule,
  operation: string,
  objects: { readonly object: unknown; readonly oldObject: unknown },
) {
  const { object, oldObject } = objects;
  if (operation === "DELETE") return rule.validateDelete?.(oldObject) ?? [];
  if (operation === "CREATE") return rule.validateCreate?.(object) ?? [];
  return rule.validateUpdate?.(oldObject, object) ?? [];
}
