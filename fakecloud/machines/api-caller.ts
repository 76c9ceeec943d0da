import type { ApiServer, UserInfo } from "../kubernetes/contract.ts";

/** An answer that is a failure. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiFailure";
    this.status = status;
  }
}

/** Somebody else has changed the object since it was read. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 409;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly creationTimestamp?: string;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
  };
  readonly [field: string]: unknown;
}

type Method = "DELETE" | "GET" | "PATCH" | "POST" | "PUT";

/** A client of one API server for software inside the fake: kubelet, kubeadm, the controllers of a control plane. */
export class ApiCaller {
  readonly #server: ApiServer;
  readonly #user: UserInfo;
  readonly #actor: string;

  constructor(server: ApiServer, user: UserInfo, actor: string) {
    this.#server = server;
    this.#user = user;
    this.#actor = actor;
  }

  async get(path: string): Promise<KubernetesObject | undefined> {
    try {
      return await this.#call("GET", path);
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(path: string): Promise<readonly KubernetesObject[]> {
    const list = await this.#call("GET", path);
    return (list as unknown as { items: readonly KubernetesObject[] }).items;
  }

  /** An object that exists already is left as it is. */
  async ensure(path: string, object: object): Promise<void> {
    try {
      await this.#call("POST", path, { body: object });
    } catch (error) {
      if (isConflict(error)) return;
      // A Service is refused for its address, which its own first self has, before anybody says that it exists.
      const mayExist = error instanceof ApiFailure && error.status === 422;
      const { name } = (object as KubernetesObject).metadata;
      if (mayExist && (await this.get(`${path}/${name}`)) !== undefined) return;
      throw error;
    }
  }

  create(path: string, object: unknown): Promise<KubernetesObject> {
    return this.#call("POST", path, { body: object });
  }

  /** Undefined if the object has gone. */
  async patch(path: string, patch: unknown): Promise<KubernetesObject | undefined> {
    try {
      return await this.#call("PATCH", path, {
        body: patch,
        contentType: "application/merge-patch+json",
      });
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  async delete(path: string, options: object = {}): Promise<void> {
    try {
      await this.#call("DELETE", path, {
        body: { apiVersion: "v1", kind: "DeleteOptions", ...options },
      });
    } catch (error) {
      if (!(error instanceof ApiFailure && error.status === 404)) throw error;
    }
  }

  async #call(
    method: Method,
    path: string,
    options: { readonly body?: unknown; readonly contentType?: string } = {},
  ): Promise<KubernetesObject> {
    const { body, contentType = "application/json" } = options;
    const response = await this.#server.handle({
      method,
      path,
      query: {},
      headers: { "content-type": contentType, "user-agent": this.#actor },
      ...(body === undefined ? {} : { body }),
      user: this.#user,
    });
    if (response.kind === "stream") throw new Error(`${method} ${path} is a watch`);
    if (response.status >= 300) {
      const { message } = response.body as { message?: string };
      throw new ApiFailure(response.status, message ?? `status ${response.status}`);
    }
    return response.body as KubernetesObject;
  }
}
