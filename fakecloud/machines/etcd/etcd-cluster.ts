import type { Random } from "../../kernel/random.ts";
import { EtcdError } from "./etcd-error.ts";

export interface EtcdMember {
  /** Unsigned 64-bit in decimal. */
  readonly id: string;
  /** Empty until the member has started for the first time. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface EtcdStatus {
  readonly memberId: string;
  readonly leaderId: string;
  readonly version: string;
  readonly isLearner: boolean;
  readonly errors: readonly string[];
}

export interface EtcdAlarm {
  readonly memberId: string;
  readonly type: "CORRUPT" | "NOSPACE";
}

/** Everything there is to know, as plain JSON. */
export interface EtcdSnapshot {
  readonly leaderId: string;
  readonly alarms: readonly EtcdAlarm[];
  readonly members: readonly {
    readonly id: string;
    readonly address: string;
    readonly name: string;
    readonly version: string;
    readonly isLearner: boolean;
  }[];
}

interface MemberState {
  readonly id: string;
  readonly address: string;
  name: string;
  version: string;
  isLearner: boolean;
  /** Its process runs. */
  isUp: boolean;
  reaches: PeerReach;
}

/** Whether a member gets to the peer port at an address. */
export type PeerReach = (address: string) => boolean;

const everywhere: PeerReach = () => true;

const maxLearners = 1;

/**
 * The members of one etcd cluster: who may vote, who leads, and which changes etcd refuses. Data is not modelled: the API
 * server's store stands for it, and works only while there is a quorum.
 */
export class EtcdCluster {
  readonly #name: string;
  readonly #random: Random;
  readonly #members = new Map<string, MemberState>();
  readonly #alarms: EtcdAlarm[] = [];
  readonly #onRemoved: ((id: string) => void)[] = [];
  #leaderId = "0";

  /** `name` is the stable name of the cluster in the trace: "default/my-cluster". */
  constructor(name: string, random: Random) {
    this.#name = name;
    this.#random = random;
  }

  /** The first member of a new cluster: a voter at once. At the same address it is the same one. */
  bootstrap(name: string, address: string, version: string): string {
    const known = this.memberAt(address);
    if (known !== undefined) return known;
    if (this.#members.size > 0) throw new Error("the etcd cluster has members already");
    const id = this.#newId(address);
    const life = { isUp: true, reaches: everywhere };
    this.#members.set(id, { id, name, address, version, isLearner: false, ...life });
    return id;
  }

  /** Somebody can be elected: a voter that is connected with as many voters as it takes. */
  hasQuorum(): boolean {
    return this.#leads(this.#leaderId) || this.#voters().some((voter) => this.#canLead(voter));
  }

  /** "0" without a quorum. A leader that is lost is replaced at once. */
  leaderId(): string {
    if (this.#leads(this.#leaderId)) return this.#leaderId;
    const candidates = this.#voters().filter((voter) => this.#canLead(voter));
    if (candidates.length === 0) return "0";
    const draw = this.#random.next("etcd-election", this.#name);
    this.#leaderId = candidates[Math.floor(draw * candidates.length)]?.id ?? "0";
    return this.#leaderId;
  }

  #leads(id: string): boolean {
    const member = this.#members.get(id);
    return member !== undefined && this.#canLead(member);
  }

  /** The member is connected with the leader: what others write it knows, and what it is asked it can answer. */
  hearsLeader(id: string): boolean {
    const leader = this.#members.get(this.leaderId());
    const member = this.#members.get(id);
    return leader !== undefined && member !== undefined && areConnected(leader, member);
  }

  members(): readonly EtcdMember[] {
    return [...this.#members.values()].map((member) => ({
      id: member.id,
      name: member.name,
      peerUrls: [`https://${member.address}:2380`],
      clientUrls: member.name === "" ? [] : [`https://${member.address}:2379`],
      isLearner: member.isLearner,
    }));
  }

