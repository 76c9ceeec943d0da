import type {
  CreateListenerInput,
  CreateListenerOutput,
  DeleteListenerInput,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener as WireListener,
  ModifyListenerInput,
  ModifyListenerOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Elbv2Region } from "./elbv2-region.ts";
import { elbv2Error, invalid } from "./errors.ts";
import { attachGroup, detachGroup, syncListeners } from "./forwarding.ts";
import { actionOf, actionToWire } from "./listener-actions.ts";
import { page } from "./pages.ts";
import type { Balancer, Listener } from "./records.ts";
import { listenerAttributes } from "./tables/attributes.ts";
import { tagMap } from "./tags.ts";

const defaultSslPolicy = "ELBSecurityPolicy-2016-08";

/** When several errors apply, the first of these wins: load balancer, protocol, port, certificate, action, duplicate. */
export function createListener(elb: Elbv2Region, input: CreateListenerInput): CreateListenerOutput {
  const balancer = elb.requireBalancer(input.LoadBalancerArn);
  const protocol = checkProtocol(balancer, input.Protocol);
  const port = checkPort(input.Port);
  const certificateArns = (input.Certificates ?? []).map((one) => one.CertificateArn ?? "");
  checkCertificate(protocol, certificateArns);
  const action = actionOf(elb, balancer, { protocol, actions: input.DefaultActions ?? [] });
  const taken = elb.listenersOf(balancer).some((one) => one.port === port);
  if (taken) throw elbv2Error("DuplicateListener", `${port}`);
  const path = balancer.arn.slice(balancer.arn.indexOf("loadbalancer/") + 13);
  const listener: Listener = {
    arn: elb.newArn("listener", path),
    balancerArn: balancer.arn,
    protocol,
    port,
    action,
    certificateArns,
    sslPolicy: isSecure(protocol) ? (input.SslPolicy ?? defaultSslPolicy) : undefined,
    alpnPolicy: input.AlpnPolicy ?? [],
    attributes: new Map(Object.entries(listenerAttributes[balancer.type])),
    tags: tagMap(input.Tags),
  };
  elb.listeners.set(listener.arn, listener);
  forward(elb, balancer, action.targetGroupArn);
  return { Listeners: [toWire(listener)] };
}

function forward(elb: Elbv2Region, balancer: Balancer, targetGroupArn: string | undefined): void {
  syncListeners(elb, balancer);
  if (targetGroupArn === undefined) return; // It answers by itself.
  attachGroup(elb, balancer, elb.requireTargetGroup(targetGroupArn));
}

function isSecure(protocol: string): boolean {
  return protocol === "HTTPS" || protocol === "TLS";
}

function checkProtocol(balancer: Balancer, protocol: string | undefined): string {
  const allowed =
    balancer.type === "application" ? ["HTTP", "HTTPS"] : ["TCP", "TCP_UDP", "TLS", "UDP"];
  if (protocol !== undefined && allowed.includes(protocol)) return protocol;
  throw elbv2Error("UnsupportedProtocol", protocol ?? "");
}

function checkPort(port: number | undefined): number {
  if (port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw invalid("Port must be between 1 and 65535");
}

function checkCertificate(protocol: string, arns: readonly string[]): void {
  if (!isSecure(protocol) || arns.length > 0) return;
  throw invalid(`A certificate must be specified for ${protocol} listeners`);
}

function toWire(listener: Listener): WireListener {
  const { certificateArns } = listener;
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.balancerArn,
    Port: listener.port,
    Protocol: listener.protocol as "TCP",
    ...(certificateArns.length === 0
      ? {}
      : { Certificates: certificateArns.map((CertificateArn) => ({ CertificateArn })) }),
    ...(listener.sslPolicy === undefined ? {} : { SslPolicy: listener.sslPolicy }),
    ...(listener.alpnPolicy.length === 0 ? {} : { AlpnPolicy: [...listener.alpnPolicy] }),
    DefaultActions: [actionToWire(listener.action)],
  };
}

export function describeListeners(
  elb: Elbv2Region,
  input: DescribeListenersInput,
): DescribeListenersOutput {
  const { LoadBalancerArn: balancerArn, ListenerArns: arns = [] } = input;
  if (balancerArn === undefined && arns.length === 0) {
    throw invalid("You must specify either listener ARNs or a load balancer ARN");
  }
  const chosen =
    balancerArn === undefined
      ? arns.map((arn) => elb.requireListener(arn))
      : elb.listenersOf(elb.requireBalancer(balancerArn));
  const { items, ...marker } = page(chosen, input);
  return { Listeners: items.map(toWire), ...marker };
}

export function modifyListener(elb: Elbv2Region, input: ModifyListenerInput): ModifyListenerOutput {
  const listener = elb.requireListener(input.ListenerArn);
  const balancer = elb.requireBalancer(listener.balancerArn);
  const protocol =
    input.Protocol === undefined ? listener.protocol : checkProtocol(balancer, input.Protocol);
  const port = input.Port === undefined ? listener.port : checkPort(input.Port);
  const actions = input.DefaultActions ?? [];
  const before = listener.action;
  const after = actions.length === 0 ? before : actionOf(elb, balancer, { protocol, actions });
  const taken = elb.listenersOf(balancer).some((one) => one !== listener && one.port === port);
  if (taken) throw elbv2Error("DuplicateListener", `${port}`);
  listener.protocol = protocol;
  listener.port = port;
  listener.action = after;
  listener.sslPolicy = input.SslPolicy ?? listener.sslPolicy;
  listener.alpnPolicy = input.AlpnPolicy ?? listener.alpnPolicy;
  listener.certificateArns =
    input.Certificates?.map((one) => one.CertificateArn ?? "") ?? listener.certificateArns;
  forward(elb, balancer, after.targetGroupArn);
  const left = elb.targetGroups.get(before.targetGroupArn ?? "");
  if (left !== undefined) detachGroup(elb, left);
  return { Listeners: [toWire(listener)] };
}

export function deleteListener(elb: Elbv2Region, input: DeleteListenerInput) {
  const listener = elb.requireListener(input.ListenerArn);
  elb.listeners.delete(listener.arn);
  const balancer = elb.balancers.get(listener.balancerArn);
  if (balancer !== undefined) syncListeners(elb, balancer);
  const group = elb.targetGroups.get(listener.action.targetGroupArn ?? "");
  if (group !== undefined) detachGroup(elb, group);
  return {};
}
