import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyedRandom } from "../../kernel/random.ts";
import { EtcdCluster } from "./etcd-cluster.ts";

const random = new KeyedRandom("1");

function clusterOf(count: number) {
  const etcd = new EtcdCluster("default/test", random);
  const ids = [etcd.bootstrap("node-0", "10.0.0.0", "3.6.4")];
  for (let index = 1; index < count; index += 1) {
    const id = etcd.addLearner(`10.0.0.${index}`, "3.6.4");
    etcd.start(id, `node-${index}`);
    etcd.promote(id);
    ids.push(id);
  }
  return { etcd, ids };
}

test("a learner has no name and no client URL until it has started", () => {
  const { etcd, ids } = clusterOf(1);
  const id = etcd.addLearner("10.0.0.9", "3.6.4");
  expect(etcd.memberList(ids[0]!).find((member) => member.id === id)).toMatchObject({
    name: "",
    clientUrls: [],
    isLearner: true,
  });
});

test("one learner that never started keeps every other from joining", () => {
  const { etcd } = clusterOf(1);
  etcd.addLearner("10.0.0.8", "3.6.4");
  expect(() => etcd.addLearner("10.0.0.9", "3.6.4")).toThrow(
    "etcdserver: too many learner members in cluster",
  );
});

test("a learner that is not up is not promoted", () => {
  const { etcd } = clusterOf(1);
  const id = etcd.addLearner("10.0.0.8", "3.6.4");
  expect(() => etcd.promote(id)).toThrow("in sync with leader");
});

test("with one of three down nobody can be added before it is removed", () => {
  const { etcd, ids } = clusterOf(3);
  etcd.setUp(ids[2]!, false);
  expect(() => etcd.addLearner("10.0.0.9", "3.6.4")).toThrow("etcdserver: unhealthy cluster");
  etcd.remove(ids[0]!, ids[2]!);
  expect(etcd.addLearner("10.0.0.9", "3.6.4")).toBeDefined();
});

test("without quorum a member answers for itself and lists nobody", () => {
  const { etcd, ids } = clusterOf(3);
  etcd.setUp(ids[1]!, false);
  etcd.setUp(ids[2]!, false);
  expect(etcd.status(ids[0]!)).toMatchObject({ leaderId: "0", errors: ["etcdserver: no leader"] });
  expect(() => etcd.memberList(ids[0]!)).toThrow("etcdserver: request timed out");
});

/** Cuts the connections of some members to all others. */
function cutOff({ etcd, ids }: ReturnType<typeof clusterOf>, ...indices: readonly number[]): void {
  const isCut = (index: number) => indices.includes(index);
  for (const [index, id] of ids.entries()) {
    const reaches = (address: string) => !isCut(index) && !isCut(Number(address.split(".")[3]));
    etcd.setUp(id, true, reaches);
  }
}

test("a member that the others do not reach votes no more, and answers for itself alone", () => {
  const cluster = clusterOf(3);
  const { etcd, ids } = cluster;
  etcd.moveLeader(etcd.leaderId(), ids[2]!);
  cutOff(cluster, 2);
  expect(etcd.hasQuorum()).toBe(true);
  expect(ids.slice(0, 2)).toContain(etcd.leaderId());
  expect(etcd.status(ids[2]!)).toMatchObject({ leaderId: "0", errors: ["etcdserver: no leader"] });
  expect(() => etcd.memberList(ids[2]!)).toThrow("etcdserver: request timed out");
  expect(etcd.memberList(ids[0]!)).toHaveLength(3);
  expect(() => etcd.addLearner("10.0.0.9", "3.6.4")).toThrow("etcdserver: unhealthy cluster");
});

test("with two of three cut off nobody leads, and the quorum is back with the first of them", () => {
  const cluster = clusterOf(3);
  cutOff(cluster, 1, 2);
  expect([cluster.etcd.hasQuorum(), cluster.etcd.leaderId()]).toEqual([false, "0"]);
  cutOff(cluster, 1);
  expect(cluster.etcd.hasQuorum()).toBe(true);
});

test("leadership moves only from the leader, and only to a voter that is up", () => {
  const { etcd, ids } = clusterOf(3);
  const leader = etcd.leaderId();
  const [first, second] = ids.filter((id) => id !== leader);
  expect(() => etcd.moveLeader(first!, second!)).toThrow("etcdserver: not leader");
  etcd.moveLeader(leader, first!);
  expect(etcd.leaderId()).toBe(first);
  etcd.setUp(second!, false);
  expect(() => etcd.moveLeader(first!, second!)).toThrow("bad leader transferee");
});

// Turns red when `remove` no longer looks at who is up among the rest.
test("no sequence of removals that etcd accepts costs it the quorum", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.tuple(fc.constantFrom("down", "remove"), fc.nat(4)), { maxLength: 12 }),
      (count, actions) => {
        const { etcd, ids } = clusterOf(count);
        for (const [action, index] of actions) {
          const id = ids[index % ids.length]!;
          const hadQuorum = etcd.hasQuorum();
          if (action === "down") etcd.setUp(id, false);
          else {
            try {
              etcd.remove(etcd.leaderId(), id);
            } catch {
              continue;
            }
            expect(hadQuorum && !etcd.hasQuorum()).toBe(false);
          }
        }
      },
    ),
  );
});
