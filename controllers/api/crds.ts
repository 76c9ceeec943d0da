import type { CustomResourceDefinition } from "./custom-resource-definition.ts";
import { crdTexts } from "./generated/crds.ts";

/** Every kind that has a live controller here, ready to be created in an API server. */
export const crds: readonly CustomResourceDefinition[] = crdTexts.map(
  (text) => JSON.parse(text) as CustomResourceDefinition,
);
