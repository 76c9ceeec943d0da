import type { Node } from "@seatrial/controllers/api/kubernetes.ts";
import { parseVersion } from "./facts.ts";
import type { Invariant, Write } from "./invariant.ts";

const oldestSupported = 3;

export const versionSkew: Invariant = {
  id: "CPL-6",
  promise:
    "a worker's kubelet is never newer than any API server, nor more than three minor versions older",
  motivation: "kubernetes.io/releases/version-skew-policy",
  watch(scene) {
    return {
      writes: {
        nodes: (write: Write) => {
          const { workload } = write;
          const node = write.object as unknown as Node;
          const version = versionOf(node);
          const before = versionOf(write.before as Node | undefined);
          if (workload === undefined || version === "" || version === before) return undefined;
          // A control-plane kubelet comes together with an API server of its own version. Its label comes later.
          const instance = scene.aws.instance(workload.instanceOf(node.metadata.name) ?? "");
          const role = instance?.tags["sigs.k8s.io/cluster-api-provider-aws/role"];
          if (role === "control-plane") return undefined;
          const { minor } = parseVersion(version);
          const bad = workload.apiServerVersions().find((one) => {
            const server = parseVersion(one).minor;
            return minor > server || minor < server - oldestSupported;
          });
          return bad && `kubelet ${version} beside an API server ${bad}`;
        },
      },
    };
  },
};

const versionOf = (node: Node | undefined): string => node?.status?.nodeInfo?.kubeletVersion ?? "";
