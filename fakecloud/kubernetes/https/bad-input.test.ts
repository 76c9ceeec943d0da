import { Agent, request as httpsRequest } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assert, asyncProperty, constantFrom, uint8Array } from "fast-check";
import { type Sending, type TestClient, testClient } from "./test-client.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

const configMaps = "/api/v1/namespaces/default/configmaps";
const shapes = "/apis/seatrial.dev/v1/namespaces/default/shapes";

let server: TestServer;
let client: TestClient;
let call: TestClient["call"];

beforeAll(async () => {
  server = await startTestServer({}, { rbac: true });
  client = testClient(server, server.clientOf("admin", ["system:masters"]));
  ({ call } = client);
  await call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    body: JSON.stringify({
      metadata: { name: "shapes.seatrial.dev" },
      spec: {
        group: "seatrial.dev",
        scope: "Namespaced",
        names: { plural: "shapes", kind: "Shape" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        ],
      },
    }),
  });
  await server.core.state.settlingDefinitions;
});

afterAll(async () => {
  client.close();
  await server.close();
});

async function expectLife(): Promise<void> {
  const { status, body } = await call("GET", "/api/v1/namespaces/default");
  expect([status, body["kind"]]).toEqual([200, "Namespace"]);
}

const malformed: readonly (readonly [name: string, Sending, message: string | RegExp])[] = [
  [
    "cut JSON",
    { body: '{"metadata":' },
    `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({"metadata":)`,
  ],
  [
    "no JSON at all",
    { body: "not json" },
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'o' in literal null (expecting 'u') (6e6f74206a736f6e)",
  ],
  ["an empty body", { body: "" }, /unexpected end of JSON input \(<empty>\)$/],
  ["a list", { body: "[1]" }, /^the object provided is unrecognized|cannot unmarshal array/],
  ["cut YAML", { body: "a: [1", type: "application/yaml" }, /yaml: line 1: /],
  [
    "a bomb of YAML aliases",
    {
      type: "application/yaml",
      body: `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
        .split("")
        .map((key, index) => `${key}: &${key} [${`*${"abcdefgh"[index]},`.repeat(9)}]`)
        .join("\n")}`,
    },
    /yaml/,
  ],
  [
    "protobuf without its mark",
    { body: Buffer.from("xxxx"), type: "application/vnd.kubernetes.protobuf" },
    /^the object provided is unrecognized \(must be of type ConfigMap\)/,
  ],
  [
    "cut protobuf",
    {
      body: Buffer.concat([Buffer.from("k8s\0"), Buffer.of(0x0a, 0xff, 0xff, 0x7f, 1)]),
      type: "application/vnd.kubernetes.protobuf",
    },
    /^the object provided is unrecognized \(must be of type ConfigMap\)/,
  ],
];

test.each(malformed)("%s is a BadRequest that says where", async (_name, sending, message) => {
  const { status, body } = await call("POST", configMaps, sending);
  expect(body).toMatchObject({ kind: "Status", status: "Failure", reason: "BadRequest" });
  expect(status).toBe(400);
  expect(body["message"]).toMatch(message);
});

// Red when the server lets a decoder's own exception through: removing the `try` in `decodeProtobuf` turns it into a 500.
test("who may not write is told that, whatever the body looks like", async () => {
  const nobody = testClient(server, server.clientOf("nobody", []));
  expect(await nobody.call("POST", configMaps, { body: "{" })).toMatchObject({
    status: 403,
    body: {
      reason: "Forbidden",
      message:
        'configmaps is forbidden: User "nobody" cannot create resource "configmaps" in API group "" in the namespace "default"',
    },
  });
  nobody.close();
  const missing = await call("POST", "/api/v1/nothing", { body: "{" });
  expect(missing).toMatchObject({ status: 404, body: { reason: "NotFound" } });
  expect(await call("PATCH", configMaps, { body: "{" })).toMatchObject({ status: 405 });
});

test("no bytes of any type are answered with anything but a Status", async () => {
  const types = [
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "application/merge-patch+json",
    "application/apply-patch+yaml",
    "text/plain",
  ];
  const start = [
    Buffer.alloc(0),
    Buffer.from("k8s\0\n\x0f\n\x02v1\x12\tConfigMap\x12"),
    Buffer.from("{"),
  ];
  await assert(
    asyncProperty(
      constantFrom(...types),
      constantFrom(...start),
      uint8Array({ maxLength: 60 }),
      constantFrom("POST", "PATCH", "PUT"),
      async (type, prefix, bytes, method) => {
        const path = method === "POST" ? configMaps : `${configMaps}/a`;
        const body = Buffer.concat([prefix, bytes]);
        const reply = await call(method, path, { body, type });
        expect(reply.body["kind"]).toBe("Status");
        expect([400, 404, 413, 415, 422]).toContain(reply.status);
      },
    ),
    { numRuns: process.env["SEATRIAL_FULL"] === undefined ? 150 : 5000, seed: 36 },
  );
  await expectLife();
});

test.each([
  ["lists in JSON", "application/json", "[".repeat(200_000)],
  ["objects in JSON", "application/json", '{"a":'.repeat(100_000)],
  ["lists in YAML", "application/yaml", `a: ${"[".repeat(200_000)}`],
])("200,000 levels of %s are a Status", async (_name, type, body) => {
  const reply = await call("POST", configMaps, { body, type });
  expect([reply.status, reply.body["kind"]]).toEqual([400, "Status"]);
  await expectLife();
});

