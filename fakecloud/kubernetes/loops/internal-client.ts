import type { ClusterState } from "../cluster-state.ts";
import type { ApiRequest, ApiServer, UserInfo } from "../contract.ts";
import { copyPlainJson } from "../json.ts";
import { gvOf, type KubeObject } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import { type Status, StatusError } from "../status.ts";
import type { Store } from "../store.ts";

/** What the cluster's own loops need of an API server. */
export interface LoopServer extends ApiServer {
  readonly state: ClusterState;
  readonly store: Store;
}

/** How the cluster's own loops write: through the front door, as the component that they are part of. */
export class InternalClient {
  readonly #server: ApiServer;
  readonly #user: UserInfo;
  readonly #agent: string;

  constructor(server: ApiServer, name: string) {
    this.#server = server;
    this.#agent = name;
    this.#user = {
      username: `system:serviceaccount:kube-system:${name}`,
      groups: ["system:masters", "system:authenticated"],
    };
  }

  delete(resource: Resource, object: KubeObject, options: unknown): Promise<unknown> {
    return this.#call({ method: "DELETE", path: pathOf(resource, object), body: options });
  }

  mergePatch(resource: Resource, object: KubeObject, patch: unknown): Promise<unknown> {
    return this.#call({
      method: "PATCH",
      path: pathOf(resource, object),
      body: patch,
      contentType: "application/merge-patch+json",
    });
  }

  /** Server-side apply under the component's own name. */
  apply(resource: Resource, object: KubeObject, fields: unknown): Promise<unknown> {
    const { apiVersion, kind, metadata } = object;
    const body = { apiVersion, kind, metadata: { name: metadata.name }, ...(fields as object) };
    return this.#call({
      method: "PATCH",
      path: pathOf(resource, object),
      body,
      query: { fieldManager: [this.#agent], force: ["true"] },
      contentType: "application/apply-patch+yaml",
    });
  }

  put(resource: Resource, object: KubeObject, subresource: string): Promise<unknown> {
    const path = `${pathOf(resource, object)}/${subresource}`;
    return this.#call({ method: "PUT", path, body: object });
  }

  async #call(request: {
    readonly method: ApiRequest["method"];
    readonly path: string;
    readonly body: unknown;
    readonly query?: ApiRequest["query"];
    readonly contentType?: string;
  }): Promise<unknown> {
    const { method, path, body, query = {}, contentType = "application/json" } = request;
    const response = await this.#server.handle({
      method,
      path,
      query,
      headers: { "content-type": contentType, "user-agent": this.#agent },
      body: copyPlainJson(body),
      user: this.#user,
    });
    if (response.kind === "stream") throw new Error("a write was answered with a stream");
    if (response.status >= 400) throw new StatusError(response.body as Status);
    return response.body;
  }
}

export function pathOf(resource: Resource, { metadata }: KubeObject): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === "" ? `/api/${version}` : `/apis/${gvOf(group, version)}`;
  const scope = namespaced ? `/namespaces/${metadata.namespace ?? ""}` : "";
  return `${root}${scope}/${plural}/${metadata.name ?? ""}`;
}
