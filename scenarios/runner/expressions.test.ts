import { expect, test } from "vitest";
import { parseQuestion } from "./expressions.ts";
import type { Snapshot } from "./snapshot.ts";

const snapshot: Snapshot = {
  apiServers: [],
  awsMachines: [],
  clusters: [],
  consoles: [],
  events: [],
  pods: [],
  reasons: [],
  controlPlanes: [],
  deployments: [
    {
      namespace: "default",
      name: "md-0",
      cluster: "c",
      desired: 3n,
      replicas: 3n,
      ready: 2n,
      available: 2n,
      upToDate: 3n,
      observed: true,
    },
  ],
  instances: [],
  inventory: [],
  machines: [],
  nodes: [
    { cluster: "c", name: "a", ready: true, version: "v1.34.2", taints: [] },
    { cluster: "c", name: "b", ready: false, version: "v1.34.2", taints: [] },
  ],
};

test.each([
  ["nodes.filter(n, n.ready).size() == 1", true],
  ["nodes.all(n, n.ready)", false],
  ["inventory.size() == 0", true],
  ["deployments.exists(d, d.name == 'md-0' && d.ready == 2)", true],
])("%s is %s", (text, answer) => {
  expect(parseQuestion(text, "f.yaml").ask(snapshot)).toBe(answer);
});

test.each([
  ["nodez.size() == 1", "names to use: apiServers, awsMachines"],
  ["nodes.size( ==", "f.yaml: the expression nodes.size( == cannot be used:"],
])("%s is refused, naming the file and what can be used", (text, message) => {
  expect(() => parseQuestion(text, "f.yaml")).toThrow(message);
});

test("an expression that is neither true nor false is refused", () => {
  const question = parseQuestion("nodes.size()", "f.yaml");
  expect(() => question.ask(snapshot)).toThrow("must be true or false");
});
