import type { FieldError } from "../field-error.ts";
import { resourceSchema } from "./object-meta.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { compileDefaulter } from "./defaults.ts";
import { compilePruner, listPrunedFields } from "./prune.ts";
import { compileValidator, type ValidationOutcome } from "./validate.ts";

/** A schema turned into functions. None of them changes its input; unchanged input is returned as it is. */
export interface CompiledSchema {
  /** The schema of the whole resource, with apiVersion, kind and metadata. */
  readonly schema: OpenApiSchema;
  /**
   * Takes away undeclared fields and names them: `spec.list[0].x`, sorted. What the value shares with `known`, which has been
   * pruned and defaulted before, is passed over.
   */
  prune(
    value: unknown,
    known?: unknown,
  ): { readonly value: unknown; readonly unknownFields: readonly string[] };
  /** `known` is as for `prune`. */
  applyDefaults(value: unknown, known?: unknown): unknown;
  /**
   * Complaints in Kubernetes' words. With `old`, parts that did not change are not complained about (ratcheting), and
   * transition rules compare with it.
   */
  validate(value: unknown, old?: unknown): FieldError[];
  /** As `validate`, with the complaints about unchanged parts as warnings. */
  validateWithWarnings(value: unknown, old?: unknown): ValidationOutcome;
}

const compiled = new WeakMap<OpenApiSchema, CompiledSchema>();

/** Compiles the schema of one version of a resource. The same schema object is compiled once. */
export function compileSchema(schema: OpenApiSchema): CompiledSchema {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const built = build(schema);
  compiled.set(schema, built);
  return built;
}

function build(own: OpenApiSchema): CompiledSchema {
  const prune = atFirstUse(() => compilePruner(resourceSchema(own)));
  const applyDefaults = atFirstUse(() => compileDefaulter(resourceSchema(own)));
  // Metadata has rules of its own; a custom resource may constrain its name, nothing else.
  const validate = atFirstUse(() => compileValidator(own));
  return {
    get schema() {
      return resourceSchema(own);
    },
    prune: (before, known) => {
      const value = prune()(before, known);
      return { value, unknownFields: value === before ? [] : listPrunedFields(before, value) };
    },
    applyDefaults: (value, known) => applyDefaults()(value, known),
    validate: (value, old) => [...validate()(value, old).errors],
    validateWithWarnings: (value, old) => validate()(value, old),
  };
}

/** Most kinds of a cluster are never written, so their schemas are not compiled before somebody does. */
function atFirstUse<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
