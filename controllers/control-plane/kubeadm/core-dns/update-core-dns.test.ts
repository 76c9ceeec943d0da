import { expect, test } from "vitest";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import type { KubeadmControlPlane } from "../../../api/control-plane/v1beta2.ts";
import { ConfigMap, Deployment } from "../../../api/kubernetes.ts";
import { createClient } from "../../../runtime/dynamic-client.ts";
import type { KubeRequest, Transport } from "../../../runtime/transport.ts";
import { updateCoreDns } from "./update-core-dns.ts";

const key = { namespace: "kube-system", name: "coredns" };
const old = `.:53 {\n    health\n    forward . 10.0.0.1\n}\n`;
const migrated = `.:53 {\n    health\n    forward . 10.0.0.1 {\n        max_concurrent 1000\n    }\n}\n`;

type Configuration = NonNullable<
  NonNullable<KubeadmControlPlane["spec"]["kubeadmConfigSpec"]>["clusterConfiguration"]
>;

function controlPlane(
  clusterConfiguration: Configuration,
  version = "v1.34.2",
): KubeadmControlPlane {
  const infrastructureRef = { apiGroup: "x", kind: "X", name: "x" };
  return {
    apiVersion: "controlplane.cluster.x-k8s.io/v1beta2",
    kind: "KubeadmControlPlane",
    metadata: { name: "kcp", namespace: "default" },
    spec: {
      version,
      machineTemplate: { spec: { infrastructureRef } },
      kubeadmConfigSpec: { clusterConfiguration },
    },
  };
}

interface Options {
  readonly image?: string;
  /** So many writes succeed, then the process ends. */
  readonly writesBeforeCrash?: number;
}

/** A workload cluster with CoreDNS in it. */
class World {
  readonly kernel = new Kernel({ seed: "dns" });
  readonly #transport: Transport;
  writes = 0;

  constructor() {
    const { clock, random, trace } = this.kernel;
    const server = createApiServer({ clock, random, trace, name: "w", version: "v1.34.0" });
    const user = { username: "test", groups: ["system:masters"] };
    this.#transport = inProcessTransport(server, { user, actor: "test", clock, random });
  }

  client(writesBeforeCrash = Number.POSITIVE_INFINITY) {
    const { clock, random } = this.kernel;
    const transport: Transport = {
      ...this.#transport,
      watch: (request, sink) => this.#transport.watch(request, sink),
      request: (request: KubeRequest) => {
        if (request.method !== "GET") {
          if (this.writes >= writesBeforeCrash)
            return Promise.reject(new Error("the process ends"));
          this.writes += 1;
        }
        return this.#transport.request(request);
      },
    };
    return createClient({ transport, clock, random });
  }

  async install({ image = "registry.k8s.io/coredns/coredns:v1.6.9" }: Options = {}) {
    const labels = { "k8s-app": "kube-dns" };
    const items = [{ key: "Corefile", path: "Corefile" }];
    const spec = {
      containers: [{ name: "coredns", image }],
      volumes: [{ name: "config-volume", configMap: { name: "coredns", items } }],
    };
    const client = this.client();
    await client.create(ConfigMap, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: key,
      data: { Corefile: old },
    });
    await client.create(Deployment, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: key,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    });
    this.writes = 0;
  }

  async state() {
    const client = this.client();
    const spec = (await client.get(Deployment, key))?.spec?.template.spec;
    return {
      data: (await client.get(ConfigMap, key))?.data,
      image: spec?.containers?.[0]?.image,
      source: spec?.volumes?.[0]?.configMap?.items?.[0],
    };
  }

  do<T>(promise: Promise<T>): Promise<T> {
    return this.kernel.complete(promise, { horizonMs: 60_000 });
  }
}

const done = {
  data: { Corefile: migrated, "Corefile-backup": old },
  image: "registry.k8s.io/coredns/coredns:v1.12.1",
  source: { key: "Corefile", path: "Corefile" },
};

test("CoreDNS gets its new image and a Corefile that it can read, and the old one is kept beside it", async () => {
  const world = new World();
  await world.do(world.install());
  expect(await world.do(updateCoreDns(world.client(), controlPlane({})))).toBeUndefined();
  expect(await world.do(world.state())).toEqual(done);
  const writes = world.writes;
  await world.do(updateCoreDns(world.client(), controlPlane({})));
  expect(world.writes).toBe(writes);
});

// Mutation: read data[corefile] instead of data[source] in migrate(): the copy of the user's Corefile is lost.
test.for([0, 1, 2, 3])(
  "after a crash behind write %i the next attempt ends in the same",
  async (writes) => {
    const world = new World();
    await world.do(world.install());
    const crash = updateCoreDns(world.client(writes), controlPlane({}));
    await expect(world.do(crash)).rejects.toThrow("the process ends");
    const { data, source, image } = await world.do(world.state());
    // The CoreDNS of before reads the Corefile of before, whatever has been written.
    expect(image).toBe("registry.k8s.io/coredns/coredns:v1.6.9");
    expect(data?.[source?.key ?? ""]).toBe(old);
    await world.do(updateCoreDns(world.client(), controlPlane({})));
    expect(await world.do(world.state())).toEqual(done);
  },
);

test.for<[string, Configuration, string, string]>([
  [
    "the tag that is asked for",
    { dns: { imageTag: "v1.11.3_vendor.2" } },
    "registry.k8s.io/coredns/coredns:v1.11.1",
    "registry.k8s.io/coredns/coredns:v1.11.3_vendor.2",
  ],
  [
    "the repository of all images",
    { imageRepository: "my.example/k8s/" },
    "registry.k8s.io/coredns/coredns:v1.12.1",
    "my.example/k8s/coredns:v1.12.1",
  ],
  [
    "a repository of its own",
    { imageRepository: "my.example/k8s", dns: { imageRepository: "dns.example" } },
    "my.example/k8s/coredns:v1.11.1",
    "dns.example/coredns:v1.12.1",
  ],
  [
    "the registry of Kubernetes again",
    { imageRepository: "registry.k8s.io" },
    "my.example/coredns:v1.11.1",
    "registry.k8s.io/coredns/coredns:v1.12.1",
  ],
  [
    "no older version",
    {},
    "registry.k8s.io/coredns/coredns:v1.14.6",
    "registry.k8s.io/coredns/coredns:v1.14.6",
  ],
])("CoreDNS gets %s", async ([, configuration, image, expected]) => {
  const world = new World();
  await world.do(world.install({ image }));
  await world.do(updateCoreDns(world.client(), controlPlane(configuration)));
  expect(await world.do(world.state())).toMatchObject({ data: { Corefile: old }, image: expected });
});

test("a CoreDNS that nobody knows stays as it is, and that is told", async () => {
  const world = new World();
  const image = "registry.k8s.io/coredns/coredns:v1.11.2";
  await world.do(world.install({ image }));
  expect(await world.do(updateCoreDns(world.client(), controlPlane({})))).toBe(
    "unable to migrate CoreDNS corefile: start version '1.11.2' not supported",
  );
  expect(await world.do(world.state())).toMatchObject({ data: { Corefile: old }, image });
});

test("without CoreDNS nothing is done", async () => {
  const world = new World();
  expect(await world.do(updateCoreDns(world.client(), controlPlane({})))).toBeUndefined();
  expect(world.writes).toBe(0);
});
