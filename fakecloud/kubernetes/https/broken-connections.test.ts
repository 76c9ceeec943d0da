import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestClient, testClient } from "./test-client.ts";
import { startTestServer, type TestServer } from "./test-server.ts";

const configMaps = "/api/v1/namespaces/default/configmaps";
const mib = 1024 * 1024;

let server: TestServer;
let client: TestClient;
let dial: TestClient["dial"];

beforeAll(async () => {
  // Long enough for honest requests on a slow machine, which comes to many connections at once.
  const patience = { headersMs: 1000, requestMs: 1500, checkEveryMs: 50 };
  server = await startTestServer({ patience });
  client = testClient(server, server.clientOf("admin", ["system:masters"]));
  ({ dial } = client);
});

afterAll(async () => {
  client.close();
  await server.close();
});

/** Everything that the server says on a connection until it closes it. */
function untilClosed(socket: TLSSocket): Promise<string> {
  let text = "";
  socket.on("data", (data: Buffer) => {
    text += data.toString("utf8");
  });
  return new Promise((resolve) => {
    if (socket.closed) resolve(text);
    socket.on("close", () => resolve(text));
  });
}

/** Resolves when a connection takes more, or takes nothing any more. */
function taken(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ["drain", "close", "error"]) socket.once(event, () => resolve());
  });
}

async function expectLife(): Promise<void> {
  const { status, body } = await client.call("GET", "/api/v1/namespaces/default");
  expect([status, body["kind"]]).toEqual([200, "Namespace"]);
}

test.each([
  ["announced", true],
  ["in chunks", false],
])("a body of 20 MiB that comes %s is refused after 3 MiB", async (_how, isAnnounced) => {
  const socket = await dial();
  const said = untilClosed(socket);
  const length = isAnnounced ? `Content-Length: ${20 * mib}` : "Transfer-Encoding: chunked";
  socket.write(
    `POST ${configMaps} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${length}\r\n\r\n`,
  );
  const piece = Buffer.alloc(mib, " ");
  for (let sent = 0; sent < 20 && socket.writable; sent += 1) {
    if (!isAnnounced) socket.write(`${sent === 0 ? "" : "\r\n"}${mib.toString(16)}\r\n`);
    if (!socket.write(piece)) await taken(socket);
  }
  const text = await said;
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4))).toMatchObject({
    kind: "Status",
    reason: "RequestEntityTooLarge",
    message: "Request entity too large: limit is 3145728",
  });
  await expectLife();
});

test.each([
  ["headers", "GET /api HTTP/1.1\r\nHost: x\r\n"],
  ["body", `POST ${configMaps} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`],
])("a client that never ends its %s is let go, while others are served", async (_what, head) => {
  const slow = await Promise.all(Array.from({ length: 20 }, dial));
  const said = slow.map(untilClosed);
  for (const socket of slow) socket.write(head);
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write("x");
  }, 50);
  await expectLife();
  const ends = await Promise.all(said);
  clearInterval(drip);
  for (const text of ends) expect(text).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
  await expectLife();
});

test("connections that end in the middle leave a living server", async () => {
  const half = await dial();
  const answered = untilClosed(half);
  half.end("GET /api/v1/namespaces/default HTTP/1.1\r\nHost: x\r\n\r\n");
  await answered;
  const cut = await dial();
  cut.write(`POST ${configMaps} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"metadata":`);
  cut.destroy();
  const watching = await dial();
  watching.write(`GET ${configMaps}?watch=true HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(watching, "data");
  watching.destroy();
  const plain = connectTcp(server.https.port, "127.0.0.1");
  const over = once(plain, "close");
  plain.on("error", () => undefined);
  plain.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  plain.resume();
  await over;
  const garbled = await dial();
  const said = untilClosed(garbled);
  garbled.write("\0\x01\x02 nonsense\r\n\r\n");
  expect(await said).toMatch(/^HTTP\/1\.1 400 /);
  await expectLife();
});

// Turns red if the server closes only the connections that its HTTP knows of.
test("a server that is closed waits for nobody: not for a handshake that never ends, nor for a WebSocket", async () => {
  const own = await startTestServer({});
  const admin = testClient(own, own.clientOf("admin", ["system:masters"]));
  const silent = connectTcp(own.https.port, "127.0.0.1");
  await once(silent, "connect");
  const watching = await admin.dial();
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13";
  const key = Buffer.alloc(16).toString("base64");
  watching.write(
    `GET ${configMaps}?watch=true HTTP/1.1\r\nHost: x\r\n${upgrade}\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  expect(String(await once(watching, "data"))).toMatch(/^HTTP\/1\.1 101 /);
  const over = [silent, watching].map((socket) => once(socket, "close"));
  for (const socket of [silent, watching]) socket.on("error", () => undefined).resume();
  await own.close();
  await Promise.all(over);
  admin.close();
});
