import { Admission, type AdmissionHook } from "./admission/admission.ts";
import { ConfiguredPolicies } from "./admission/policies.ts";
import { ConfiguredWebhooks, type WebhookCaller } from "./admission/webhooks.ts";
import { failureAnswer, textAnswer } from "./answer.ts";
import {
  allowAll,
  notAllowed,
  pathAttributes,
  resourceAttributes,
} from "./authorization/authorize.ts";
import { bootstrapRoles } from "./authorization/bootstrap-policy.ts";
import { impersonated } from "./authorization/impersonation.ts";
import { NodeAuthorizer } from "./authorization/node-authorizer.ts";
import { type Attributes, RbacAuthorizer } from "./authorization/rbac.ts";
import { bootstrapNamespaces } from "./bootstrap.ts";
import { ClusterState } from "./cluster-state.ts";
import type {
  ApiAnswer,
  ApiRequest,
  ApiResponse,
  ApiServerOptions,
  ServedApi,
  UserInfo,
} from "./contract.ts";
import type { Core } from "./core.ts";
import type { ConvertObjects } from "./crds/custom-resource.ts";
import { startDefinitionController } from "./crds/definition-controller.ts";
import { Discovery } from "./discovery/discovery.ts";
import type { Retention } from "./history.ts";
import { startGarbageCollector } from "./loops/garbage-collector.ts";
import type { LoopServer } from "./loops/internal-client.ts";
import { startRoleAggregation } from "./loops/role-aggregation.ts";
import { startNamespaceController } from "./loops/namespace-controller.ts";
import { OpenApi } from "./openapi/openapi.ts";
import { withConversions } from "./registry/remote-conversion.ts";
import { ResourceHandler } from "./resource-handler.ts";
import { keyedSigner, Tokens, type TokenSigner } from "./tokens.ts";
import { methodNotAllowed, unknownResource } from "./status.ts";
import { healthAnswer, versionAnswer } from "./well-known.ts";

export interface CreateApiServerOptions extends ApiServerOptions {
  /** Shared by the front-ends of one cluster (its control-plane nodes); made if not given. */
  readonly state?: ClusterState;
  /** Given the state before anything is stored in it or runs over it: the place to bring back what was saved. Only without `state`. */
  readonly prepare?: (state: ClusterState) => void;
  /** Behind every definition with `strategy: Webhook`. Only without `state`. */
  readonly convert?: ConvertObjects;
  /**
   * Whether the garbage collector and the namespace controller run beside this server: by default if it has the cluster
   * to itself. Where a kube-controller-manager is simulated, it starts and stops them (`loops/`).
   */
  readonly loops?: boolean;
  /** Carries reviews to the webhooks that configurations and definitions name; without it they are not called. */
  readonly callWebhook?: WebhookCaller;
  /** Whether roles and bindings, and for kubelets their pods, decide who may do what; otherwise everybody may do everything. */
  readonly rbac?: boolean;
  /** What service-account tokens are signed with. */
  readonly tokenSigner?: TokenSigner;
  /** "host:port" as discovery reports it. */
  readonly address?: string;
  /** Admission functions, in order. */
  readonly admission?: readonly AdmissionHook[];
  /** How long old versions can be listed and watched. Only without `state`. */
  readonly retention?: Retention;
}

export interface EmbeddedApiServer extends LoopServer, ServedApi {
  /** Everything that is served as one Swagger 2 document, in plain JSON. */
  openApiV2(): unknown;
  /** Whom a bearer token stands for; undefined if it stands for nobody. */
  authenticateToken(token: string): UserInfo | undefined;
  /** Closes every open watch of this front-end without an error, as a restart would. */
  closeWatches(): void;
}

/** One API server: a front-end over the stored objects of its cluster. */
export function createApiServer(options: CreateApiServerOptions): EmbeddedApiServer {
  const state = options.state ?? newState(options);
  const core: Core = {
    state,
    store: state.store,
    clock: options.clock,
    random: options.random,
    admission: new Admission(options.admission ?? [], [
      new ConfiguredPolicies(state.store, state.registry),
      ...configuredWebhooks(state, options),
    ]),
    authorizer:
      options.rbac === true
        ? new NodeAuthorizer(state.store, new RbacAuthorizer(state.store))
        : allowAll,
    tokens: new Tokens({
      store: state.store,
      clock: options.clock,
      random: options.random,
      signer: options.tokenSigner ?? keyedSigner(options.random, options.name),
    }),
  };
  const front = createFrontEnd(core, options);
  bootstrapNamespaces(core);
  if (options.rbac === true) bootstrapRoles(core);
  // Definitions are looked after once per cluster, by whichever front-end comes first.
  state.whileOpen("definitions", () => startDefinitionController(core));
  const stops: (() => void)[] = [];
  const server: EmbeddedApiServer = {
    state,
    store: state.store,
    handle: (request) => handle(front, request),
    refusal: (request) => refusal(front, request),
    openApiV2: () => front.openApi.v2(),
    authenticateToken: (token) => core.tokens.authenticate(token)?.user,
    closeWatches: () => front.handler.closeWatches(),
    close: () => {
      for (const stop of stops) stop();
      if (options.state === undefined) state.close();
      front.handler.closeWatches();
    },
  };
  if (options.loops ?? options.state === undefined) {
    stops.push(startGarbageCollector(server), startNamespaceController(server));
    if (options.rbac === true) stops.push(startRoleAggregation(server));
  }
  return server;
}

