import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFakeAws } from "../aws/fake-aws.ts";
import { realClock } from "../kernel/clock.ts";
import { KeyedRandom } from "../kernel/random.ts";
import { type AwsHttpServer, startAwsHttpServer } from "./http-server.ts";

const aws = createFakeAws({ clock: realClock, random: new KeyedRandom("1"), profile: "lenient" });
let server: AwsHttpServer;
beforeAll(async () => {
  const handle: typeof aws.handle = (request) => aws.handle(request);
  server = await startAwsHttpServer({ handle, clock: realClock, port: 0 });
});
afterAll(async () => {
  await server.close();
  aws.close();
});

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const form = (type = "application/x-www-form-urlencoded") => ({
  authorization: scope("ec2"),
  "content-type": type,
});
const call = (body: string, headers: Record<string, string> = form()) =>
  fetch(server.url, { method: "POST", headers, body });
const describeVpcs = "Action=DescribeVpcs&Version=2016-11-15";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request with a host of its own, as virtual-hosted buckets have. */
function send(options: {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, path, headers, body } = options;
    const sent = httpRequest({ port: server.port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

test.each([
  "application/x-www-form-urlencoded; charset=utf-8",
  "application/x-www-form-urlencoded;charset=UTF-8",
])("a form is a form with the content type %s", async (type) => {
  const answer = await call(describeVpcs, form(type));
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    "text/xml;charset=UTF-8",
  ]);
});

test("the parameters of a call may stand in the query of a GET", async () => {
  const answer = await fetch(`${server.url}/?${describeVpcs}`, { headers: form() });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("<vpcSet>")]);
});

test("a list that is empty is there, and times are ISO 8601 in UTC", async () => {
  const none = await call("Action=DescribeInstances&Version=2016-11-15");
  expect(await none.text()).toContain("<reservationSet></reservationSet>");
  const volume = await call(
    "Action=CreateVolume&Version=2016-11-15&AvailabilityZone=eu-west-1a&Size=1",
  );
  expect(await volume.text()).toMatch(/<createTime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z</);
});

test("a body in chunks of the transfer, and one after 100 Continue, are read whole", async () => {
  const headers = { ...form(), "transfer-encoding": "chunked" };
  const chunked = await send({ method: "POST", path: "/", headers, body: describeVpcs });
  expect(chunked.status).toBe(200);
  const raw = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1");
    let text = "";
    socket.on("error", reject);
    socket.on("data", (data) => {
      text += data.toString();
      if (text.startsWith("HTTP/1.1 100 Continue\r\n\r\n") && !text.includes("200 OK")) {
        socket.write(describeVpcs);
      }
      if (text.includes("</DescribeVpcsResponse>")) socket.end(() => resolve(text));
    });
    socket.write(
      `POST / HTTP/1.1\r\nHost: ec2.eu-west-1.amazonaws.com\r\nAuthorization: ${scope("ec2")}\r\n` +
        "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n" +
        `Content-Length: ${describeVpcs.length}\r\n\r\n`,
    );
  });
  expect(raw).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
});

test("one connection carries many calls", async () => {
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1");
    let all = "";
    const one =
      `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: ${scope("ec2")}\r\n` +
      "Content-Type: application/x-www-form-urlencoded\r\n" +
      `Content-Length: ${describeVpcs.length}\r\n\r\n${describeVpcs}`;
    socket.on("error", reject);
    socket.on("data", (data) => {
      all += data.toString();
      if (all.split("</DescribeVpcsResponse>").length > 3) socket.end(() => resolve(all));
    });
    socket.write(one + one + one);
  });
  expect(text.split("HTTP/1.1 200 OK").length - 1).toBe(3);
});

const s3 = (host: string, more: Record<string, string> = {}) => ({
  host,
  authorization: scope("s3"),
  ...more,
});

test("a bucket is the same by path, by host, by dual-stack host and below localhost", async () => {
  const made = await send({
    method: "PUT",
    path: "/hosts",
    headers: s3("s3.eu-west-1.amazonaws.com"),
    body: "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>",
  });
  expect(made.status).toBe(200);
  const key = "/a%20b/%C3%BC.txt";
  const headers = s3("hosts.s3.eu-west-1.amazonaws.com");
  const put = await send({ method: "PUT", path: key, headers, body: "x" });
  expect(put.status).toBe(200);
  const ways = [
    ["s3.eu-west-1.amazonaws.com", `/hosts${key}`],
    ["hosts.s3.eu-west-1.amazonaws.com", key],
    ["hosts.s3.amazonaws.com", key],
    ["hosts.s3.dualstack.eu-west-1.amazonaws.com", key],
    [`hosts.localhost:${server.port}`, key],
    [`127.0.0.1:${server.port}`, `/hosts${key}`],
  ] as const;
  for (const [host, path] of ways) {
    const got = await send({ method: "GET", path, headers: s3(host) });
    expect([host, got.status, got.text]).toEqual([host, 200, "x"]);
  }
});

