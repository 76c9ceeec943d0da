import { record } from "../crds/definition.ts";
import { isObject, type JsonObject, type KubeObject, type ObjectMeta } from "../object.ts";
import type { Resource, ScalePaths } from "./resource.ts";

const workloadPaths: ScalePaths = {
  specReplicasPath: ".spec.replicas",
  statusReplicasPath: ".status.replicas",
};

export function pathsOf(resource: Resource): ScalePaths {
  return resource.scale ?? workloadPaths;
}

export function readPath(object: unknown, path: string): unknown {
  let value = object;
  for (const step of path.replace(/^\./, "").split(".")) {
    value = isObject(value) ? value[step] : undefined;
  }
  return value;
}

/** A copy with one value set at the end of the steps. */
export function writePath(
  object: JsonObject,
  steps: readonly string[],
  value: unknown,
): JsonObject {
  const [step = "", ...rest] = steps;
  const inner = rest.length === 0 ? value : writePath(record(object[step]), rest, value);
  return { ...object, [step]: inner };
}

function formatSelector(selector: unknown): string {
  const { matchLabels, matchExpressions } = record(selector);
  const equal = Object.entries(record(matchLabels)).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const expressions = (Array.isArray(matchExpressions) ? matchExpressions : []).map((each) => {
    const { key, operator, values } = each as {
      readonly key: string;
      readonly operator: string;
      readonly values?: readonly string[];
    };
    const list = `(${(values ?? []).join(",")})`;
    const texts: Readonly<Record<string, string>> = {
      In: `${key} in ${list}`,
      NotIn: `${key} notin ${list}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    return texts[operator] ?? key;
  });
  return [...equal, ...expressions].sort().join(",");
}

/** The scale of an object: the few numbers that an autoscaler needs, whatever the kind. */
export function scaleOf(resource: Resource, object: KubeObject): KubeObject {
  const paths = pathsOf(resource);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const wanted = readPath(object, paths.specReplicasPath);
  const current = readPath(object, paths.statusReplicasPath);
  const selector =
    resource.scale === undefined
      ? formatSelector(readPath(object, ".spec.selector"))
      : paths.labelSelectorPath === undefined
        ? ""
        : readPath(object, paths.labelSelectorPath);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as ObjectMeta,
    spec: typeof wanted === "number" && wanted !== 0 ? { replicas: wanted } : {},
    status: {
      replicas: typeof current === "number" ? current : 0,
      ...(typeof selector === "string" && selector !== "" ? { selector } : {}),
    },
  };
}

/** The object with as many replicas as its scale says. */
export function withScale(resource: Resource, object: KubeObject, scale: KubeObject): KubeObject {
  const { replicas = 0 } = record(scale["spec"]);
  const path = pathsOf(resource).specReplicasPath;
  if (readPath(object, path) === replicas) return object;
  return writePath(object, path.replace(/^\./, "").split("."), replicas) as unknown as KubeObject;
}

/** A write of a scale as those see it who are asked about it. */
export function asScale<T extends ScaleWrite>(resource: Resource, write: T): T {
  if (write.subresource !== "scale") return write;
  const { object, oldObject } = write;
  return {
    ...write,
    ...(object === undefined ? {} : { object: scaleOf(resource, object) }),
    ...(oldObject === undefined ? {} : { oldObject: scaleOf(resource, oldObject) }),
  };
}

interface ScaleWrite {
  readonly subresource: string;
  readonly object?: KubeObject;
  readonly oldObject?: KubeObject;
}
