import type { UserInfo } from "../contract.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import { failure, type StatusDetails, StatusError } from "../status.ts";

export type Operation = "CONNECT" | "CREATE" | "DELETE" | "UPDATE";

/** What an admission function is asked about. Objects are frozen: change a copy. */
export interface AdmissionRequest {
  readonly operation: Operation;
  readonly group: string;
  readonly version: string;
  /** The version in which the client wrote, where a hook is shown another. */
  readonly requestVersion?: string;
  readonly kind: string;
  readonly plural: string;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty while the name is still to be generated. */
  readonly name: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** CreateOptions, UpdateOptions or DeleteOptions, as the client gave them. */
  options(): JsonObject;
  /** Tells the client something, whatever becomes of its request. */
  warn(text: string): void;
  /** Absent for DELETE. */
  readonly object?: KubeObject;
  /** Present for UPDATE and DELETE. */
  readonly oldObject?: KubeObject;
}

export interface AdmissionVerdict {
  readonly allowed: boolean;
  /** Of a refusal: 403 Forbidden unless given. */
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: StatusDetails;
  readonly warnings?: readonly string[];
}

type MaybePromise<T> = T | Promise<T>;

/** One admission plug-in or webhook, in process. Mutating ones run one after the other, in the order given. */
export interface AdmissionHook {
  /** As a webhook configuration would call it: "default.machine.cluster.x-k8s.io". */
  readonly name: string;
  /** "Machine.cluster.x-k8s.io", "Pod" in the core group, "*" for all. */
  readonly kinds: readonly string[];
  /** The version in which the functions want to see objects; what was requested if not given. */
  readonly version?: string;
  /** CREATE and UPDATE unless given. */
  readonly operations?: readonly Operation[];
  /** Main objects only unless given. */
  readonly subresources?: readonly string[];
  /** Asked once more if another hook has changed what it has seen. */
  readonly reinvoke?: boolean;
  /** Returns the changed object, or undefined to leave it as it is; a throw refuses. */
  mutate?(request: AdmissionRequest): MaybePromise<KubeObject | undefined>;
  /** Returns nothing if all is well; a throw refuses with its message. */
  validate?(request: AdmissionRequest): MaybePromise<AdmissionVerdict | undefined | void>;
}

/** Converts objects between versions of one kind for hooks that want another version than the request's. */
export type ConvertForHook = (object: KubeObject, version: string) => MaybePromise<KubeObject>;

export interface Attributes {
  readonly resource: Resource;
  readonly request: AdmissionRequest;
  readonly warnings: string[];
  readonly convert: ConvertForHook;
}

const defaultOperations: readonly Operation[] = ["CREATE", "UPDATE"];

export interface HookSource {
  matching(request: AdmissionRequest): readonly AdmissionHook[];
}

const noHooks: readonly AdmissionHook[] = [];

/** The chain of admission functions of one API server. */
export class Admission {
  readonly #hooks: readonly AdmissionHook[];
  readonly #configured: readonly HookSource[];
  readonly #matching = new Map<string, readonly AdmissionHook[]>();

  /** `configured` finds the policies and webhooks that are configured in the cluster. */
  constructor(hooks: readonly AdmissionHook[], configured: readonly HookSource[] = []) {
    this.#hooks = hooks;
    this.#configured = configured;
  }

