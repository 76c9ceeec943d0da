// oxlint-disable no-restricted-imports -- It is a part of the tests: production code never imports it.
import type { EmbeddedApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { createManagementCluster } from "../../scenarios/runner/management-cluster.ts";
import { convert } from "../api/conversion.ts";
import { crds } from "../api/crds.ts";

export type Json = Readonly<Record<string, unknown>>;

export const user = { username: "kubernetes-admin", groups: ["system:masters"] };

/** An API server with the project's kinds; `whole` asks admission as well, as the management cluster does. */
export class Server {
  readonly #server: EmbeddedApiServer;
  readonly #kernel = new Kernel({ seed: "1" });

  constructor(whole: boolean) {
    const { clock, random, trace } = this.#kernel;
    const common = { clock, random, trace };
    this.#server = whole
      ? createManagementCluster(common)
      : createApiServer({
          ...common,
          name: "management",
          version: "v1.36.0",
          convert: (objects, apiVersion) =>
            objects.map((object) => convert<never>(object as never, apiVersion)),
        });
  }

  async start(kinds: ReadonlySet<string>): Promise<this> {
    for (const crd of crds.filter(({ spec }) => kinds.has(String(spec.names["kind"])))) {
      await this.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd);
    }
    await this.#kernel.runFor(1000);
    return this;
  }

  async call(method: string, path: string, body?: unknown): Promise<Json> {
    const query = method === "GET" ? {} : { fieldValidation: ["Strict"] };
    const response = await this.#server.handle({
      method: method as "GET",
      path,
      query,
      headers: { "content-type": "application/json", "user-agent": "kubectl" },
      ...(body === undefined ? {} : { body }),
      user,
    });
    const answer = response.kind === "answer" ? (response.body as Json) : {};
    if (response.status >= 300) throw new Error(`${method} ${path}: ${String(answer["message"])}`);
    return answer;
  }
}

export function pathOf(kind: string, version: string, name = ""): string {
  const found = crds.find(({ spec }) => spec.names["kind"] === kind);
  if (found === undefined) throw new Error(`there is no kind ${kind}`);
  const { spec } = found;
  const scope = spec.scope === "Namespaced" ? "/namespaces/default" : "";
  const base = `/apis/${spec.group}/${version}${scope}/${String(spec.names["plural"])}`;
  return name === "" ? base : `${base}/${name}`;
}

/** Fields of the first that the second lacks or has otherwise. */
export function lost(sent: unknown, stored: unknown, path = ""): readonly string[] {
  if (Array.isArray(sent)) {
    const list = Array.isArray(stored) ? (stored as unknown[]) : [];
    return sent.flatMap((item, index) => lost(item, list[index], `${path}[${index}]`));
  }
  if (sent !== null && typeof sent === "object") {
    const fields = (stored ?? {}) as Json;
    return Object.entries(sent).flatMap(([key, value]) =>
      lost(value, fields[key], `${path}.${key}`),
    );
  }
  // An empty value is the same as none.
  if (sent === null || sent === stored || (sent === "" && stored === undefined)) return [];
  return [`${path}: ${JSON.stringify(sent)} became ${JSON.stringify(stored)}`];
}

export const everyVersion = crds.flatMap(({ spec }) =>
  spec.versions
    .filter(({ served }) => served)
    .map((version) => ({ kind: String(spec.names["kind"]), group: spec.group, version })),
);

export const everyKind = new Set(everyVersion.map(({ kind }) => kind));
