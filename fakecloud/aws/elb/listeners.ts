import type {
  CreateLoadBalancerListenerInput,
  DeleteLoadBalancerListenerInput,
  Listener,
  SetLoadBalancerListenerSSLCertificateInput,
} from "@aws-sdk/client-elastic-load-balancing";
import { type ClassicListener, syncListeners } from "./classic-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";

const secure = new Set(["HTTPS", "SSL"]);
const layers: Readonly<Record<string, number>> = { HTTP: 7, HTTPS: 7, SSL: 4, TCP: 4 };

export function parseListeners(listeners: readonly Listener[]): readonly ClassicListener[] {
  if (listeners.length === 0) {
    throw elbError("ValidationError", "Listeners list must not be empty");
  }
  return listeners.map(parseListener);
}

function parseListener(wire: Listener): ClassicListener {
  const protocol = (wire.Protocol ?? "").toUpperCase();
  const layer = layers[protocol];
  if (layer === undefined) throw elbError("UnsupportedProtocol", wire.Protocol ?? "");
  const instanceProtocol = (wire.InstanceProtocol ?? (layer === 7 ? "HTTP" : "TCP")).toUpperCase();
  if (layers[instanceProtocol] !== layer) {
    const why = `Listener protocol ${protocol} and instance protocol ${instanceProtocol} must be of the same layer`;
    throw elbError("InvalidConfigurationRequest", why);
  }
  const certificateId = wire.SSLCertificateId;
  if (secure.has(protocol) && certificateId === undefined) {
    throw elbError(
      "ValidationError",
      `SSLCertificateId is required for a listener with protocol ${protocol}`,
    );
  }
  const port = checkPort("LoadBalancerPort", wire.LoadBalancerPort);
  const instancePort = checkPort("InstancePort", wire.InstancePort);
  return { protocol, port, instanceProtocol, instancePort, certificateId, policyNames: [] };
}

function checkPort(name: string, port: number | undefined): number {
  if (port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw elbError("ValidationError", `${name} must be between 1 and 65535`);
}

export function createLoadBalancerListeners(
  elb: ElbRegion,
  input: CreateLoadBalancerListenerInput,
) {
  const balancer = elb.require(input.LoadBalancerName);
  const listeners = parseListeners(input.Listeners ?? []);
  for (const listener of listeners) {
    const existing = balancer.listeners.get(listener.port);
    const same =
      existing === undefined ||
      JSON.stringify({ ...existing, policyNames: [] }) === JSON.stringify(listener);
    if (!same) throw elbError("DuplicateListener", `${listener.port}`);
  }
  for (const listener of listeners) {
    if (!balancer.listeners.has(listener.port)) balancer.listeners.set(listener.port, listener);
  }
  syncListeners(balancer);
  return {};
}

/** Ports without a listener are no error. */
export function deleteLoadBalancerListeners(
  elb: ElbRegion,
  input: DeleteLoadBalancerListenerInput,
) {
  const balancer = elb.require(input.LoadBalancerName);
  for (const port of input.LoadBalancerPorts ?? []) balancer.listeners.delete(port);
  syncListeners(balancer);
  return {};
}

export function setLoadBalancerListenerSslCertificate(
  elb: ElbRegion,
  input: SetLoadBalancerListenerSSLCertificateInput,
) {
  const balancer = elb.require(input.LoadBalancerName);
  const listener = balancer.listeners.get(input.LoadBalancerPort ?? 0);
  if (listener === undefined) throw elbError("ListenerNotFound", `${input.LoadBalancerPort}`);
  if (!secure.has(listener.protocol)) {
    const why = `Listener ${listener.port} does not use HTTPS or SSL`;
    throw elbError("InvalidConfigurationRequest", why);
  }
  listener.certificateId = input.SSLCertificateId;
  return {};
}
