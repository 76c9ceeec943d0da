import type { KubeObject } from "@seatrial/fakecloud/kubernetes/object.ts";
import type { Invariant } from "./invariant.ts";

/** Names of the certificate authorities and keys that a cluster cannot live without. */
const purposes = /-(ca|etcd|proxy|sa)$/;

export const secretsAreKept: Invariant = {
  id: "CPL-8",
  promise: "a certificate authority or signing key is never overwritten",
  motivation: "capi-behaviour: a new CA under running nodes is the silent loss of the cluster",
  watch() {
    return {
      writes: {
        secrets: ({ workload, object, before, type }) => {
          if (workload !== undefined || type !== "MODIFIED") return undefined;
          if (object["type"] !== "cluster.x-k8s.io/secret") return undefined;
          if (!purposes.test(object.metadata.name ?? "")) return undefined;
          const data = (secret: KubeObject | undefined) => JSON.stringify(secret?.["data"]);
          return data(object) === data(before) ? undefined : "its data has changed";
        },
      },
    };
  },
};
