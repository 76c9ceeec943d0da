import { formatTime } from "../../kernel/clock.ts";
import { instanceTypes } from "../../aws/ec2/tables/instance-types.ts";
import type { Host } from "../host.ts";
import type { KubeletOptions } from "../kubeadm/context.ts";
import { nodeConditions } from "./node-conditions.ts";

const maxPods = "110";

/** The Node as a kubelet registers it. */
export function nodeObject(host: Host, options: KubeletOptions): object {
  const { nodeName, args } = options;
  const { instance, clock } = host;
  const external = args.get("cloud-provider") === "external";
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: nodeName,
      labels: {
        "beta.kubernetes.io/arch": architectureOf(host),
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": architectureOf(host),
        "kubernetes.io/hostname": nodeName,
        "kubernetes.io/os": "linux",
        ...labelsOf(args.get("node-labels")),
        ...options.labels,
      },
      annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
    },
    spec: {
      ...(args.has("provider-id") ? { providerID: args.get("provider-id") } : {}),
      taints: taintsOf(options, external),
    },
    status: {
      ...resourcesOf(host),
      conditions: nodeConditions(
        { networkReady: false, pressure: undefined, now: formatTime(clock.now()) },
        [],
      ),
      nodeInfo: {
        architecture: architectureOf(host),
        bootID: instance.instanceId,
        containerRuntimeVersion: "containerd://2.1.4",
        kernelVersion: "6.8.0-1029-aws",
        kubeProxyVersion: "",
        kubeletVersion: options.version,
        machineID: instance.instanceId,
        operatingSystem: "linux",
        osImage: "Ubuntu 24.04.3 LTS",
        systemUUID: instance.instanceId,
      },
      daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
      // Before a cloud controller has spoken, an external provider leaves the addresses empty.
      addresses: external
        ? []
        : [
            { type: "InternalIP", address: instance.privateIp },
            { type: "Hostname", address: nodeName },
          ],
    },
  };
}

function architectureOf({ instance }: Host): string {
  return instanceTypes.get(instance.instanceType)?.architecture === "arm64" ? "arm64" : "amd64";
}

/** The kubelet keeps a little for itself and the system. */
function resourcesOf({ instance }: Host): object {
  const facts = instanceTypes.get(instance.instanceType);
  const [vcpus, memoryMiB] = [facts?.vcpus ?? 2, facts?.memoryMiB ?? 8192];
  const memoryKi = memoryMiB * 1024;
  return {
    capacity: { cpu: String(vcpus), memory: `${memoryKi}Ki`, pods: maxPods },
    allocatable: { cpu: String(vcpus), memory: `${memoryKi - 102_400}Ki`, pods: maxPods },
  };
}

/** "a=b,c=d"; a label without a value has the empty one. */
function labelsOf(text = ""): Readonly<Record<string, string>> {
  const pairs = text.split(",").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = "", value = ""] = pair.split("=");
      return [key, value];
    }),
  );
}

function taintsOf({ taints, args }: KubeletOptions, external: boolean): readonly unknown[] {
  const registered = (args.get("register-with-taints") ?? "")
    .split(",")
    .map((text) => /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text.trim()))
    .filter((match) => match !== null)
    .map(([, key, value, effect]) => ({
      key,
      ...(value === undefined || value === "" ? {} : { value }),
      effect,
    }));
  return [
    ...taints,
    ...registered,
    ...(external
      ? [
          {
            key: "node.cloudprovider.kubernetes.io/uninitialized",
            value: "true",
            effect: "NoSchedule",
          },
        ]
      : []),
    { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" },
  ];
}
