import { Admission, type AdmissionHook } from "./admission/admission.ts";
import { failureAnswer, textAnswer } from "./answer.ts";
import { bootstrapNamespaces } from "./bootstrap.ts";
import { ClusterState } from "./cluster-state.ts";
import type { ApiRequest, ApiResponse, ApiServer, ApiServerOptions } from "./contract.ts";
import type { Core } from "./core.ts";
import type { ConvertObjects } from "./crds/custom-resource.ts";
import { startDefinitionController } from "./crds/definition-controller.ts";
import type { Retention } from "./history.ts";
import { ResourceHandler } from "./resource-handler.ts";
import type { Store } from "./store.ts";

export interface CreateApiServerOptions extends ApiServerOptions {
  /** Shared by the front-ends of one cluster (its control-plane nodes); made if not given. */
  readonly state?: ClusterState;
  /** Behind every definition with `strategy: Webhook`. Only without `state`. */
  readonly convert?: ConvertObjects;
  /** Admission functions, in order. */
  readonly admission?: readonly AdmissionHook[];
  /** How long old versions can be listed and watched. Only without `state`. */
  readonly retention?: Retention;
}

export interface EmbeddedApiServer extends ApiServer {
  readonly state: ClusterState;
  readonly store: Store;
  /** Closes every open watch of this front-end without an error, as a restart would. */
  closeWatches(): void;
}

/** One API server: a front-end over the stored objects of its cluster. */
export function createApiServer(options: CreateApiServerOptions): EmbeddedApiServer {
  const state = options.state ?? new ClusterState(options);
  const core: Core = {
    state,
    store: state.store,
    clock: options.clock,
    random: options.random,
    admission: new Admission(options.admission ?? []),
  };
  const handler = new ResourceHandler(core);
  // The loops belong to the cluster, not to one of its front-ends.
  const stop = options.state === undefined ? startDefinitionController(core) : () => undefined;
  bootstrapNamespaces(core);
  return {
    state,
    store: state.store,
    handle: (request) => handle(core, handler, request, options.version),
    closeWatches: () => handler.closeWatches(),
    close: () => {
      stop();
      handler.closeWatches();
    },
  };
}

async function handle(
  core: Core,
  handler: ResourceHandler,
  request: ApiRequest,
  version: string,
): Promise<ApiResponse> {
  let warnings: readonly string[] = [];
  try {
    const context = handler.route(request);
    if (context === undefined) return elsewhere(request, version);
    ({ warnings } = context);
    const response = await handler.run(context);
    const flush = core.store.pendingFlush;
    if (flush !== undefined) await flush;
    return response;
  } catch (error) {
    return failureAnswer(error, warnings);
  }
}

function elsewhere(request: ApiRequest, version: string): ApiResponse {
  if (request.path === "/version") return textAnswer(200, version);
  return textAnswer(404, "404 page not found\n");
}
