import { InputError } from "./input-error.ts";
import type { Apply, Manifest } from "./scenario.ts";

/** The objects of an apply as they are sent: without those left out, with every edit. An edit of nothing is an InputError. */
export function editManifests(
  manifests: readonly Manifest[],
  { without = [], edit = [] }: Pick<Apply, "edit" | "without">,
): readonly Manifest[] {
  const names = new Set(manifests.map(nameOf));
  for (const target of [...without, ...edit.map((one) => one.target)]) {
    if (names.has(target)) continue;
    throw new InputError(
      `there is no ${target} in the manifests; there are ${[...names].join(", ")}`,
    );
  }
  return manifests
    .filter((manifest) => !without.includes(nameOf(manifest)))
    .map((manifest) =>
      edit
        .filter(({ target }) => target === nameOf(manifest))
        .reduce((edited, { set }) => merge(edited, nest(set)) as Manifest, manifest),
    );
}

/** {"spec.template.spec.version": "v1.35.0"} as a merge patch. */
export function nest(set: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(set)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let place = patch;
    for (const key of keys) place = place[key] = (place[key] ?? {}) as Record<string, unknown>;
    place[last] = value;
  }
  return patch;
}

function merge(value: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(value) ? { ...value } : {};
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete merged[key];
    else merged[key] = merge(merged[key], change);
  }
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const nameOf = ({ kind, metadata }: Manifest): string => `${kind.toLowerCase()}/${metadata.name}`;
