import { expect, test } from "vitest";
import { type Body, testWorld } from "../test-world.ts";

const configurations = "/apis/admissionregistration.k8s.io/v1";
const deployments = "/apis/apps/v1/namespaces/default/deployments";
const maps = "/api/v1/namespaces/default/configmaps";
const merge = { contentType: "application/merge-patch+json" };

const onDeployments = {
  resourceRules: [
    {
      operations: ["CREATE", "UPDATE"],
      apiGroups: ["apps"],
      apiVersions: ["v1"],
      resources: ["deployments"],
    },
  ],
};

async function world(policy: object, binding: object = {}) {
  const { call } = testWorld();
  const answers = [
    await call("POST", `${configurations}/validatingadmissionpolicies`, {
      metadata: { name: "few" },
      spec: { failurePolicy: "Fail", matchConstraints: onDeployments, ...policy },
    }),
    await call("POST", `${configurations}/validatingadmissionpolicybindings`, {
      metadata: { name: "everywhere" },
      spec: { policyName: "few", validationActions: ["Deny"], ...binding },
    }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  const deploy = (name: string, replicas: number, labels: Body = {}) =>
    call("POST", deployments, {
      metadata: { name, labels },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: "a", image: "a:1" }] },
        },
      },
    });
  return { call, deploy };
}

const denied =
  "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'everywhere' denied request:";

test("a policy refuses what its expressions do not allow, on create and on update, in the words of the real server", async () => {
  const { call, deploy } = await world({
    validations: [{ expression: "object.spec.replicas <= 5" }],
  });
  expect(await deploy("web", 6)).toMatchObject({
    status: 422,
    body: {
      reason: "Invalid",
      message: `${denied} failed expression: object.spec.replicas <= 5`,
      details: { name: "web", group: "apps", kind: "deployments" },
    },
  });
  expect((await deploy("web", 5)).status).toBe(201);
  const scaled = await call("PATCH", `${deployments}/web`, { spec: { replicas: 9 } }, merge);
  expect(scaled.status).toBe(422);
});

test("a policy computes variables and messages, and chooses its reason", async () => {
  const { deploy } = await world({
    variables: [
      { name: "most", expression: "2 + 1" },
      { name: "isTooMany", expression: "object.spec.replicas > variables.most" },
    ],
    validations: [
      {
        expression: "!variables.isTooMany",
        messageExpression:
          "'at most ' + string(variables.most) + ', not ' + string(object.spec.replicas)",
        reason: "Forbidden",
      },
    ],
  });
  expect(await deploy("web", 4)).toMatchObject({
    status: 403,
    body: { reason: "Forbidden", message: `${denied} at most 3, not 4` },
  });
  expect((await deploy("web", 3)).status).toBe(201);
});

test("a policy takes its limits from the object that its binding names", async () => {
  const { call, deploy } = await world(
    {
      paramKind: { apiVersion: "v1", kind: "ConfigMap" },
      validations: [{ expression: "object.spec.replicas <= int(params.data.most)" }],
    },
    {
      paramRef: { name: "limits", namespace: "default", parameterNotFoundAction: "Deny" },
    },
  );
  expect((await deploy("web", 1)).body.message).toBe(
    `${denied} no params found for policy binding with \`Deny\` parameterNotFoundAction`,
  );
  await call("POST", maps, { metadata: { name: "limits" }, data: { most: "2" } });
  expect((await deploy("web", 3)).status).toBe(422);
  expect((await deploy("web", 2)).status).toBe(201);
});

test("a policy warns where its binding says so, and looks only at what its conditions and selectors choose", async () => {
  const { deploy } = await world(
    {
      matchConditions: [
        { name: "people", expression: "request.userInfo.username == 'admin'" },
        { name: "named", expression: "object.metadata.name.startsWith('w')" },
      ],
      validations: [{ expression: "false", message: "not today" }],
    },
    {
      validationActions: ["Warn"],
      matchResources: { objectSelector: { matchLabels: { watched: "yes" } } },
    },
  );
  const watched = await deploy("web", 1, { watched: "yes" });
  expect([watched.status, watched.headers["warning"]]).toEqual([
    201,
    "299 - \"Validation failed for ValidatingAdmissionPolicy 'few' with binding 'everywhere': not today\"",
  ]);
  expect((await deploy("other", 1, { watched: "yes" })).headers["warning"]).toBeUndefined();
  expect((await deploy("wide", 1)).headers["warning"]).toBeUndefined();
});

test("an expression that fails refuses, unless its policy may fail", async () => {
  const validations = [{ expression: "object.spec.nothing.there == 1" }];
  const strict = await world({ validations });
  expect((await strict.deploy("web", 1)).body.message).toMatch(
    /denied request: expression 'object\.spec\.nothing\.there == 1' resulted in error: no such key/,
  );
  const lenient = await world({ validations, failurePolicy: "Ignore" });
  expect((await lenient.deploy("web", 1)).status).toBe(201);
});

test("a policy whose expressions do not compile is refused with the place of the first mistake", async () => {
  const { call } = testWorld();
  const { status, body } = await call("POST", `${configurations}/validatingadmissionpolicies`, {
    metadata: { name: "broken" },
    spec: {
      matchConstraints: onDeployments,
      variables: [{ name: "most", expression: "2 +" }],
      validations: [{ expression: "object.spec.replicas <= variables.most" }, { expression: "" }],
    },
  });
  expect(status).toBe(422);
  const fields = body.details.causes.map(({ field }: Body) => field);
  expect(fields).toEqual(["spec.variables[0].expression", "spec.validations[1].expression"]);
  expect(body.details.causes[0].message).toMatch(/^Invalid value: "2 \+": compilation failed: /);
});
