import { Ajv } from "ajv";
import { expect, test } from "vitest";
import schema from "../scenario.schema.json" with { type: "json" };
import { parseScenario } from "./parse-scenario.ts";

const good = `apiVersion: seatrial/v1
kind: Scenario
metadata: { name: quick-start }
world: { manifests: [../examples/small.yaml] }
steps:
  - id: grow
    at: 10m
    scale: { target: machinedeployment/small-md-0, replicas: 3 }
  - after: { step: grow, plus: 1m }
    delete: { target: cluster/small }
faults:
  inject:
    - { at: 5m, do: { zoneOutage: b }, for: 30m }
expect:
  always:
    - { expr: "true", from: grow }
  at:
    - { time: end, expr: "true" }
`;

test("the published schema is one", () => {
  const ajv = new Ajv();
  expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
});

test("a good file is read", () => {
  expect(parseScenario(good, "a.yaml").steps).toHaveLength(2);
});

const broken: readonly (readonly [change: string, from: string, to: string, message: string])[] = [
  [
    "unknown key",
    "replicas: 3",
    "replicaz: 3",
    "a.yaml:8:52: unknown key steps.0.scale.replicaz; allowed here: target, replicas",
  ],
  [
    "missing unit",
    "at: 10m",
    'at: "10"',
    "a.yaml:7:5: key steps.0.at must be a duration with units, such as 90s or 1h30m (ms, s, m, h, d)",
  ],
  [
    "wrong type",
    "replicas: 3",
    "replicas: three",
    "a.yaml:8:52: key steps.0.scale.replicas must be of type integer",
  ],
  ["wrong kind", "kind: Scenario", "kind: Story", 'a.yaml:2:1: key kind must be "Scenario"'],
  [
    "missing key",
    "{ name: quick-start }",
    "{}",
    "a.yaml:3:1: key metadata lacks name, which is required",
  ],
  [
    "no action",
    "    delete: { target: cluster/small }\n",
    "",
    "a.yaml:9:5: steps[1]: does nothing; give exactly one of apply, patch, scale, delete, pause, unpause, deleteMachine, terminateInstance, restartControllers",
  ],
  [
    "two times",
    "at: 10m",
    "at: 10m\n    when: { expr: 'true' }",
    "a.yaml:6:5: steps[0]: says when with at and when; give exactly one of at, after, when",
  ],
  [
    "unknown step",
    "step: grow",
    "step: grew",
    'a.yaml:9:5: steps[1]: key after.step names "grew", which is no earlier step; allowed: grow',
  ],
  [
    "unknown fault",
    "zoneOutage: b",
    "zoneOutrage: b",
    "a.yaml:13:7: faults.inject[0]: do.zoneOutrage is no kind of fault; there are ",
  ],
  [
    "fault without its field",
    "zoneOutage: b",
    "zoneOutage: {}",
    "a.yaml:13:7: faults.inject[0]: do.zoneOutage.zone is missing",
  ],
  [
    "expectation from an unknown step",
    "from: grow",
    "from: grew",
    'a.yaml:16:7: expect.always[0] names the step "grew", which there is not',
  ],
  ["broken YAML", "world: {", "world: {{", "a.yaml:5:1: not valid YAML: Flow map"],
  [
    "target without kind",
    "cluster/small",
    "small",
    "a.yaml:10:15: key steps.1.delete.target must name a target as kind/name or kind/namespace/name",
  ],
];

test.each(broken)(
  "%s: one sentence with file, line, key and what is allowed",
  (_name, from, to, message) => {
    expect(good).toContain(from);
    expect(() => parseScenario(good.replace(from, to), "a.yaml")).toThrow(message);
  },
);
