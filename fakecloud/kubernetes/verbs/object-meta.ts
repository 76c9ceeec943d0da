import { type FieldError, forbiddenValue, invalidValue, requiredValue } from "../field-error.ts";
import { checkLabelValue, checkPrefix, checkQualifiedName } from "../names.ts";
import type { KubeObject, ObjectMeta, OwnerReference } from "../object.ts";
import type { Resource } from "../registry/resource.ts";

const totalAnnotationBytes = 262_144;

/** Complaints about the metadata of a new object, whose name has been generated if need be. */
export function validateNewMeta(resource: Resource, object: KubeObject): readonly FieldError[] {
  const { metadata } = object;
  const errors: FieldError[] = [];
  if (metadata.generateName !== undefined) {
    for (const problem of checkPrefix(resource.rules.nameRule, metadata.generateName)) {
      errors.push(invalidValue("metadata.generateName", metadata.generateName, problem));
    }
  }
  if (metadata.name === undefined) {
    errors.push(requiredValue("metadata.name", "name or generateName is required"));
  } else {
    for (const problem of resource.rules.nameRule(metadata.name)) {
      errors.push(invalidValue("metadata.name", metadata.name, problem));
    }
  }
  if (resource.namespaced && metadata.namespace === undefined) {
    errors.push(requiredValue("metadata.namespace"));
  }
  errors.push(...validateMeta(metadata, undefined));
  if (!resource.custom) errors.push(...bareFinalizerErrors(metadata.finalizers ?? []));
  return errors;
}

/** What holds for new and for changed objects alike; parts that the live object shares were checked before. */
export function validateMeta(
  metadata: ObjectMeta,
  live: ObjectMeta | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.labels !== live?.labels) errors.push(...labelErrors(metadata.labels));
  if (metadata.annotations !== live?.annotations) {
    errors.push(...annotationErrors(metadata.annotations));
  }
  if (metadata.ownerReferences !== live?.ownerReferences) {
    errors.push(...ownerErrors(metadata.ownerReferences ?? []));
  }
  if (metadata.finalizers !== live?.finalizers) {
    errors.push(...finalizerErrors(metadata.finalizers ?? [], live));
  }
  return errors;
}

function labelErrors(labels: ObjectMeta["labels"]): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const problem of checkQualifiedName(key)) {
      errors.push(invalidValue("metadata.labels", key, problem));
    }
    for (const problem of checkLabelValue(value)) {
      errors.push(invalidValue("metadata.labels", value, problem));
    }
  }
  return errors;
}

function annotationErrors(annotations: ObjectMeta["annotations"]): readonly FieldError[] {
  const errors: FieldError[] = [];
  let total = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const problem of checkQualifiedName(key.toLowerCase())) {
      errors.push(invalidValue("metadata.annotations", key, problem));
    }
    total += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (total > totalAnnotationBytes) {
    errors.push({
      type: "TooLong",
      field: "metadata.annotations",
      message: `Too long: may not be more than ${totalAnnotationBytes} bytes`,
    });
  }
  return errors;
}

function ownerErrors(references: readonly OwnerReference[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  let controller: OwnerReference | undefined;
  const at = "metadata.ownerReferences";
  for (const reference of references) {
    if ((reference.apiVersion ?? "") === "") {
      errors.push(invalidValue(`${at}.apiVersion`, "", "version must not be empty"));
    }
    for (const field of ["kind", "name", "uid"] as const) {
      if ((reference[field] ?? "") === "") {
        errors.push(invalidValue(`${at}.${field}`, "", "must not be empty"));
      }
    }
    if (reference.apiVersion === "v1" && reference.kind === "Event") {
      errors.push(invalidValue(at, reference, "/v1, Kind=Event is disallowed from being an owner"));
    }
    if (reference.controller !== true) continue;
    if (controller !== undefined) {
      const names = [controller, reference].map(({ kind, name }) => `${kind}/${name}`);
      errors.push(
        invalidValue(
          at,
          references,
          `Only one reference can have Controller set to true. Found "true" in references for ${names.join(" and ")}`,
        ),
      );
    }
    controller = reference;
  }
  return errors;
}

function finalizerErrors(
  finalizers: readonly string[],
  live: ObjectMeta | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const at = "metadata.finalizers";
  for (const finalizer of finalizers) {
    for (const problem of checkQualifiedName(finalizer)) {
      errors.push(invalidValue(at, finalizer, problem));
    }
  }
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.push(
      invalidValue(at, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"),
    );
  }
  if (live?.deletionTimestamp === undefined) return errors;
  const added = finalizers.filter((finalizer) => !(live.finalizers ?? []).includes(finalizer));
  if (added.length > 0) {
    const list = added.map((each) => JSON.stringify(each)).join(", ");
    errors.push(
      forbiddenValue(
        at,
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
      ),
    );
  }
  return errors;
}

/** Finalizers of built-in kinds must say whose they are. */
function bareFinalizerErrors(finalizers: readonly string[]): readonly FieldError[] {
  return finalizers.flatMap((finalizer, index) =>
    finalizer.includes("/") || plainFinalizers.has(finalizer)
      ? []
      : [
          invalidValue(
            `metadata.finalizers[${index}]`,
            finalizer,
            "name is neither a standard finalizer name nor is it fully qualified",
          ),
        ],
  );
}

const plainFinalizers = new Set(["foregroundDeletion", "kubernetes", "orphan"]);

/** What a patch must not change. The real server complains twice about each, and so do its causes. */
export function immutableErrors(wanted: ObjectMeta, live: ObjectMeta): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (wanted.uid !== undefined && wanted.uid !== live.uid) {
    errors.push(invalidValue("metadata.uid", wanted.uid, "field is immutable"));
  }
  const { deletionTimestamp } = wanted;
  if (deletionTimestamp !== undefined && live.deletionTimestamp === undefined) {
    errors.push(
      invalidValue("metadata.deletionTimestamp", deletionTimestamp, "field is immutable"),
    );
  }
  return [...errors, ...errors];
}

/** Advice about finalizers of custom objects that name no domain. */
export function finalizerWarnings(resource: Resource, metadata: ObjectMeta): readonly string[] {
  if (!resource.custom) return [];
  return (metadata.finalizers ?? [])
    .filter((finalizer) => !finalizer.includes("/") && !plainFinalizers.has(finalizer))
    .map((finalizer) => {
      const what = finalizer.includes(".")
        ? "a domain-qualified finalizer name including a path (/)"
        : "a domain-qualified finalizer name";
      return `metadata.finalizers: ${JSON.stringify(finalizer)}: prefer ${what} to avoid accidental conflicts with other finalizer writers`;
    });
}

/** Exact duplicates among owner references go away, with a warning. */
export function dedupOwners(object: KubeObject, warnings: string[]): KubeObject {
  const references = object.metadata.ownerReferences;
  if (references === undefined || references.length < 2) return object;
  const seen = new Set<string>();
  const duplicates: string[] = [];
  const unique = references.filter((reference) => {
    const text = JSON.stringify(reference);
    if (seen.has(text)) duplicates.push(reference.uid);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
  if (duplicates.length === 0) return object;
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${duplicates.join(", ")}`,
  );
  return { ...object, metadata: { ...object.metadata, ownerReferences: unique } };
}
