import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import type { KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import {
  type BootstrapInput,
  controlPlaneJoinData,
  initData,
  workerJoinData,
} from "./bootstrap-data.ts";

function input(spec: KubeadmConfigSpec, kubernetesVersion = "v1.34.2"): BootstrapInput {
  return {
    spec,
    facts: {
      clusterName: "my-cluster",
      kubernetesVersion,
      controlPlaneEndpoint: "lb.example:6443",
      podSubnet: "192.168.0.0/16",
    },
    certificateFiles: [
      {
        path: "/etc/kubernetes/pki/ca.crt",
        owner: "root:root",
        permissions: "0640",
        content: "CA\n",
      },
    ],
    userFiles: spec.files ?? [],
    users: spec.users ?? [],
  };
}

interface CloudConfig {
  write_files: { path: string; permissions?: string; content: string }[];
  runcmd: string[];
  [section: string]: unknown;
}

function read(text: string) {
  const config = parse(text) as CloudConfig;
  const file = (path: string) => config.write_files.find((each) => each.path === path);
  const documents = (path: string) =>
    parseAllDocuments(file(path)!.content).map((each) => each.toJS() as Record<string, unknown>);
  return { config, file, documents };
}

test("the first machine's user data reads as upstream's", () => {
  const text = initData(
    input({
      clusterConfiguration: { apiServer: { extraArgs: [{ name: "v", value: "2" }] } },
      initConfiguration: { nodeRegistration: { name: "{{ ds.meta_data.local_hostname }}" } },
      preKubeadmCommands: ['echo "before"'],
      postKubeadmCommands: ["echo after"],
    }),
  );
  expect(text).toBe(`## template: jinja
#cloud-config

write_files:
-   path: /etc/kubernetes/pki/ca.crt
    owner: root:root
    permissions: '0640'
    content: |
      CA
-   path: /run/kubeadm/kubeadm.yaml
    owner: root:root
    permissions: '0640'
    content: |
      ---
      apiServer:
        extraArgs:
          - name: v
            value: "2"
      apiVersion: kubeadm.k8s.io/v1beta4
      clusterName: my-cluster
      controlPlaneEndpoint: lb.example:6443
      controllerManager: {}
      dns: {}
      etcd: {}
      kind: ClusterConfiguration
      kubernetesVersion: v1.34.2
      networking:
        podSubnet: 192.168.0.0/16
      scheduler: {}
      ---
      apiVersion: kubeadm.k8s.io/v1beta4
      kind: InitConfiguration
      localAPIEndpoint: {}
      nodeRegistration:
        name: "{{ ds.meta_data.local_hostname }}"
        taints: null
-   path: /run/cluster-api/placeholder
    owner: root:root
    permissions: '0640'
    content: |
      This placeholder file is used to create the /run/cluster-api sub directory.
runcmd:
  - "echo \\"before\\""
  - "kubeadm init --config /run/kubeadm/kubeadm.yaml && echo success > /run/cluster-api/bootstrap-success.complete"
  - "echo after"
`);
});

test("arguments are a map for kubeadm before 1.31 and a list since", () => {
  const spec: KubeadmConfigSpec = {
    joinConfiguration: {
      nodeRegistration: { kubeletExtraArgs: [{ name: "cloud-provider", value: "external" }] },
    },
  };
  const registration = (version: string) => {
    const { documents } = read(workerJoinData(input(spec, version)));
    const join = documents("/run/kubeadm/kubeadm-join-config.yaml").at(-1)!;
    const { kubeletExtraArgs } = join["nodeRegistration"] as Record<string, unknown>;
    return [join["apiVersion"], kubeletExtraArgs];
  };
  expect(registration("v1.30.4")).toEqual([
    "kubeadm.k8s.io/v1beta3",
    { "cloud-provider": "external" },
  ]);
  expect(registration("v1.31.0")).toEqual([
    "kubeadm.k8s.io/v1beta4",
    [{ name: "cloud-provider", value: "external" }],
  ]);
});

test("workers come with the uninitialized taint besides their own; control planes keep kubeadm's", () => {
  const spec: KubeadmConfigSpec = {
    joinConfiguration: { nodeRegistration: { taints: [{ key: "a", effect: "NoExecute" }] } },
  };
  const taints = (text: string) => {
    const [join] = read(text).documents("/run/kubeadm/kubeadm-join-config.yaml").slice(-1);
    return (join!["nodeRegistration"] as Record<string, unknown>)["taints"];
  };
  expect(taints(workerJoinData(input(spec)))).toEqual([
    { key: "a", effect: "NoExecute" },
    { key: "node.cluster.x-k8s.io/uninitialized", effect: "NoSchedule" },
  ]);
  expect(taints(controlPlaneJoinData(input({})))).toBeNull();
});

test("a control-plane join says so even when nothing was configured for it", () => {
  const [join] = read(controlPlaneJoinData(input({})))
    .documents("/run/kubeadm/kubeadm-join-config.yaml")
    .slice(-1);
  expect(join!["controlPlane"]).toEqual({ localAPIEndpoint: {} });
});

test("users, disks, mounts, time servers and boot commands reach cloud-init under its own names", () => {
  const { config } = read(
    workerJoinData(
      input({
        bootCommands: ["modprobe x"],
        ntp: { enabled: true, servers: ["time.example"] },
        mounts: [["LABEL=data", "/data"]],
        users: [{ name: "ops", sudo: "ALL", lockPassword: true, sshAuthorizedKeys: ["ssh-rsa A"] }],
        diskSetup: {
          partitions: [{ device: "/dev/sdb", layout: true, tableType: "gpt" }],
          filesystems: [{ device: "/dev/sdb", filesystem: "ext4", label: "data" }],
        },
        verbosity: 5,
      }),
    ),
  );
  expect(config["bootcmd"]).toEqual(["modprobe x"]);
  expect(config["ntp"]).toEqual({ enabled: true, servers: ["time.example"] });
  expect(config["mounts"]).toEqual([["LABEL=data", "/data"]]);
  expect(config["users"]).toEqual([
    { name: "ops", sudo: "ALL", lock_passwd: true, ssh_authorized_keys: ["ssh-rsa A"] },
  ]);
  expect(config["disk_setup"]).toEqual({ "/dev/sdb": { layout: true, table_type: "gpt" } });
  expect(config["fs_setup"]).toEqual([{ device: "/dev/sdb", filesystem: "ext4", label: "data" }]);
  expect(config.runcmd).toEqual([
    "kubeadm join --config /run/kubeadm/kubeadm-join-config.yaml --v 5 && echo success > /run/cluster-api/bootstrap-success.complete",
  ]);
});

test.each([
  "plain\ntext\n",
  "  indented first line\nrest",
  "",
  "no newline at the end",
  "a: {{ x }}\n",
])("the content %j of a file arrives as it is, but for the last newline", (content) => {
  const text = workerJoinData(input({ files: [{ path: "/etc/x", content }] }));
  expect(read(text).file("/etc/x")!.content.trimEnd()).toBe(content.trimEnd());
});

test("time-outs are durations; kubeadm before 1.31 knows only two of them, in other places", () => {
  const spec: KubeadmConfigSpec = {
    initConfiguration: { timeouts: { controlPlaneComponentHealthCheckSeconds: 600 } },
  };
  const documents = (version: string) =>
    read(initData(input(spec, version)))
      .documents("/run/kubeadm/kubeadm.yaml")
      .slice(-2);
  expect(documents("v1.34.2")[1]!["timeouts"]).toEqual({
    controlPlaneComponentHealthCheck: "10m0s",
  });
  const [cluster, init] = documents("v1.30.0");
  expect(cluster!["apiServer"]).toEqual({ timeoutForControlPlane: "10m0s" });
  expect(init!["timeouts"]).toBeUndefined();
});

test("a Kubernetes that is too old is refused in one sentence", () => {
  expect(() => initData(input({}, "v1.21.0"))).toThrow(
    "Kubernetes 1.21.0 is too old: 1.22 is the first that is supported",
  );
  expect(() => initData(input({}, "latest"))).toThrow('"latest" is not a Kubernetes version');
});