test("an object of 450 levels is stored, applied, patched and read in every form", async () => {
  const deep = (value: number) => `${'{"a":'.repeat(450)}${value}${"}".repeat(450)}`;
  const shape = (name: string) =>
    `{"apiVersion":"seatrial.dev/v1","kind":"Shape","metadata":{"name":"${name}"},"spec":${deep(1)}}`;
  const type = "application/merge-patch+json";
  const replies = [
    await call("POST", shapes, { body: shape("deep") }),
    await call("PATCH", `${shapes}/deep`, { type, body: `{"spec":${deep(2)}}` }),
    await call("PATCH", `${shapes}/applied?fieldManager=m`, {
      type: "application/apply-patch+yaml",
      body: shape("applied"),
    }),
    await call("PATCH", `${shapes}/applied?fieldManager=n&force=true`, {
      type: "application/apply-patch+yaml",
      body: shape("applied"),
    }),
    await call("GET", `${shapes}/deep`),
    await call("GET", `${shapes}/deep`, { headers: { accept: "application/yaml" } }),
    await call("DELETE", `${shapes}/deep`),
  ];
  expect(replies.map(({ status }) => status)).toEqual([201, 200, 201, 200, 200, 200, 200]);
  await expectLife();
});

test.each([
  ["100,000 brackets", "(".repeat(100_000), 400],
  ["a key of 100,000 letters", "k".repeat(100_000), 400],
  ["20,000 terms", Array.from({ length: 20_000 }, (_, index) => `k${index}=v`).join(","), 200],
  ["a set of 50,000 values", `k in (${"v,".repeat(50_000)}v)`, 200],
  ["signs that mean nothing", "a=b=c,!!x,><", 400],
  ["another alphabet", "ключ=значение", 400],
])("a label selector of %s is answered", async (_name, selector, expected) => {
  const reply = await call("GET", `${configMaps}?labelSelector=${encodeURIComponent(selector)}`);
  expect(reply.status).toBe(expected);
  if (expected === 400) expect(reply.body).toMatchObject({ kind: "Status", reason: "BadRequest" });
});

test("keys like __proto__ and constructor are data and change no other object", async () => {
  const proto =
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"a":1}';
  const made = await call("POST", shapes, {
    body: `{"apiVersion":"seatrial.dev/v1","kind":"Shape","metadata":{"name":"p"},"spec":${proto}}`,
  });
  expect(made.status).toBe(201);
  await call("PATCH", `${shapes}/p`, {
    type: "application/merge-patch+json",
    body: '{"spec":{"__proto__":{"more":1},"b":2},"__proto__":{"x":1}}',
  });
  await call("PATCH", `${shapes}/p`, {
    type: "application/json-patch+json",
    body: '[{"op":"add","path":"/spec/__proto__/again","value":1},{"op":"add","path":"/constructor/prototype/polluted","value":1}]',
  });
  await call("PATCH", `${shapes}/q?fieldManager=m`, {
    type: "application/apply-patch+yaml",
    body: `{"apiVersion":"seatrial.dev/v1","kind":"Shape","metadata":{"name":"q"},"spec":${proto}}`,
  });
  for (const name of ["p", "q"]) {
    const { body } = await call("GET", `${shapes}/${name}`);
    const { spec } = body as { spec: object };
    expect(Object.keys(spec)).toEqual(expect.arrayContaining(["__proto__", "constructor", "a"]));
  }
  const map = await call("POST", configMaps, {
    body: '{"metadata":{"name":"l","annotations":{"constructor":"x"}},"data":{"__proto__":"y"}}',
  });
  expect(map.status).toBe(201);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(({} as Record<string, unknown>)["more"]).toBeUndefined();
  const { body } = await call("GET", `${configMaps}/l`);
  expect(JSON.stringify(body)).toContain('"data":{"__proto__":"y"}');
});

test("paths and queries named like parts of a prototype find nothing", async () => {
  const paths = [
    "/__proto__",
    "/apis/__proto__/v1/x",
    `${configMaps}/__proto__`,
    "/api/v1/constructor",
  ];
  for (const path of paths) expect((await call("GET", path)).status).toBe(404);
  expect((await call("GET", `${configMaps}?__proto__=1&constructor=2`)).status).toBe(200);
  expect((await call("GET", "/api/v1/%zz")).body).toMatchObject({ kind: "Status", code: 400 });
});

test("a token that is not believed is not repeated in the answer", async () => {
  const stranger = new Agent({ ca: server.ca.certificatePem });
  const authorization = "Bearer very-secret-token";
  const reply = await new Promise<string>((resolve, reject) => {
    const request = httpsRequest(
      {
        agent: stranger,
        host: "127.0.0.1",
        port: server.https.port,
        path: "/api",
        headers: { authorization },
      },
      (response) => {
        let text = JSON.stringify(response.headers);
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString("utf8");
        });
        response.on("end", () => resolve(text));
      },
    );
    request.on("error", reject);
    request.end();
  });
  expect(reply).toContain('"message":"Unauthorized"');
  expect(reply).not.toContain("very-secret");
});
