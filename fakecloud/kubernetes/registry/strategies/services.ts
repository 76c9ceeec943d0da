import { record, records, text, texts } from "../../crds/definition.ts";
import {
  type FieldError,
  invalid,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from "../../field-error.ts";
import { type JsonObject, type KubeObject, withField } from "../../object.ts";
import type { KindEnvironment } from "../resource.ts";
import type { Strategy } from "./strategy.ts";

const firstAddress = 0x0a_60_00_00;

function addressText(offset: number): string {
  const value = firstAddress + offset;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

function isTaken({ store }: KindEnvironment, address: string): boolean {
  return store
    .table("services")
    .list()
    .some(({ object }) => record(object["spec"])["clusterIP"] === address);
}

/** The lowest address that no other Service has; the first few are the cluster's own. */
function freeAddress({ store }: KindEnvironment): string {
  const taken = new Set(
    store
      .table("services")
      .list()
      .map(({ object }) => record(object["spec"])["clusterIP"]),
  );
  for (let offset = 11; ; offset += 1) {
    const candidate = addressText(offset);
    if (!taken.has(candidate)) return candidate;
  }
}

function withAddress(service: KubeObject, environment: KindEnvironment): KubeObject {
  const spec = record(service["spec"]);
  if (spec["type"] === "ExternalName") return service;
  const given = text(spec["clusterIP"]) || (texts(spec["clusterIPs"])[0] ?? "");
  if (given !== "" && given !== "None" && isTaken(environment, given)) {
    throw invalid({ group: "", kind: "Service", name: service.metadata.name ?? "" }, [
      invalidValue(
        "spec.clusterIPs",
        [given],
        `failed to allocate IP ${given}: provided IP is already allocated`,
      ),
    ]);
  }
  const clusterIP = given === "" ? freeAddress(environment) : given;
  return withField(service, "spec", {
    ...spec,
    clusterIP,
    clusterIPs: [clusterIP],
    ...familiesOf(spec, clusterIP),
  });
}

/** Without addresses and without pods of its own a Service is ready for anything. */
function familiesOf(spec: JsonObject, clusterIP: string): JsonObject {
  const open = clusterIP === "None" && Object.keys(record(spec["selector"])).length === 0;
  return {
    ipFamilies: spec["ipFamilies"] ?? (open ? ["IPv4", "IPv6"] : ["IPv4"]),
    ipFamilyPolicy: spec["ipFamilyPolicy"] ?? (open ? "RequireDualStack" : "SingleStack"),
  };
}

const firstNodePort = 30_000;

function nodePortsOf({ object }: { readonly object: KubeObject }): readonly number[] {
  return records(record(object["spec"])["ports"]).flatMap(({ nodePort }) =>
    typeof nodePort === "number" ? [nodePort] : [],
  );
}

/** Ports on every node for Services that are reached through them; one that is asked for must be free. */
function withNodePorts(service: KubeObject, { store }: KindEnvironment): KubeObject {
  const spec = record(service["spec"]);
  const wantsPorts = spec["type"] === "NodePort" || spec["type"] === "LoadBalancer";
  if (!wantsPorts || spec["allocateLoadBalancerNodePorts"] === false) return service;
  const taken = new Set(store.table("services").list().flatMap(nodePortsOf));
  let next = firstNodePort;
  const ports = records(spec["ports"]).map((port, index) => {
    const { nodePort } = port;
    if (typeof nodePort === "number" && nodePort !== 0) {
      if (taken.has(nodePort)) throw portTaken(service, index, nodePort);
      taken.add(nodePort);
      return port;
    }
    while (taken.has(next)) next += 1;
    taken.add(next);
    return { ...port, nodePort: next };
  });
  return withField(service, "spec", { ...spec, ports });
}

function portTaken(service: KubeObject, index: number, nodePort: number): Error {
  return invalid({ group: "", kind: "Service", name: service.metadata.name ?? "" }, [
    invalidValue(`spec.ports[${index}].nodePort`, nodePort, "provided port is already allocated"),
  ]);
}

const mostPort = 65_535;

function portErrors(ports: readonly JsonObject[]): readonly FieldError[] {
  return ports.flatMap(({ name, port, targetPort }, index) => {
    const at = `spec.ports[${index}]`;
    const isWrong = (value: unknown) =>
      typeof value === "number" && (value < 1 || value > mostPort);
    const why = `must be between 1 and ${mostPort}, inclusive`;
    return [
      ...(ports.length > 1 && text(name) === "" ? [requiredValue(`${at}.name`)] : []),
      ...(isWrong(port) ? [invalidValue(`${at}.port`, port, why)] : []),
      ...(isWrong(targetPort) ? [invalidValue(`${at}.targetPort`, targetPort, why)] : []),
    ];
  });
}

const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

function typeErrors(type: unknown): readonly FieldError[] {
  return types.includes(text(type)) ? [] : [unsupportedValue("spec.type", type, types)];
}

export const services: Strategy = {
  prepareCreate: (service, environment) =>
    withField(withNodePorts(withAddress(service, environment), environment), "status", {
      loadBalancer: {},
    }),
  // An update that says nothing about the addresses keeps them.
  prepareUpdate: (service, live) => {
    const [now, before] = [record(service["spec"]), record(live["spec"])];
    if (now["clusterIP"] !== undefined || now["type"] === "ExternalName") return service;
    const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = before;
    return withField(service, "spec", {
      ...now,
      clusterIP,
      clusterIPs,
      ipFamilies: now["ipFamilies"] ?? ipFamilies,
      ipFamilyPolicy: now["ipFamilyPolicy"] ?? ipFamilyPolicy,
    });
  },
  validate: (service, live) => {
    const spec = record(service["spec"]);
    const errors: FieldError[] = [];
    const portless = spec["clusterIP"] === "None" || spec["type"] === "ExternalName";
    if (!portless && records(spec["ports"]).length === 0) errors.push(requiredValue("spec.ports"));
    errors.push(...portErrors(records(spec["ports"])), ...typeErrors(spec["type"]));
    const before = record(live?.["spec"])["clusterIP"];
    const moved = before !== undefined && before !== spec["clusterIP"];
    if (moved && spec["type"] !== "ExternalName") {
      const now = [spec["clusterIP"]];
      errors.push(invalidValue("spec.clusterIPs[0]", now, "may not change once set"));
    }
    return errors;
  },
};
