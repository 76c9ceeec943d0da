import type { FieldError } from "./field-error.ts";

export interface AdmissionContext {
  readonly operation: "CREATE" | "UPDATE";
  /** The stored object before an update. */
  readonly old?: unknown;
}

/** What an API server asks before it stores an object of one kind. Objects are v1beta2, and may be frozen. */
export interface AdmissionRule {
  readonly group: string;
  readonly kind: string;
  /** The object itself when there is nothing to default. */
  default?(object: unknown, context: AdmissionContext): unknown;
  validateCreate?(object: unknown): readonly FieldError[];
  validateUpdate?(old: unknown, object: unknown): readonly FieldError[];
  validateDelete?(object: unknown): readonly FieldError[];
}

/** The same, typed, for the file of one kind. */
export interface KindRule<T> {
  default?(object: T, context: AdmissionContext & { readonly old?: T }): T;
  validate?(object: T, old?: T): readonly FieldError[];
  validateDelete?(object: T): readonly FieldError[];
}

export function admissionRule<T>(
  kind: { readonly group: string; readonly kind: string; readonly type?: T },
  rule: KindRule<T>,
): AdmissionRule {
  const { default: setDefaults, validate, validateDelete } = rule;
  return {
    group: kind.group,
    kind: kind.kind,
    ...(setDefaults === undefined
      ? {}
      : {
          default: (object, context) =>
            setDefaults(object as T, context as AdmissionContext & { readonly old?: T }),
        }),
    ...(validate === undefined
      ? {}
      : {
          validateCreate: (object) => validate(object as T),
          validateUpdate: (old, object) => validate(object as T, old as T),
        }),
    ...(validateDelete === undefined
      ? {}
      : { validateDelete: (object) => validateDelete(object as T) }),
  };
}
