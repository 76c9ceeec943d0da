import {
  CreateNetworkAclEntryCommand,
  CreateNetworkInterfaceCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import {
  ConfigureHealthCheckCommand,
  CreateLoadBalancerListenersCommand,
  DeleteLoadBalancerListenersCommand,
} from "@aws-sdk/client-elastic-load-balancing";
import type { Edit, Manifest } from "../../runner/scenario.ts";
import type { Snapshot } from "../../runner/snapshot.ts";
import type { Console, Role } from "../mistaken-cluster.ts";

/** One thing that somebody does wrong, and everything that a user can see of it. */
export interface Mistake {
  readonly title: string;
  /** What is wrong with what is applied. */
  readonly without?: readonly string[];
  readonly edit?: readonly Edit[];
  readonly extra?: readonly Manifest[];
  /** What is wrong with the account before anything is applied. */
  readonly before?: (console: Console) => Promise<void> | void;
  /** When somebody who has paused the AWSCluster does it wrong, and what. */
  readonly when?: (snapshot: Snapshot) => boolean;
  readonly act?: (console: Console) => Promise<void> | void;
  /** Workers that are asked for afterwards. */
  readonly workers?: number;
  /** Other rows show the like: left to the full run. */
  readonly onlyFull?: true;
  /** The Machine at which the user looks. */
  readonly at: Role;
  readonly shows: {
    readonly conditions: readonly string[];
    /** Empty where upstream records none: the reason is beside it. */
    readonly events: readonly string[];
    /** Among the last words of the boot log; none where no instance has come up. */
    readonly log: readonly string[];
    readonly why: string;
  };
}

const firstMachine = ({ machines }: Snapshot) => machines.some(({ controlPlane }) => controlPlane);
const firstNode = ({ nodes }: Snapshot) => nodes.length === 1;
const isUp = ({ nodes, clusters }: Snapshot) =>
  nodes.length === 2 &&
  nodes.every(({ ready }) => ready) &&
  clusters.every(({ available }) => available);

const apiServer = { LoadBalancerName: "small-apiserver" };

async function vpcId({ ec2 }: Console): Promise<string> {
  const Filters = [{ Name: "tag:Name", Values: ["small-vpc"] }];
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters }));
  return Vpcs[0]?.VpcId ?? "";
}

const vpcFilter = async (console: Console) => ({ Name: "vpc-id", Values: [await vpcId(console)] });

/** Answers come back to ports from 1024 on: who forgets that they have to be let in or out closes everything. */
async function denyAnswers(console: Console, Egress: boolean): Promise<void> {
  const { ec2 } = console;
  const Filters = [await vpcFilter(console)];
  const { NetworkAcls = [] } = await ec2.send(new DescribeNetworkAclsCommand({ Filters }));
  const { NetworkAclId } = NetworkAcls[0] ?? {};
  await ec2.send(
    new CreateNetworkAclEntryCommand({
      NetworkAclId,
      Egress,
      RuleNumber: 50,
      Protocol: "6",
      PortRange: { From: 1024, To: 65_535 },
      CidrBlock: "0.0.0.0/0",
      RuleAction: "deny",
    }),
  );
}

async function deleteNatGateway({ ec2 }: Console): Promise<void> {
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({}));
  const { NatGatewayId } = NatGateways[0] ?? {};
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }));
}

async function fillPrivateSubnet(console: Console): Promise<void> {
  const { ec2 } = console;
  const Filters = [await vpcFilter(console), { Name: "tag:Name", Values: ["*private*"] }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  const { SubnetId, AvailableIpAddressCount = 0 } = Subnets[0] ?? {};
  for (let free = AvailableIpAddressCount; free > 0; free -= 1) {
    await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  }
}

async function setListener({ elb }: Console, InstancePort: number | undefined): Promise<void> {
  const port = 6443;
  await elb.send(
    new DeleteLoadBalancerListenersCommand({ ...apiServer, LoadBalancerPorts: [port] }),
  );
  if (InstancePort === undefined) return;
  const tcp = { Protocol: "TCP", InstanceProtocol: "TCP" };
  const Listeners = [{ ...tcp, LoadBalancerPort: port, InstancePort }];
  await elb.send(new CreateLoadBalancerListenersCommand({ ...apiServer, Listeners }));
}

async function disableDns(console: Console): Promise<void> {
  const EnableDnsSupport = { Value: false };
  const VpcId = await vpcId(console);
  await console.ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport }));
}

