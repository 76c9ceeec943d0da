/** The parts of built-in kinds that the controllers of a control plane read. */
export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly generation?: number;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastHeartbeatTime?: string;
  readonly lastTransitionTime?: string;
}

export interface NodeObject {
  readonly metadata: Meta;
  readonly spec?: {
    readonly taints?: readonly Taint[];
    readonly unschedulable?: boolean;
    readonly providerID?: string;
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly allocatable?: Readonly<Record<string, string>>;
  };
}

/** "25%" or a number of pods. */
export type IntOrPercent = number | string;

export interface RollingUpdate {
  readonly maxSurge?: IntOrPercent;
  readonly maxUnavailable?: IntOrPercent;
}

export interface UpdateStrategy {
  readonly type?: string;
  readonly rollingUpdate?: RollingUpdate;
}

export interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms?: readonly {
        readonly matchExpressions?: LabelSelector["matchExpressions"];
      }[];
    };
  };
  readonly podAntiAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly {
      readonly labelSelector?: LabelSelector;
      readonly topologyKey: string;
    }[];
  };
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly affinity?: Affinity;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly hostNetwork?: boolean;
  readonly volumes?: readonly { readonly hostPath?: { readonly path?: string } }[];
  readonly containers?: readonly {
    readonly name: string;
    readonly image?: string;
    readonly resources?: { readonly requests?: Readonly<Record<string, string | number>> };
  }[];
}

export interface PodObject {
  readonly metadata: Meta;
  readonly spec?: PodSpec;
  readonly status?: PodStatus;
}

export interface PodStatus {
  readonly phase?: string;
  readonly podIP?: string;
  readonly startTime?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly unknown[];
}

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: PodSpec;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface WorkloadObject {
  readonly metadata: Meta;
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly minReadySeconds?: number;
    readonly selector?: LabelSelector;
    readonly template?: PodTemplate;
    /** Of a Deployment. */
    readonly strategy?: UpdateStrategy;
    /** Of a DaemonSet. */
    readonly updateStrategy?: UpdateStrategy;
  };
  readonly status?: Readonly<Record<string, unknown>>;
}

export function conditionOf(
  object: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(object: {
  readonly status?: { readonly conditions?: readonly Condition[] };
}): boolean {
  return conditionOf(object, "Ready")?.status === "True";
}

export function isOwnedBy(object: { readonly metadata: Meta }, uid: string | undefined): boolean {
  return (
    object.metadata.ownerReferences?.some(
      (owner) => owner.controller === true && owner.uid === uid,
    ) === true
  );
}

export function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some((toleration) => {
    if (
      toleration.effect !== undefined &&
      toleration.effect !== "" &&
      toleration.effect !== taint.effect
    ) {
      return false;
    }
    if (toleration.operator === "Exists") {
      return toleration.key === undefined || toleration.key === "" || toleration.key === taint.key;
    }
    return toleration.key === taint.key && (toleration.value ?? "") === (taint.value ?? "");
  });
}

export function matchesLabels(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The full grammar of label selectors as objects have it; an empty selector matches everything. */
export function matchesSelector(
  selector: LabelSelector = {},
  labels: Readonly<Record<string, string>> = {},
): boolean {
  return (
    matchesLabels(selector.matchLabels ?? {}, labels) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      return matchesExpression({ operator, values }, value);
    })
  );
}

function matchesExpression(
  { operator, values }: { readonly operator: string; readonly values: readonly string[] },
  value: string | undefined,
): boolean {
  if (operator === "Exists") return value !== undefined;
  if (operator === "DoesNotExist") return value === undefined;
  if (operator === "Gt") return Number(value) > Number(values[0]);
  if (operator === "Lt") return Number(value) < Number(values[0]);
  const isIn = value !== undefined && values.includes(value);
  return operator === "In" ? isIn : !isIn;
}

/** A percentage of a total, or the number itself. Surge is rounded up, unavailability down. */
export function scaledValue(value: IntOrPercent, total: number, round: "down" | "up"): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  if (percent === undefined) return Number(value);
  const exact = (Number(percent) * total) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/** Runs or may come to run: neither finished nor on its way out. */
export function isActive(pod: PodObject): boolean {
  const { phase } = pod.status ?? {};
  return (
    pod.metadata.deletionTimestamp === undefined && phase !== "Succeeded" && phase !== "Failed"
  );
}

/** Whether a status already says all this; then nothing is written. */
export function saysAlready(
  current: Readonly<Record<string, unknown>>,
  status: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(status).every(([key, value]) =>
    typeof value === "object"
      ? JSON.stringify(current[key]) === JSON.stringify(value)
      : (current[key] ?? 0) === value,
  );
}

/** A field of a patch: an empty list of taints is written as no list at all. */
export function taintsField(taints: readonly Taint[]): readonly Taint[] | null {
  return taints.length === 0 ? null : taints;
}

/** A patch of a list replaces all of it: it is refused if somebody has changed the object since the list was read. */
export function taintsPatch({ metadata }: { readonly metadata: Meta }, taints: readonly Taint[]) {
  const { resourceVersion } = metadata;
  return {
    ...(resourceVersion === undefined ? {} : { metadata: { resourceVersion } }),
    spec: { taints: taintsField(taints) },
  };
}

/** The owner reference of an object to the controller that makes it. */
export function controlledBy(kind: string, apiVersion: string, { name, uid }: Meta) {
  return [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
}
