import type { ControllerDeps } from "../../runtime/controller.ts";
import type { KeyPairSource } from "../../runtime/pki/key-pairs.ts";
import type { ApiServerCertificates } from "./api-server-certificates.ts";
import type { EtcdClientFactory } from "./etcd-client.ts";

export interface ControlPlaneDeps extends ControllerDeps {
  readonly keyPairs: KeyPairSource;
  readonly etcd: EtcdClientFactory;
  /** Without it nobody learns when the certificates of a control plane expire. */
  readonly apiServerCertificates?: ApiServerCertificates;
}
