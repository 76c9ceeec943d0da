/** The one place where the core meets schemas, patches, structured merge and the built-in kinds. */
export { ApplyError, applyPatch, type OtherVersions, trackUpdate } from "./apply/field-manager.ts";
export { celEngine, ruleVariables } from "./cel/rules.ts";
export { applyJsonPatch } from "./patch/json-patch.ts";
export { applyMergePatch } from "./patch/merge-patch.ts";
export { PatchError } from "./patch/patch-error.ts";
export { applyStrategicMergePatch } from "./patch/strategic-merge-patch.ts";
export { objectMetaSchema } from "./schema/object-meta.ts";
export { fieldSchema, type OpenApiSchema } from "./schema/open-api-schema.ts";
export { compileSchema, type CompiledSchema } from "./schema/structural-schema.ts";
export { applyBuiltinDefaults } from "./types/builtin-defaults.ts";
export { type BuiltinKind, builtinKinds } from "./types/builtin-kinds.ts";