test("the frames of aws-chunked are taken off, and a body that is cut short is refused", async () => {
  const chunked = {
    "content-encoding": "aws-chunked",
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": "8",
    "x-amz-trailer": "x-amz-checksum-crc32",
  };
  const headers = s3("hosts.s3.eu-west-1.amazonaws.com", chunked);
  const body = "5\r\nhello\r\n3\r\n you\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
  const whole = body.replace(" you", "you");
  expect((await send({ method: "PUT", path: "/c", headers, body: whole })).status).toBe(200);
  const got = await send({
    method: "GET",
    path: "/c",
    headers: s3("hosts.s3.eu-west-1.amazonaws.com"),
  });
  expect([got.text, got.headers["content-encoding"]]).toEqual(["helloyou", undefined]);
  const short = await send({ method: "PUT", path: "/c", headers, body: "5\r\nhel" });
  expect([short.status, short.text]).toEqual([400, expect.stringContaining("IncompleteBody")]);
});

test("an object that is compressed stays as it is, and a HEAD has no body", async () => {
  const body = gzipSync("x".repeat(1000));
  const headers = s3("hosts.s3.eu-west-1.amazonaws.com", { "content-encoding": "gzip" });
  await send({ method: "PUT", path: "/z", headers, body });
  const plain = s3("hosts.s3.eu-west-1.amazonaws.com");
  const head = await send({ method: "HEAD", path: "/z", headers: plain });
  expect([head.status, head.headers["content-length"], head.text]).toEqual([
    200,
    `${body.length}`,
    "",
  ]);
  expect(head.headers["content-encoding"]).toBe("gzip");
  const missing = await send({ method: "HEAD", path: "/none", headers: plain });
  expect([missing.status, missing.text]).toEqual([404, ""]);
});

test("a JSON body that is none, and one of another shape, are serialization errors", async () => {
  const json = {
    authorization: scope("ssm"),
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AmazonSSM.GetParameter",
  };
  for (const body of ["{", "[]", '"x"', '{"Name": 5}']) {
    const answer = await call(body, json);
    expect([body, answer.status, await answer.text()]).toEqual([
      body,
      400,
      expect.stringContaining("SerializationException"),
    ]);
  }
  const unknown = await call('{"Colour":"red"}', json);
  expect(await unknown.text()).toContain("Colour");
});

test("XML that is malformed, bombs with entities or nests without end is MalformedXML", async () => {
  const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><Tagging><TagSet>&a;</TagSet></Tagging>';
  const deep = "<Tagging>".repeat(5000);
  for (const body of ["<", "<Tagging>", "<Tagging></Other>", "no xml", bomb, deep]) {
    const headers = s3("hosts.s3.eu-west-1.amazonaws.com");
    const answer = await send({ method: "PUT", path: "/?tagging", headers, body });
    expect([body.slice(0, 20), answer.status, answer.text]).toEqual([
      body.slice(0, 20),
      400,
      expect.stringContaining("MalformedXML"),
    ]);
  }
});

test("huge lists, odd indices and unknown parameters of a form get an error that names them", async () => {
  const many = Array.from({ length: 5000 }, (_, index) => `&VpcId.${index + 1}=vpc-${index}`);
  const huge = await call(describeVpcs + many.join(""));
  expect([huge.status, await huge.text()]).toEqual([
    400,
    expect.stringContaining("InvalidVpcID.Malformed"),
  ]);
  const values = Array.from({ length: 201 }, (_, index) => `&Filter.1.Value.${index + 1}=v`);
  const filter = await call(`${describeVpcs}&Filter.1.Name=vpc-id${values.join("")}`);
  expect([filter.status, await filter.text()]).toEqual([
    400,
    expect.stringContaining("more than 200 values"),
  ]);
  const unknown = await call(`${describeVpcs}&Colour=red`);
  expect([unknown.status, await unknown.text()]).toEqual([
    400,
    expect.stringContaining("The parameter Colour is not recognized"),
  ]);
  const query = await send({
    method: "GET",
    path: "/?colour=red",
    headers: s3("hosts.s3.eu-west-1.amazonaws.com"),
  });
  expect([query.status, query.text]).toEqual([501, expect.stringContaining("colour")]);
});

test("a path that no percent sign can explain is refused, and so is a body beyond all bounds; the server lives on", async () => {
  const bad = await send({
    method: "GET",
    path: "/hosts/%zz",
    headers: s3("s3.eu-west-1.amazonaws.com"),
  });
  expect([bad.status, bad.text]).toEqual([400, expect.stringContaining("InvalidURI")]);
  const huge = new Uint8Array(65 * 1024 * 1024);
  const outcome = await call("", form()).then(async () =>
    fetch(server.url, { method: "POST", headers: form(), body: huge }).then(
      ({ status }) => status,
      () => "closed",
    ),
  );
  expect([413, "closed"]).toContain(outcome);
  expect((await call(describeVpcs)).status).toBe(200);
});

test("a token that is used again with other parameters is a mismatch, with the same ones the same answer", async () => {
  const volume = (size: number) =>
    call(
      `Action=CreateVolume&Version=2016-11-15&AvailabilityZone=eu-west-1a&Size=${size}&ClientToken=t`,
    ).then((answer) => answer.text());
  const idOf = (text: string) => /<volumeId>([^<]+)</.exec(text)?.[1];
  const first = await volume(1);
  expect(idOf(await volume(1))).toBe(idOf(first));
  expect(await volume(2)).toContain("IdempotentParameterMismatch");
});

test("the server listens on loopback unless told otherwise", () => {
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
});
