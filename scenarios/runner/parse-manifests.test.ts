import { expect, test } from "vitest";
import { parseManifests } from "./parse-manifests.ts";

test("documents are read in order, empty ones are passed over, variables are filled in", () => {
  const text = `---
apiVersion: v1
kind: Namespace
metadata: { name: "\${NAME:=team}" }
---
---
apiVersion: v1
kind: ConfigMap
metadata: { name: c }
data: { region: "\${REGION}", literal: "$\${KEPT}" }
`;
  expect(parseManifests(text, "m.yaml", { REGION: "eu-west-1" })).toMatchObject([
    { kind: "Namespace", metadata: { name: "team" } },
    { kind: "ConfigMap", data: { region: "eu-west-1", literal: "${KEPT}" } },
  ]);
});

test.each([
  ["a: [", "m.yaml:1:5: not valid YAML"],
  [
    "apiVersion: v1\nmetadata: { name: x }",
    "m.yaml:1:1: a Kubernetes object needs apiVersion, kind",
  ],
  ["\n\nname: ${REGION}", "m.yaml:3: variable REGION has no value and no default"],
])("%j is refused with its place", (text, message) => {
  expect(() => parseManifests(text, "m.yaml")).toThrow(message);
});
