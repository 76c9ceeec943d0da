import type { RequestContext } from "../context.ts";
import type { Core } from "../core.ts";

export interface SubresourceAnswer {
  readonly status: number;
  readonly object: unknown;
}

export type SubresourceHandler = (
  core: Core,
  context: RequestContext,
) => Promise<SubresourceAnswer>;
