/** gRPC status names, as etcd's own errors map to them. */
export type EtcdErrorCode =
  | "DataLoss"
  | "DeadlineExceeded"
  | "FailedPrecondition"
  | "NotFound"
  | "ResourceExhausted"
  | "Unavailable";

/** Every refusal of etcd: name → code and text behind "etcdserver: ". Source: etcd v3.5 api/v3rpc/rpctypes/error.go. */
const catalogue = {
  unstarted: ["FailedPrecondition", "re-configuration failed due to not enough started members"],
  notReady: [
    "FailedPrecondition",
    "can only promote a learner member which is in sync with leader",
  ],
  notLearner: ["FailedPrecondition", "can only promote a learner member"],
  tooManyLearners: ["FailedPrecondition", "too many learner members in cluster"],
  peerUrlExists: ["FailedPrecondition", "Peer URLs already exists"],
  notLeader: ["FailedPrecondition", "not leader"],
  badTransferee: ["FailedPrecondition", "bad leader transferee"],
  learnerRefuses: ["FailedPrecondition", "rpc not supported for learner"],
  memberNotFound: ["NotFound", "member not found"],
  unhealthy: ["Unavailable", "unhealthy cluster"],
  noLeader: ["Unavailable", "no leader"],
  timeout: ["Unavailable", "request timed out"],
  stopped: ["Unavailable", "server stopped"],
  noSpace: ["ResourceExhausted", "mvcc: database space exceeded"],
} as const satisfies Readonly<Record<string, readonly [EtcdErrorCode, string]>>;

export class EtcdError extends Error {
  override readonly name = "EtcdError";
  readonly code: EtcdErrorCode;

  constructor(key: keyof typeof catalogue) {
    const [code, text] = catalogue[key];
    super(`etcdserver: ${text}`);
    this.code = code;
  }
}