async function checkAnotherPort({ elb }: Console): Promise<void> {
  const counts = { Interval: 10, Timeout: 5, HealthyThreshold: 2, UnhealthyThreshold: 2 };
  const HealthCheck = { Target: "TCP:9999", ...counts };
  await elb.send(new ConfigureHealthCheckCommand({ ...apiServer, HealthCheck }));
}

function closeLoadBalancer({ fault }: Console): void {
  fault({ removeRule: { group: "*-apiserver-lb", port: 6443 } });
}

const tinyVpc = { availabilityZoneUsageLimit: 1, cidrBlock: "10.0.0.0/27" };
const ubuntu = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*";

/** The machines of the control plane are launched as given. */
function controlPlaneSpec(fields: Readonly<Record<string, unknown>>): Edit {
  const set = Object.entries(fields).map(([name, value]) => [`spec.template.spec.${name}`, value]);
  return { target: "awsmachinetemplate/small-control-plane", set: Object.fromEntries(set) };
}

const threeControlPlanes: Edit = {
  target: "kubeadmcontrolplane/small-control-plane",
  set: { "spec.replicas": 3 },
};

/** The plug-in that the provider's default rules are made for. */
const calico: Edit = {
  target: "configmap/small-cni",
  set: {
    data: {
      "cni.yaml": JSON.stringify({
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { name: "calico-node", namespace: "kube-system" },
        spec: {
          selector: { matchLabels: { "k8s-app": "calico-node" } },
          template: {
            metadata: { labels: { "k8s-app": "calico-node" } },
            spec: {
              hostNetwork: true,
              tolerations: [{ operator: "Exists" }],
              containers: [{ name: "calico-node", image: "docker.io/calico/node:v3.30.2" }],
              volumes: [{ name: "cni-net-dir", hostPath: { path: "/etc/cni/net.d" } }],
            },
          },
        },
      }),
    },
  },
};

const healthCheck: Manifest = {
  apiVersion: "cluster.x-k8s.io/v1beta2",
  kind: "MachineHealthCheck",
  metadata: { name: "small" },
  spec: {
    clusterName: "small",
    selector: { matchLabels: { "cluster.x-k8s.io/deployment-name": "small-md-0" } },
    checks: {
      nodeStartupTimeoutSeconds: 600,
      unhealthyNodeConditions: [{ type: "Ready", status: "Unknown", timeoutSeconds: 300 }],
    },
  },
};

/** A line that ends in "…" stands for every line that begins so. */
type Shown = Mistake["shows"];

/**
 * While a machine boots, upstream's controllers record no event: until the Node is there, they only wait for it
 * (cluster-api, internal/controllers/machine; the book's troubleshooting page sends the reader to the console).
 */
const noEvents: readonly string[] = [];
const noInstance: readonly string[] = [];

const cp = "small-control-plane-*";
const md = "small-md-0-*";
const node = "ip-*.eu-west-1.compute.internal";
const groups = "sg-* (small-node), sg-* (small-lb), sg-* (small-controlplane)";
const api = "https://small-apiserver-*.eu-west-1.elb.amazonaws.com:6443";
const closed =
  "no inbound rule of sg-* (small-apiserver-lb) at eni-* allows tcp 6443 from instance i-* (IP); it comes in from the internet, so rules that name security groups do not match it";

const notInitializedYet = `Machine/${cp} NodeHealthy=Unknown InspectionFailed: Waiting for Cluster control plane to be initialized`;
const neverConnected = [
  "Cluster/small RemoteConnectionProbe=False ProbeFailed: Remote connection …",
  notInitializedYet,
];
const connectionLost = [
  "Cluster/small RemoteConnectionProbe=False ProbeFailed: Remote connection probe failed, probe last succeeded at TIME",
  `Machine/${md} NodeHealthy=Unknown ConnectionDown: Last successful probe at TIME`,
];
const withoutNode = (machine: string) =>
  `Machine/${machine} NodeHealthy=Unknown InspectionFailed: Waiting for a Node with spec.providerID aws:///eu-west-1a/i-* to exist`;

/** AWS refuses a call for the cluster. */
function notProvisioned(condition: string, event: string, error: string): Shown {
  return {
    conditions: [
      `AWSCluster/small ${condition}: ${error}`,
      `Cluster/small InfrastructureReady=False ${condition.split(" ")[1]}: ${error}`,
    ],
    events: [`AWSCluster/small Warning ${event}: ${error}`],
    log: noInstance,
    why: `Cluster small: InfrastructureReady is False: ${error}`,
  };
}

