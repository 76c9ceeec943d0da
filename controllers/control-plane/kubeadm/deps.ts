import type { ControllerDeps } from "../../runtime/controller.ts";
import type { KeyPairSource } from "../../runtime/pki/key-pairs.ts";
import type { EtcdClientFactory } from "./etcd-client.ts";

export interface ControlPlaneDeps extends ControllerDeps {
  readonly keyPairs: KeyPairSource;
  readonly etcd: EtcdClientFactory;
}
