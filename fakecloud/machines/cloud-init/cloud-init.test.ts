import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseCloudConfigDocument, readCloudConfig } from "./cloud-config.ts";
import { renderTemplate, TemplateError } from "./jinja.ts";
import { parseUserData } from "./user-data.ts";

const data = { v1: { region: "eu-west-1" }, ds: { meta_data: { local_hostname: "ip-10-0-0-1" } } };

test("a template variable is replaced, a raw block stays, and a comment goes", () => {
  const text =
    "{# note #}a {{ ds.meta_data.local_hostname }} {% raw %}{{ x }}{% endraw %} {{ 'b' }}";
  expect(renderTemplate(text, data)).toEqual({ text: "a ip-10-0-0-1 {{ x }} b", missing: [] });
});

test("a variable that does not exist is rendered with cloud-init's mark", () => {
  expect(renderTemplate("{{ v1.zone }}", data)).toEqual({
    text: "CI_MISSING_JINJA_VAR/v1.zone",
    missing: ["v1.zone"],
  });
});

test("a field of something that does not exist, an unknown tag and an open raw block are errors", () => {
  for (const text of ["{{ ds.other.name }}", "{% if x %}", "{% raw %}", "{{ a | b }}"]) {
    expect(() => renderTemplate(text, data)).toThrow(TemplateError);
  }
});

test("multi-part user data is taken apart, with base64 and gzip undone and templates recognised", () => {
  const inner = Buffer.from(gzipSync("#cloud-config\nruncmd: [b]\n")).toString("base64");
  const text = [
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="==B=="',
    "",
    "--==B==",
    'Content-Type: text/cloud-boothook; charset="us-ascii"',
    "",
    "#!/bin/bash",
    "",
    "exit 0",
    "--==B==",
    "Content-Type: text/plain",
    "Content-Transfer-Encoding: base64",
    "",
    inner,
    "--==B==",
    "Content-Type: text/plain",
    "",
    "## template: jinja",
    "#cloud-config",
    "--==B==--",
    "",
  ].join("\n");
  expect(parseUserData(gzipSync(text)).map(({ type, isTemplate }) => [type, isTemplate])).toEqual([
    ["text/cloud-boothook", false],
    ["text/cloud-config", false],
    ["text/cloud-config", true],
  ]);
});

test("files are decoded, numbers become octal permissions, and the later document wins key by key", () => {
  const gzipped = gzipSync("two").toString("base64");
  const first = parseCloudConfigDocument("runcmd: [one]\nusers: [{name: alice}]\n");
  const second = parseCloudConfigDocument(
    [
      "runcmd: [[echo, it's, a b], plain && line]",
      "write_files:",
      "- {path: /a, content: b25l, encoding: b64, permissions: '0600'}",
      `- {path: /b, content: ${gzipped}, encoding: gz+b64, owner: 'etcd:etcd', defer: true}`,
      "ntp: {enabled: true}",
    ].join("\n"),
  );
  const config = readCloudConfig([first, second]);
  expect(config.commands).toEqual([`echo 'it'\\''s' 'a b'`, "plain && line"]);
  expect(config.users).toEqual(["alice"]);
  expect(config.modules).toEqual(["ntp"]);
  expect(config.files).toMatchObject([
    { path: "/a", content: "one", permissions: "0600", owner: "root:root", defer: false },
    { path: "/b", content: "two", owner: "etcd:etcd", defer: true },
  ]);
});

test("a document that is a list or no YAML is refused", () => {
  expect(() => parseCloudConfigDocument("- a\n")).toThrow("not a mapping");
  expect(() => parseCloudConfigDocument("a: [b")).toThrow();
});