/** AWS refuses the launch. */
function notLaunched(machine: string, code: string, message: string): Shown {
  const error = `operation error EC2: RunInstances, api error ${code}: ${message}…`;
  return {
    conditions: [
      `AWSMachine/${machine} InstanceReady=False InstanceProvisionFailed: ${error}`,
      `Machine/${machine} InfrastructureReady=False InstanceProvisionFailed: ${error}`,
    ],
    events: [`AWSMachine/${machine} Warning FailedCreate: Failed to create instance: ${error}`],
    log: noInstance,
    why: `it has no instance yet: InfrastructureReady is False: ${error}`,
  };
}

/** The machine does not get at what it is to do. */
function noUserData(words: string, obstacle: string, machine = cp): Shown {
  const url = "https://secretsmanager.eu-west-1.amazonaws.com/";
  const error = `${words} endpoint URL: "${url}" (${obstacle})`;
  const name = words.startsWith("Connect") ? "ConnectTimeoutError" : "EndpointConnectionError";
  return {
    conditions: neverConnected,
    events: noEvents,
    log: [
      `cloud-init: could not fetch user data (try 10): ${name}: ${error}`,
      `cloud-init: ERROR: ${error}`,
    ],
    why: `${machine} (i-*): it cannot fetch user data: ${name}: ${error}`,
  };
}

/** kubeadm does not get back to its own machine by way of the endpoint. */
function notInitialized(words: string, obstacle: string, endpoint = api): Shown {
  const get = `Get "${endpoint}/livez?timeout=10s": ${words} (${obstacle})`;
  return {
    conditions: neverConnected,
    events: noEvents,
    log: [
      `error: error execution phase wait-control-plane: failed while waiting for the control plane to start: kube-apiserver check failed at https://IP:6443/livez: ${get}`,
    ],
    why: `${cp} (i-*): kubeadm gave up in phase wait-control-plane: ${obstacle}`,
  };
}

const timedOut = "dial tcp IP:6443: i/o timeout";
const unhealthy = (why: string) =>
  `no target of load balancer small-apiserver is healthy: i-* port 6443 is unhealthy (${why})`;
const fromLoadBalancer = (port: number) =>
  `no inbound rule of ${groups} at instance i-* allows tcp ${port} from load balancer small-apiserver in eu-west-1a (IP with sg-* (small-apiserver-lb))`;
const betweenMachines = (port: number, sender = groups) =>
  `no inbound rule of ${groups} at instance i-* allows tcp ${port} from instance i-* (IP with ${sender})`;
const noPlugIn =
  "NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized";

