import { expect, test } from "vitest";
import { trackUpdate } from "../apply/field-manager.ts";
import { deepFreeze } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import { compileSchema } from "../schema/structural-schema.ts";
import { applyBuiltinDefaults } from "./builtin-defaults.ts";
import { builtinKinds } from "./builtin-kinds.ts";
import { canonicalizeQuantity } from "./quantities.ts";

const deployment: KubeObject = deepFreeze({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "c", image: "nginx" }] },
    },
  },
});

test("every built-in kind has a compiled schema that knows its own fields", () => {
  for (const { kind, schema } of builtinKinds) {
    const object = { apiVersion: "x", kind, metadata: { name: "a", labels: { a: "b" } }, nope: 1 };
    expect(compileSchema(schema).prune(object).unknownFields, kind).toEqual(["nope"]);
  }
});

test("a Deployment gets the defaults of the real server, and a second pass changes nothing", () => {
  const done = applyBuiltinDefaults({ group: "apps", kind: "Deployment" }, deployment);
  expect(done).toMatchObject({
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" },
      },
      template: {
        spec: {
          containers: [
            {
              imagePullPolicy: "Always",
              resources: {},
              terminationMessagePath: "/dev/termination-log",
              terminationMessagePolicy: "File",
            },
          ],
          dnsPolicy: "ClusterFirst",
          restartPolicy: "Always",
          schedulerName: "default-scheduler",
          securityContext: {},
          terminationGracePeriodSeconds: 30,
        },
      },
    },
    status: {},
  });
  expect(applyBuiltinDefaults({ group: "apps", kind: "Deployment" }, done)).toBe(done);
});

test("the creator of a Deployment owns the same fields as on the real server", () => {
  const { schema } = builtinKinds.find(({ kind }) => kind === "Deployment")!;
  const updated = applyBuiltinDefaults({ group: "apps", kind: "Deployment" }, deployment);
  const [entry] = trackUpdate({
    live: undefined,
    updated,
    schema,
    manager: "kubectl-create",
    subresource: "",
    apiVersion: "apps/v1",
    time: "2026-01-05T08:00:00Z",
    resetFields: [["status"]],
  })!;
  expect(JSON.stringify(entry?.fieldsV1)).toBe(
    JSON.stringify({
      "f:spec": {
        "f:progressDeadlineSeconds": {},
        "f:replicas": {},
        "f:revisionHistoryLimit": {},
        "f:selector": {},
        "f:strategy": {
          "f:rollingUpdate": { ".": {}, "f:maxSurge": {}, "f:maxUnavailable": {} },
          "f:type": {},
        },
        "f:template": {
          "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
          "f:spec": {
            "f:containers": {
              'k:{"name":"c"}': {
                ".": {},
                "f:image": {},
                "f:imagePullPolicy": {},
                "f:name": {},
                "f:resources": {},
                "f:terminationMessagePath": {},
                "f:terminationMessagePolicy": {},
              },
            },
            "f:dnsPolicy": {},
            "f:restartPolicy": {},
            "f:schedulerName": {},
            "f:securityContext": {},
            "f:terminationGracePeriodSeconds": {},
          },
        },
      },
    }),
  );
});

test("stringData becomes data and is not kept", () => {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    stringData: { a: "é" },
  };
  expect(applyBuiltinDefaults({ group: "", kind: "Secret" }, secret)).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    data: { a: "w6k=" },
    type: "Opaque",
  });
});

test("what an object shares with its predecessor is taken for defaulted, and all else is not", () => {
  const kind = { group: "apps", kind: "Deployment" };
  const limits = (cpu: string) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "d" },
    spec: {
      selector: {},
      template: {
        spec: { containers: [{ name: "c", image: "i", resources: { limits: { cpu } } }] },
      },
    },
  });
  const known = applyBuiltinDefaults(kind, limits("2000m"));
  const patch = { status: { replicas: 1 }, spec: limits("3000m").spec };
  const next = applyMergePatch(known, patch) as unknown as KubeObject;
  const alone = applyBuiltinDefaults(kind, next);
  expect(applyBuiltinDefaults(kind, next, known)).toEqual(alone);
  const [container] = (alone["spec"] as ReturnType<typeof limits>["spec"]).template.spec.containers;
  expect(container?.resources.limits).toEqual({ cpu: "3" });
  expect(applyBuiltinDefaults(kind, { ...known, status: {} }, known)["spec"]).toBe(known["spec"]);
});

test("quantities are written in canonical form", () => {
  const pairs: readonly (readonly [unknown, unknown])[] = [
    ["1000m", "1"],
    ["1.5Gi", "1536Mi"],
    ["0.1m", "100u"],
    ["1024", "1024"],
    ["1024Ki", "1Mi"],
    ["0.5", "500m"],
    ["1e3", "1e3"],
    [2, "2"],
    ["2000k", "2M"],
    ["-1500m", "-1500m"],
    ["0Gi", "0"],
    ["a lot", "a lot"],
  ];
  for (const [given, canonical] of pairs) expect(canonicalizeQuantity(given)).toBe(canonical);
});
