import { type ControllerContext, objectsOf } from "./context.ts";
import { nameSuffix } from "./name-suffix.ts";
import { isReady, matchesLabels, type Meta, type PodObject } from "./objects.ts";

interface ServiceObject {
  readonly metadata: Meta;
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly protocol?: string;
      readonly targetPort?: number | string;
    }[];
  };
}

interface SliceObject {
  readonly metadata: Meta;
  readonly endpoints?: readonly unknown[] | null;
  readonly ports?: readonly unknown[] | null;
}

const serviceLabel = "kubernetes.io/service-name";
const slices = "endpointslices.discovery.k8s.io";

/** One slice per Service with a selector: the addresses of its pods, and which of them are ready. */
export async function syncEndpointSlices(context: ControllerContext): Promise<void> {
  const services = objectsOf<ServiceObject>(context, "services");
  if (services.length === 0) return;
  const pods = objectsOf<PodObject>(context, "pods");
  const existing = objectsOf<SliceObject>(context, slices);
  for (const service of services) {
    const { selector = {} } = service.spec ?? {};
    if (Object.keys(selector).length === 0 || service.metadata.deletionTimestamp !== undefined) {
      continue;
    }
    const members = pods.filter(
      (pod) =>
        pod.metadata.namespace === service.metadata.namespace &&
        pod.status?.podIP !== undefined &&
        matchesLabels(selector, pod.metadata.labels),
    );
    const slice = existing.find(
      ({ metadata }) =>
        metadata.namespace === service.metadata.namespace &&
        metadata.labels?.[serviceLabel] === service.metadata.name,
    );
    await write(context, service, { slice, members });
  }
}

async function write(
  context: ControllerContext,
  service: ServiceObject,
  state: { readonly slice: SliceObject | undefined; readonly members: readonly PodObject[] },
): Promise<void> {
  const { namespace = "default", name, uid } = service.metadata;
  const { slice, members } = state;
  const endpoints = members.map(endpointOf);
  const ports = (service.spec?.ports ?? []).map((port) => ({
    name: port.name ?? "",
    port: typeof port.targetPort === "number" ? port.targetPort : port.port,
    protocol: port.protocol ?? "TCP",
  }));
  const collection = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  if (slice !== undefined) {
    if (JSON.stringify(slice.endpoints ?? []) === JSON.stringify(endpoints)) return;
    await context.call().patch(`${collection}/${slice.metadata.name}`, { endpoints });
    return;
  }
  const suffix = nameSuffix(context.random, "slice-name", `${context.name}/${namespace}/${name}`);
  await context.call().ensure(collection, {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-${suffix}`,
      generateName: `${name}-`,
      namespace,
      labels: {
        [serviceLabel]: name,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      },
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "Service",
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType: "IPv4",
    endpoints,
    ports,
  });
}

function endpointOf(pod: PodObject): object {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  const serving = isReady(pod);
  const terminating = deletionTimestamp !== undefined;
  return {
    addresses: [pod.status?.podIP ?? ""],
    conditions: { ready: serving && !terminating, serving, terminating },
    nodeName: pod.spec?.nodeName,
    targetRef: { kind: "Pod", name, namespace, uid },
  };
}
