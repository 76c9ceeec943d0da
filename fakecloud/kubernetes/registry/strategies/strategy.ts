import type { KindRules } from "../resource.ts";

/** What a built-in kind does differently from the rest. */
export type Strategy = Partial<
  Pick<
    KindRules,
    "keepsStatusOnCreate" | "prepareCreate" | "prepareDelete" | "prepareUpdate" | "validate"
  >
>;
