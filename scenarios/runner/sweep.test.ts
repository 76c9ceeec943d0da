import { expect, test } from "vitest";
import { editManifests } from "./edit-manifests.ts";
import type { Scenario } from "./scenario.ts";
import { expandSweep } from "./sweep.ts";

const scenario: Scenario = {
  apiVersion: "seatrial/v1",
  kind: "Scenario",
  metadata: { name: "s" },
  world: { manifests: ["a.yaml"] },
  sweep: { phase: ["early", "late"], zone: ["a", "b"] },
  steps: [{ when: { expr: "${phase}" }, delete: { target: "cluster/${zone}" } }],
};

test("a sweep stands for every combination of its values, each named", () => {
  const variants = expandSweep(scenario);
  expect(variants.map(({ label }) => label)).toEqual([
    "phase=early, zone=a",
    "phase=early, zone=b",
    "phase=late, zone=a",
    "phase=late, zone=b",
  ]);
  expect(variants[3]?.scenario.steps).toEqual([
    { when: { expr: "late" }, delete: { target: "cluster/b" } },
  ]);
  expect(variants[0]?.scenario.sweep).toBeUndefined();
});

const manifests = [
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { x: "1", y: "2" } },
  { apiVersion: "v1", kind: "Secret", metadata: { name: "b" } },
];

test("manifests are edited as a merge patch would, and left out by kind and name", () => {
  const edit = [{ target: "configmap/a", set: { "data.x": "3", "data.y": null } }];
  expect(editManifests(manifests, { edit, without: ["secret/b"] })).toEqual([
    { ...manifests[0], data: { x: "3" } },
  ]);
  expect(manifests[0]?.data).toEqual({ x: "1", y: "2" });
});

test("an edit of what is not there is refused, naming what is", () => {
  const message = "there is no secret/c in the manifests; there are configmap/a, secret/b";
  expect(() => editManifests(manifests, { without: ["secret/c"] })).toThrow(message);
});
