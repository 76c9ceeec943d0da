import { approve } from "./approval.ts";
import { bind } from "./binding.ts";
import { connect } from "./connect.ts";
import { evict } from "./eviction.ts";
import { finalize } from "./finalize.ts";
import { scale } from "./scale.ts";
import type { SubresourceHandler } from "./subresource.ts";
import { requestToken } from "./token.ts";

/** Everything behind an object's name but `status`, which is a write like any other. */
export const subresourceHandlers: Readonly<Record<string, SubresourceHandler>> = {
  approval: approve,
  attach: connect,
  binding: bind,
  eviction: evict,
  exec: connect,
  finalize,
  log: connect,
  portforward: connect,
  scale,
  token: requestToken,
};