/** In the order in which a machine meets them. */
export const mistakes: readonly Mistake[] = [
  {
    title: "no VPC is left in the account's quota",
    before: ({ fault }) => fault({ quota: { name: "vpcs", value: 0 } }),
    at: "cluster",
    shows: notProvisioned(
      "VpcReady=False VpcReconciliationFailed",
      "FailedCreateVPC: Failed to create new managed VPC",
      "operation error EC2: CreateVpc, api error VpcLimitExceeded: The maximum number of VPCs has been reached.",
    ),
  },
  {
    title: "no elastic address is left for the NAT gateway",
    before: ({ fault }) => fault({ quota: { name: "addresses", value: 0 } }),
    at: "cluster",
    shows: notProvisioned(
      "NatGatewaysReady=False NatGatewaysReconciliationFailed",
      'FailedAllocateEIP: Failed to allocate Elastic IP for "common"',
      "operation error EC2: AllocateAddress, api error AddressLimitExceeded: The maximum number of addresses has been reached.",
    ),
  },
  {
    title: "no vCPU is left in the account's quota",
    onlyFull: true,
    before: ({ fault }) => fault({ quota: { name: "standardVcpus", value: 0 } }),
    at: "control plane",
    shows: notLaunched(
      cp,
      "VcpuLimitExceeded",
      "You have requested more vCPU capacity than your current vCPU limit of 0 allows",
    ),
  },
  {
    title: "the zone has no capacity",
    onlyFull: true,
    before: ({ fault }) => fault({ noCapacity: { type: "t3.*" } }),
    at: "control plane",
    shows: notLaunched(
      cp,
      "InsufficientInstanceCapacity",
      "We currently do not have sufficient t3.medium capacity",
    ),
  },
  {
    title: "the image does not exist",
    onlyFull: true,
    edit: [controlPlaneSpec({ ami: { id: "ami-0123456789abcdef0" } })],
    at: "control plane",
    shows: notLaunched(cp, "InvalidAMIID.NotFound", "The image id '[ami-*]' does not exist"),
  },
  {
    title: "nobody has published an image for the version",
    edit: [controlPlaneSpec({ imageLookupBaseOS: "debian-12" })],
    at: "control plane",
    shows: {
      conditions: [
        `AWSMachine/${cp} InstanceReady=False InstanceProvisionFailed: no image of account 819546954734 is named capa-ami-debian-12-?1.34.2-* (x86_64)`,
        `Machine/${cp} InfrastructureReady=False InstanceProvisionFailed: no image of account …`,
      ],
      // Upstream tells it of the cluster, and not as a warning (pkg/cloud/services/ec2/ami.go).
      events: [
        "AWSCluster/small Normal FailedDescribeImages: Failed to find ami for OS=debian-12, Architecture=x86_64 and Kubernetes-version=v1.34.2: no image of account …",
      ],
      log: noInstance,
      why: "it has no instance yet: InfrastructureReady is False: no image of account 819546954734 is named capa-ami-debian-12-?1.34.2-* (x86_64)…",
    },
  },
  {
    title: "the instance profile does not exist",
    onlyFull: true,
    edit: [controlPlaneSpec({ iamInstanceProfile: "nobody" })],
    at: "control plane",
    shows: notLaunched(
      cp,
      "InvalidParameterValue",
      "Value (nobody) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
    ),
  },
  {
    title: "the subnet has no address left",
    edit: [{ target: "awscluster/small", set: { "spec.network": { vpc: tinyVpc } } }],
    when: firstMachine,
    act: fillPrivateSubnet,
    at: "worker",
    shows: notLaunched(
      md,
      "InsufficientFreeAddressesInSubnet",
      "There are not enough free addresses in subnet 'subnet-*' to satisfy the requested number of instances.",
    ),
  },
  {
    title: "the private subnets have no default route",
    when: firstMachine,
    act: ({ fault }) => fault({ removeRoute: "*-rt-private-*" }),
    at: "control plane",
    shows: noUserData("Connect timeout on", "route table rtb-* of subnet-* has no route to IP"),
  },
  {
    title: "the internet gateway is detached",
    onlyFull: true,
    when: firstMachine,
    act: ({ fault }) => fault({ detach: "small-igw" }),
    at: "control plane",
    shows: noUserData("Connect timeout on", "internet gateway igw-* is not attached to vpc-*"),
  },
  {
    title: "the NAT gateway is gone",
    onlyFull: true,
    when: firstMachine,
    act: deleteNatGateway,
    at: "control plane",
    shows: noUserData(
      "Connect timeout on",
      "the route 0.0.0.0/0 in rtb-* of subnet-* is a blackhole: its target is gone",
    ),
  },
  {
    title: "the network ACL lets no answers in",
    when: firstMachine,
    act: (console) => denyAnswers(console, false),
    at: "control plane",
    shows: noUserData(
      "Connect timeout on",
      "network ACL acl-* of subnet-* does not allow inbound tcp 1024-65535 (answers) from IP",
    ),
  },
  {
    title: "the network ACL lets no answers out",
    onlyFull: true,
    when: firstMachine,
    act: (console) => denyAnswers(console, true),
    at: "control plane",
    shows: noUserData(
      "Connect timeout on",
      "network ACL acl-* of subnet-* does not allow outbound tcp 1024-65535 (answers) to IP",
    ),
  },
  {
    title: "no name resolves in the VPC",
    when: firstMachine,
    act: disableDns,
    at: "control plane",
    shows: noUserData(
      "Could not connect to the",
      "nothing resolves in vpc-*: its attribute enableDnsSupport is false",
    ),
  },
  {
    title: "the image is one without Kubernetes",
    edit: [controlPlaneSpec({ imageLookupOrg: "099720109477", imageLookupFormat: ubuntu })],
    at: "control plane",
    shows: {
      conditions: neverConnected,
      events: noEvents,
      log: ["/bin/sh: 1: kubeadm: not found", "cloud-init: finished with errors; …"],
      why: `${cp} (i-*): its image ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250610 has no kubeadm, and no command of its user data installs it`,
    },
  },
  {
    title: "the control-plane endpoint does not exist",
    onlyFull: true,
    edit: [
      {
        target: "awscluster/small",
        set: {
          "spec.controlPlaneLoadBalancer": { loadBalancerType: "disabled" },
          "spec.controlPlaneEndpoint": { host: "api.example.com", port: 6443 },
        },
      },
    ],
    at: "control plane",
    shows: notInitialized(
      "dial tcp: lookup api.example.com on IP:53: no such host",
      "the DNS name api.example.com does not exist",
      "https://api.example.com:6443",
    ),
  },
  {
    title: "the load balancer may not reach the API server",
    when: firstMachine,
    act: ({ fault }) => fault({ removeRule: { group: "small-controlplane", port: 6443 } }),
    at: "control plane",
    shows: notInitialized("EOF", unhealthy(fromLoadBalancer(6443))),
  },
  {
    title: "the load balancer has no listener",
    onlyFull: true,
    when: firstMachine,
    act: (console) => setListener(console, undefined),
    at: "control plane",
    shows: notInitialized(timedOut, "load balancer small-apiserver has no listener on port 6443"),
  },
  {
    title: "the listener leads to another port",
    when: firstMachine,
    act: (console) => setListener(console, 6444),
    at: "control plane",
    shows: notInitialized(timedOut, fromLoadBalancer(6444)),
  },
  {
    title: "the health check asks another port",
    onlyFull: true,
    when: firstMachine,
    act: checkAnotherPort,
    at: "control plane",
    shows: notInitialized("EOF", unhealthy(fromLoadBalancer(9999))),
  },
  {
    title: "every health check fails",
    onlyFull: true,
    when: firstMachine,
    act: ({ fault }) => fault({ unhealthyTargets: "small-apiserver" }),
    at: "control plane",
    shows: notInitialized(
      "EOF",
      unhealthy("health checks of load balancer small-apiserver fail (fault unhealthyTargets-1)"),
    ),
  },
  {
    title: "the instance was taken out of the load balancer",
    when: firstNode,
    act: ({ fault }) => fault({ deregisterTarget: "small-apiserver" }),
    at: "control plane",
    shows: {
      ...notInitialized("EOF", "no target is registered with load balancer small-apiserver"),
      // The provider puts the instance back, and the API answers; by then kubeadm has given up.
      conditions: [notInitializedYet],
    },
  },
  {
    title: "nobody may reach the load balancer, before a worker boots",
    when: ({ instances }) => instances.length === 2,
    act: closeLoadBalancer,
    at: "worker",
    shows: {
      conditions: connectionLost,
      events: noEvents,
      log: [
        `error: error execution phase preflight: couldn't validate the identity of the API Server: failed to request the cluster-info ConfigMap: Get "${api}/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": ${timedOut} (${closed})`,
      ],
      why: `${md} (i-*): kubeadm gave up in phase preflight: ${closed}`,
    },
  },
  {
    title: "nobody may reach the load balancer of a running cluster",
    when: isUp,
    act: closeLoadBalancer,
    at: "worker",
    shows: {
      conditions: connectionLost,
      events: [
        `in small: Node/${node} Normal NodeNotReady: Node ${node} status is now: NodeNotReady`,
      ],
      log: [
        `kubelet: "Error updating node status, will retry" err="error getting node \\"${node}\\": Get \\"${api}/api/v1/nodes/${node}?timeout=10s\\": ${timedOut} (${closed})"`,
      ],
      why: `${md} (i-*): its kubelet cannot reach the API server: ${closed}`,
    },
  },
  {
    title: "nobody may reach the load balancer when a worker is asked for",
    when: isUp,
    act: closeLoadBalancer,
    workers: 2,
    at: "worker",
    shows: {
      conditions: [
        ...connectionLost,
        `Machine/${md} BootstrapConfigReady=False NotReady: * DataSecretAvailable: connection to the workload cluster default/small is not established…`,
      ],
      events: noEvents,
      log: noInstance,
      why: "it has no instance yet: BootstrapConfigReady is False: * DataSecretAvailable: connection to the workload cluster default/small is not established…",
    },
  },
  {
    title: "a worker does not come in time for its health check",
    extra: [healthCheck],
    when: ({ instances }) => instances.length === 2,
    act: ({ fault }) => fault({ removeRoute: "*-rt-private-*" }),
    at: "worker",
    shows: {
      ...noUserData("Connect timeout on", "route table rtb-* of subnet-* has no route to IP", md),
      conditions: [
        `Machine/${md} HealthCheckSucceeded=False NodeStartupTimeout: Health check failed: * Node failed to report startup in 10m0s`,
        `Machine/${md} OwnerRemediated=False MachineDeleting: Machine is deleting`,
      ],
      events: [
        `Machine/${md} Normal MachineMarkedUnhealthy: Machine default/${md} has been marked as unhealthy by small: Health check failed:…`,
      ],
    },
  },
  {
    title: "etcd members may not reach each other",
    edit: [threeControlPlanes],
    when: firstNode,
    act: ({ fault }) => fault({ removeRule: { group: "small-controlplane", port: 2380 } }),
    at: "control plane",
    shows: {
      conditions: [withoutNode(cp)],
      events: [
        `KubeadmControlPlane/small-control-plane Warning ControlPlaneUnhealthy: Waiting for control plane to pass preflight checks to continue reconciliation: Machine ${cp} does not have a corresponding Node yet (Machine.status.nodeRef not set)`,
      ],
      log: [
        `error: error execution phase check-etcd: error syncing endpoints with etcd: context deadline exceeded (${betweenMachines(2380)})`,
      ],
      why: `${cp} (i-*): kubeadm gave up in phase check-etcd: etcd of the cluster cannot be reached: ${betweenMachines(2380)}`,
    },
  },
  {
    title: "the API servers may not reach the kubelets",
    edit: [threeControlPlanes],
    when: ({ nodes }) => nodes.length === 4 && nodes.every(({ ready }) => ready),
    act: ({ fault }) => fault({ removeRule: { group: "small-node", port: 10_250 } }),
    at: "control plane",
    shows: {
      conditions: [
        `Machine/${cp} EtcdMemberHealthy=Unknown InspectionFailed: Failed to connect to etcd: error dialing backend: dial tcp IP:10250: i/o timeout (${betweenMachines(10_250)})`,
        `KubeadmControlPlane/small-control-plane EtcdClusterHealthy=Unknown HealthUnknown: * Machine ${cp}: * EtcdMemberHealthy: Failed to connect to etcd: error dialing backend: …`,
      ],
      // Of the time in which the machines joined, one after the other.
      events: ["KubeadmControlPlane/small-control-plane Warning ControlPlaneUnhealthy: …"],
      log: ["This node has joined the cluster"],
      why: `${cp} (i-*): logs, exec and port-forward do not work on Node ${node}, for the API server cannot reach its kubelet: ${betweenMachines(10_250)}`,
    },
  },
  {
    title: "nodes may not exchange routes",
    edit: [calico],
    when: isUp,
    act: ({ fault }) => fault({ removeRule: { group: "small-*", port: 179 } }),
    at: "worker",
    shows: {
      // Nodes stay Ready: neither the kubelet nor Cluster API knows of it, only the pods of the plug-in.
      conditions: [],
      events: [
        "in small: Pod/calico-node-* Warning Unhealthy: Readiness probe failed: calico/node is not ready: BIRD is not ready: BGP not established with IP",
      ],
      log: ["This node has joined the cluster"],
      why: `${md} (i-*): pods of Node ${node} do not get to those behind IP, for there is no BGP session: ${betweenMachines(179, "sg-* (small-node), sg-* (small-lb)")}`,
    },
  },
  {
    title: "no network plug-in is installed",
    without: ["clusterresourceset/small-cni"],
    at: "worker",
    shows: {
      conditions: [
        `Machine/${md} NodeHealthy=False NodeNotHealthy: * Node.Ready: container runtime network not ready: ${noPlugIn}`,
      ],
      events: [
        "in small: Pod/coredns-* Warning FailedScheduling: 0/2 nodes are available: 2 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.",
      ],
      log: [`kubelet: "Container runtime network not ready" networkReady="${noPlugIn}"`],
      why: `${md} (i-*): Node ${node} is not Ready: no network plug-in runs on it (no pod of a CNI DaemonSet writes /etc/cni/net.d)`,
    },
  },
  {
    title: "no cloud controller is installed",
    without: ["clusterresourceset/small-ccm"],
    at: "worker",
    shows: {
      conditions: [withoutNode(md)],
      events: [
        "in small: Pod/coredns-* Warning FailedScheduling: 0/2 nodes are available: 1 node(s) had untolerated taint {node.cloudprovider.kubernetes.io/uninitialized: true}, …",
      ],
      log: ["This node has joined the cluster"],
      why: `${md} (i-*): Node ${node} keeps the taint node.cloudprovider.kubernetes.io/uninitialized: no cloud controller manager runs in the cluster`,
    },
  },
];
