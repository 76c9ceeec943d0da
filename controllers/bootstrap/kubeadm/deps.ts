import type { ControllerDeps } from "../../runtime/controller.ts";
import type { KeyPairSource } from "../../runtime/pki/key-pairs.ts";

export interface BootstrapDeps extends ControllerDeps {
  readonly keyPairs: KeyPairSource;
  /** How long a bootstrap token lives without refresh; 15 minutes unless given. */
  readonly bootstrapTokenTtlMs?: number;
}
