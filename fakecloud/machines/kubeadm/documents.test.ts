import { expect, test } from "vitest";
import { parseInitDocuments, parseJoinDocument } from "./documents.ts";

const join = (discovery: string, extra = "") => `---
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
${extra}
discovery:
${discovery}
`;
const token = `  bootstrapToken:
    token: abcdef.0123456789abcdef
    apiServerEndpoint: lb.example:6443
    caCertHashes: ["sha256:00"]
`;

test("taints that are null stay apart from an empty list", () => {
  const read = (taints: string) =>
    parseJoinDocument(join(token, `nodeRegistration:\n  taints: ${taints}`), 34).node.taints;
  expect(read("null")).toBeUndefined();
  expect(read("[]")).toEqual([]);
});

test("an empty controlPlane section makes the join a control-plane join", () => {
  expect(parseJoinDocument(join(token, "controlPlane: {}"), 34).isControlPlane).toBe(true);
  expect(parseJoinDocument(join(token), 34).isControlPlane).toBe(false);
});

test("arguments as a map are refused in v1beta4, as a list in v1beta3", () => {
  const map = "nodeRegistration:\n  kubeletExtraArgs: { cloud-provider: external }";
  const list = "nodeRegistration:\n  kubeletExtraArgs: [{ name: cloud-provider, value: external }]";
  expect(() => parseJoinDocument(join(token, map), 34)).toThrow("cannot unmarshal object");
  const v1beta3 = join(token, list).replace("v1beta4", "v1beta3");
  expect(() => parseJoinDocument(v1beta3, 30)).toThrow("cannot unmarshal array");
  expect(parseJoinDocument(join(token, list), 34).node.kubeletExtraArgs).toEqual({
    "cloud-provider": "external",
  });
});

test("a kubeadm refuses a configuration that is newer or older than it reads", () => {
  expect(() => parseJoinDocument(join(token), 30)).toThrow(
    'experimental API spec: "kubeadm.k8s.io/v1beta4"',
  );
  const old = join(token).replace("v1beta4", "v1beta2");
  expect(() => parseJoinDocument(old, 34)).toThrow("uses an old API spec");
});

test("token discovery without a pin of the CA is refused", () => {
  const unpinned = token.replace(/ +caCertHashes.*\n/, "");
  expect(() => parseJoinDocument(join(unpinned), 34)).toThrow("without caCertHashes can be unsafe");
  expect(() => parseJoinDocument(join("  tlsBootstrapToken: x\n"), 34)).toThrow(
    "bootstrapToken or file must be set",
  );
});

test("either of the two init documents is enough, the other takes its defaults", () => {
  const cluster =
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.34.2\n";
  expect(parseInitDocuments(cluster, 34)).toMatchObject({
    bindPort: 6443,
    cluster: {
      kubernetesVersion: "v1.34.2",
      serviceSubnet: "10.96.0.0/12",
      dnsDomain: "cluster.local",
    },
  });
  expect(() => parseInitDocuments("apiVersion: v1\nkind: ConfigMap\n", 34)).toThrow(
    "no InitConfiguration or ClusterConfiguration",
  );
});