function newState(options: CreateApiServerOptions): ClusterState {
  const state = new ClusterState(options);
  options.prepare?.(state);
  return state;
}

function configuredWebhooks(
  state: ClusterState,
  { callWebhook, random }: CreateApiServerOptions,
): readonly ConfiguredWebhooks[] {
  if (callWebhook === undefined) return [];
  const { store, registry } = state;
  return [new ConfiguredWebhooks({ store, registry, random, call: callWebhook })];
}

async function handle(front: FrontEnd, incoming: ApiRequest): Promise<ApiResponse> {
  let warnings: readonly string[] = [];
  try {
    const request = asImpersonated(front.core, incoming);
    const context = front.handler.route(request);
    if (context === undefined) {
      await front.core.state.settlingDefinitions;
      return front.elsewhere(request);
    }
    ({ warnings } = context);
    requireAllowed(front.core, resourceAttributes(context));
    const run = () => front.handler.run(context);
    const isRemote = context.resource.conversion.isRemote === true;
    const response = await (isRemote ? withConversions(run) : run());
    const flush = front.core.store.pendingFlush;
    if (flush !== undefined) await flush;
    return response;
  } catch (error) {
    return failureAnswer(error, warnings);
  }
}

function refusal(front: FrontEnd, incoming: ApiRequest): ApiAnswer | undefined {
  try {
    const request = asImpersonated(front.core, incoming);
    const context = front.handler.route(request);
    if (context === undefined) return refused(front.elsewhere(request));
    requireAllowed(front.core, resourceAttributes(context));
    front.handler.requireServed(context);
    return undefined;
  } catch (error) {
    return failureAnswer(error, []);
  }
}

function refused(response: ApiResponse): ApiAnswer | undefined {
  return response.kind === "answer" && response.status >= 400 ? response : undefined;
}

/** The request as whoever it is to be carried out as. */
function asImpersonated(core: Core, request: ApiRequest): ApiRequest {
  const user = impersonated(request, core.authorizer);
  return user === request.user ? request : { ...request, user };
}

function requireAllowed(core: Core, attributes: Attributes): void {
  if (core.authorizer === allowAll) return;
  const { allowed, reason } = core.authorizer.authorize(attributes);
  if (!allowed) throw notAllowed(attributes, reason);
}

/** Inside a built-in group somebody answers even for what is not there. */
function notServed({ state }: Core, path: string): ApiResponse {
  const [, root, group = ""] = path.split("/");
  const builtin = state.registry.list().some((each) => !each.custom && each.group === group);
  if (root === "apis" && group !== "" && builtin) throw unknownResource();
  return textAnswer(404, "404 page not found\n");
}

function requireReadable({ method, path }: ApiRequest): void {
  const known = ["/version", "/api", "/apis", "/openapi/v3"].includes(path);
  if (known && method !== "GET") throw methodNotAllowed();
}

interface FrontEnd {
  readonly core: Core;
  readonly handler: ResourceHandler;
  readonly openApi: OpenApi;
  /** Everything that is not about stored objects. */
  elsewhere(request: ApiRequest): ApiResponse;
}

function createFrontEnd(core: Core, options: CreateApiServerOptions): FrontEnd {
  const discovery = new Discovery(core.state.registry, options.address ?? "127.0.0.1:6443");
  const openApi = new OpenApi(core.state.registry, core.clock, options.version);
  const handler = new ResourceHandler(core);
  return {
    core,
    handler,
    openApi,
    elsewhere: (request) => {
      requireAllowed(core, pathAttributes(request));
      requireReadable(request);
      if (request.path === "/version") return versionAnswer(options.version);
      return (
        discovery.answer(request) ??
        openApi.answer(request) ??
        healthAnswer(request, core.store) ??
        notServed(core, request.path)
      );
    },
  };
}