  /** The ID of the member at an address; undefined if there is none. */
  memberAt(address: string): string | undefined {
    return [...this.#members.values()].find((member) => member.address === address)?.id;
  }

  /** Whether the process of this member runs; that of a removed one has ended. */
  isServing(id: string): boolean {
    return this.#members.get(id)?.isUp === true;
  }

  isLearner(id: string): boolean {
    return this.#members.get(id)?.isLearner === true;
  }

  /** A linearizable list: nobody answers it without a quorum. */
  memberList(askedId: string): readonly EtcdMember[] {
    this.#requireServing(askedId);
    return this.members();
  }

  /** Answered locally, even without a quorum. */
  status(askedId: string): EtcdStatus {
    const member = this.#requireUp(askedId);
    const leaderId = this.hearsLeader(askedId) ? this.leaderId() : "0";
    const alarms = this.#alarms
      .filter(({ memberId }) => memberId === askedId)
      .map(({ type }) => `memberID:${askedId} alarm:${type} `);
    return {
      memberId: member.id,
      leaderId,
      version: member.version,
      isLearner: member.isLearner,
      errors: [...(leaderId === "0" ? ["etcdserver: no leader"] : []), ...alarms],
    };
  }

  alarms(askedId: string): readonly EtcdAlarm[] {
    this.#requireServing(askedId);
    return this.#alarms;
  }

  /** Announces a learner; an address that is known already is refused. Every voter must be up, as until etcd 3.6. */
  addLearner(address: string, version: string): string {
    this.#requireQuorum();
    const known = [...this.#members.values()].some((member) => member.address === address);
    if (known) throw new EtcdError("peerUrlExists");
    const learners = [...this.#members.values()].filter(({ isLearner }) => isLearner);
    if (learners.length >= maxLearners) throw new EtcdError("tooManyLearners");
    if (!this.#voters().every(({ id }) => this.hearsLeader(id))) throw new EtcdError("unhealthy");
    const id = this.#newId(address);
    const life = { isUp: false, reaches: everywhere };
    this.#members.set(id, { id, name: "", address, version, isLearner: true, ...life });
    return id;
  }

  /** The announced member's process is there: it gets its name and catches up with the leader. */
  start(id: string, name: string): void {
    const member = this.#require(id);
    member.name = name;
    member.isUp = true;
  }

  promote(id: string): void {
    this.#requireQuorum();
    const member = this.#require(id);
    if (!member.isLearner) throw new EtcdError("notLearner");
    if (!this.hearsLeader(id)) throw new EtcdError("notReady");
    member.isLearner = false;
  }

  /** A learner may always go; a voter only if those that stay and are up keep a quorum. */
  remove(askedId: string, id: string): void {
    this.#requireServing(askedId);
    const member = this.#require(id);
    if (!member.isLearner) {
      const rest = this.#voters().filter((voter) => voter.id !== id);
      const up = rest.filter((voter) => this.hearsLeader(voter.id));
      if (rest.length === 0 || up.length < quorumOf(rest.length)) throw new EtcdError("unstarted");
    }
    this.#members.delete(id);
    for (const listener of this.#onRemoved) listener(id);
  }

  /** Called with the ID of each member that is removed: its process ends. */
  onRemoved(listener: (id: string) => void): void {
    this.#onRemoved.push(listener);
  }

  moveLeader(askedId: string, targetId: string): void {
    this.#requireServing(askedId);
    if (this.leaderId() !== askedId) throw new EtcdError("notLeader");
    const target = this.#members.get(targetId);
    if (target === undefined || target.isLearner || !this.hearsLeader(targetId)) {
      throw new EtcdError("badTransferee");
    }
    this.#leaderId = targetId;
  }

  /** The process or its machine stopped, or came back. An unknown member is one that was removed before. */
  setUp(id: string, isUp: boolean, reaches?: PeerReach): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.isUp = isUp;
    member.reaches = reaches ?? member.reaches;
  }

  raiseAlarm(id: string, type: EtcdAlarm["type"]): void {
    this.#alarms.push({ memberId: id, type });
  }

  snapshot(): EtcdSnapshot {
    const members = [...this.#members.values()].map(
      ({ isUp: _isUp, reaches: _reaches, ...rest }) => ({ ...rest }),
    );
    return { leaderId: this.#leaderId, alarms: [...this.#alarms], members };
  }

  /** The members are known again; each is up only once its machine says so. */
  restore(snapshot: EtcdSnapshot): void {
    for (const member of snapshot.members) {
      this.#members.set(member.id, { ...member, isUp: false, reaches: everywhere });
    }
    this.#alarms.push(...snapshot.alarms);
    this.#leaderId = snapshot.leaderId;
  }

  #voters(): readonly MemberState[] {
    return [...this.#members.values()].filter(({ isLearner }) => !isLearner);
  }

  #canLead(member: MemberState): boolean {
    if (!member.isUp || member.isLearner) return false;
    let voters = 0;
    let followers = 0;
    for (const voter of this.#members.values()) {
      if (voter.isLearner) continue;
      voters += 1;
      if (areConnected(member, voter)) followers += 1;
    }
    return followers >= quorumOf(voters);
  }

  #require(id: string): MemberState {
    const member = this.#members.get(id);
    if (member === undefined) throw new EtcdError("memberNotFound");
    return member;
  }

  #requireUp(id: string): MemberState {
    const member = this.#members.get(id);
    // A removed member ends its process.
    if (member === undefined || !member.isUp) throw new EtcdError("stopped");
    return member;
  }

  #requireServing(askedId: string): void {
    if (this.#requireUp(askedId).isLearner) throw new EtcdError("learnerRefuses");
    if (!this.hearsLeader(askedId)) throw new EtcdError("timeout");
  }

  #requireQuorum(): void {
    if (!this.hasQuorum()) throw new EtcdError("timeout");
  }

  #newId(address: string): string {
    const bytes = this.#random.bytes("etcd-member-id", `${this.#name}/${address}`, 8);
    const value = Buffer.from(bytes).readBigUInt64BE() | 1n;
    return value.toString();
  }
}

/** Both run, and a connection comes about whichever of them begins it. */
function areConnected(one: MemberState, other: MemberState): boolean {
  if (!one.isUp || !other.isUp) return false;
  return one === other || (one.reaches(other.address) && other.reaches(one.address));
}

function quorumOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}