  /** The hooks for a kind; empty for most, and then nothing needs to be awaited. */
  matching(request: AdmissionRequest): readonly AdmissionHook[] {
    let configured = noHooks;
    for (const source of this.#configured) {
      const found = source.matching(request);
      if (found.length > 0) configured = [...configured, ...found];
    }
    if (this.#hooks.length === 0) return configured;
    const given = this.#given(request);
    return configured.length === 0 ? given : [...given, ...configured];
  }

  #given(request: AdmissionRequest): readonly AdmissionHook[] {
    const { kind, group, operation, subresource } = request;
    const key = `${kind}.${group}/${subresource}/${operation}`;
    let found = this.#matching.get(key);
    if (found === undefined) {
      const name = group === "" ? kind : `${kind}.${group}`;
      found = this.#hooks.filter(
        (hook) =>
          (hook.kinds.includes(name) || hook.kinds.includes("*")) &&
          (hook.operations ?? defaultOperations).includes(operation) &&
          (subresource === ""
            ? hook.subresources === undefined || hook.subresources.includes("")
            : (hook.subresources ?? []).includes(subresource)),
      );
      this.#matching.set(key, found);
    }
    return found;
  }

  /** The object as the mutating hooks leave it. */
  async mutate(hooks: readonly AdmissionHook[], attributes: Attributes): Promise<KubeObject> {
    let object = attributes.request.object as KubeObject;
    const left = new Map<AdmissionHook, KubeObject>();
    const run = async (hook: AdmissionHook) => {
      const asked = requestFor(hook, { ...attributes.request, object }, attributes);
      const request = asked instanceof Promise ? await asked : asked;
      const changed = await guard(hook, async () => hook.mutate?.(request));
      if (changed !== undefined)
        object = await attributes.convert(changed, attributes.request.version);
      left.set(hook, object);
    };
    for (const hook of hooks) if (hook.mutate !== undefined) await run(hook);
    // One more round for those who want to know what others have made of it since.
    for (const hook of hooks) {
      if (hook.reinvoke === true && left.get(hook) !== object) await run(hook);
    }
    return object;
  }

  async validate(hooks: readonly AdmissionHook[], attributes: Attributes): Promise<void> {
    for (const hook of hooks) {
      if (hook.validate === undefined) continue;
      const asked = requestFor(hook, attributes.request, attributes);
      const request = asked instanceof Promise ? await asked : asked;
      const verdict = await guard(hook, async () => hook.validate?.(request));
      if (verdict === undefined) continue;
      attributes.warnings.push(...(verdict.warnings ?? []));
      if (!verdict.allowed) throw denied(hook, verdict);
    }
  }
}

/** A promise only where a webhook has to convert. */
function requestFor(
  hook: AdmissionHook,
  request: AdmissionRequest,
  { convert }: Attributes,
): MaybePromise<AdmissionRequest> {
  const { version } = hook;
  if (version === undefined || version === request.version) return request;
  const { object, oldObject } = request;
  const converted = [object, oldObject].map((each) => each && convert(each, version));
  const withObjects = ([now, before]: readonly (KubeObject | undefined)[]): AdmissionRequest => ({
    ...request,
    version,
    requestVersion: request.version,
    ...(now === undefined ? {} : { object: now }),
    ...(before === undefined ? {} : { oldObject: before }),
  });
  return converted.some((each) => each instanceof Promise)
    ? Promise.all(converted.map(async (each) => each)).then(withObjects)
    : withObjects(converted as readonly (KubeObject | undefined)[]);
}

async function guard<T>(hook: AdmissionHook, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw denied(hook, verdictOf(error));
  }
}

/** An error may carry the verdict itself: a field list, another code. */
function verdictOf(error: unknown): AdmissionVerdict {
  const message = error instanceof Error ? error.message : String(error);
  const { verdict } = error as { readonly verdict?: AdmissionVerdict };
  return verdict ?? { allowed: false, message };
}

function denied(hook: AdmissionHook, verdict: AdmissionVerdict): Error {
  const why =
    verdict.message === undefined || verdict.message === ""
      ? verdict.reason === undefined
        ? " without explanation"
        : `: ${verdict.reason}`
      : `: ${verdict.message}`;
  return failure({
    code: verdict.code ?? 403,
    reason: verdict.reason ?? (verdict.code === undefined ? "Forbidden" : ""),
    message: `admission webhook "${hook.name}" denied the request${why}`,
    ...(verdict.details === undefined ? {} : { details: verdict.details }),
  });
}
