import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { crds } from "./crds.ts";
import { fieldLines } from "./fields.ts";
import { readSchemas, renderGeneratedFiles } from "./generated-files.ts";
import type { PrinterColumn } from "./schema.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const reference = process.env["SEATRIAL_REFERENCE"] ?? join(here, "../../../shared/reference");
const versions = crds.flatMap((crd) =>
  crd.spec.versions.map((version) => ({
    crd,
    version,
    id: `${crd.metadata.name}/${version.name}`,
  })),
);

test("everything below generated/ is what npm run generate writes now", () => {
  for (const [file, content] of renderGeneratedFiles(readSchemas())) {
    const found = readFileSync(join(here, "generated", file), "utf8");
    expect(found === content, `${file} is stale: run npm run generate`).toBe(true);
  }
});

/** A digest per kind and version, made from the upstream field tables when the schemas were derived from them. */
test("the fields of every kind are upstream's", () => {
  const known = JSON.parse(readFileSync(join(here, "testdata/field-digests.json"), "utf8")) as {
    digests: Record<string, string>;
  };
  const found = Object.fromEntries(
    versions.map(({ id, version }) => {
      const lines = fieldLines(version.schema.openAPIV3Schema);
      return [id, `${lines.length} ${digest(lines)}`];
    }),
  );
  expect(found).toEqual(known.digests);
});

function digest(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}

test.skipIf(!existsSync(join(reference, "capi-fields.json")))(
  "the fields of every kind are those of the reference tables (skipped where those are absent)",
  () => {
    const tables = referenceLines();
    for (const { id, version } of versions) {
      const lines = fieldLines(version.schema.openAPIV3Schema);
      const wanted = tables.get(id) ?? [];
      expect(
        {
          missing: wanted.filter((line) => !lines.includes(line)),
          extra: lines.filter((line) => !wanted.includes(line)),
        },
        id,
      ).toEqual({ missing: [], extra: [] });
    }
  },
);

interface Names {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

test.skipIf(!existsSync(join(reference, "capi-fields.json")))(
  "names, versions, subresources and printer columns are those of the reference tables (skipped where those are absent)",
  () => {
    for (const crd of crds) {
      const wanted = tables().find(({ name }) => name === crd.metadata.name);
      const { scope, names: known, versions: own } = crd.spec;
      expect({
        id: crd.metadata.name,
        scope,
        names: [known["kind"], known["plural"], known["singular"], known["shortNames"] ?? []],
        categories: known["categories"],
        versions: own.map(({ name, served, storage, subresources, additionalPrinterColumns }) => ({
          name,
          served,
          storage,
          subresources: subresources ?? {},
          columns: (additionalPrinterColumns ?? []).map(columnOf),
        })),
      }).toEqual({
        id: wanted?.name,
        scope: wanted?.scope,
        names: [wanted?.kind, wanted?.plural, wanted?.singular, wanted?.shortNames],
        categories: wanted?.categories,
        versions: wanted?.versions.map((version) => ({
          name: version.version ?? version.name,
          served: version.served,
          storage: version.storage,
          subresources: version.subresources,
          columns: (version.printerColumns ?? version.additionalPrinterColumns ?? []).map(columnOf),
        })),
      });
    }
  },
);

/** Why a kind of upstream is not installed: nobody would look after it. */
const absent: readonly (readonly [kinds: RegExp, why: string])[] = [
  [/^clusterclasses\./, "gate ClusterTopology"],
  [/^extensionconfigs\./, "gate RuntimeSDK"],
  [/^(aws)?machinepools\.|^awsmanagedmachinepools\./, "gate MachinePool"],
  [/^ipaddress(es|claims)\./, "no IPAM provider"],
  [/^(eksconfig|nodeadmconfig|awsmanaged|awsfargate)/, "gate EKS"],
  [/^rosa/, "gate ROSA"],
];

test.skipIf(!existsSync(join(reference, "capi-fields.json")))(
  "every kind of the reference tables is installed, or has a written reason why not (skipped where those are absent)",
  () => {
    const own = new Set(crds.map(({ metadata }) => metadata.name));
    const missing = tables().filter(({ name }) => !own.has(name));
    const unexplained = missing.filter(({ name }) => !absent.some(([kinds]) => kinds.test(name)));
    expect(unexplained.map(({ name }) => name)).toEqual([]);
    expect(own.size + missing.length).toBe(tables().length);
  },
);

function columnOf({ name, type, jsonPath, priority = 0 }: PrinterColumn): string {
  return [name, type, jsonPath, priority].join(" ");
}

interface Row {
  readonly path: string;
  readonly type: string | null;
  readonly required?: boolean | null;
  readonly [attribute: string]: unknown;
}

interface TableVersion {
  readonly version?: string;
  readonly name?: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly subresources: object;
  readonly printerColumns?: readonly PrinterColumn[];
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly fields: readonly Row[];
}

interface Table {
  readonly crds: readonly (Names & {
    readonly name: string;
    readonly scope: string;
    readonly versions: readonly TableVersion[];
  })[];
}

let parsed: Table["crds"] | undefined;

function tables(): Table["crds"] {
  parsed ??= ["capi-fields.json", "capa-fields.json"].flatMap(
    (file) => (JSON.parse(readFileSync(join(reference, file), "utf8")) as Table).crds,
  );
  return parsed;
}

function referenceLines(): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, readonly string[]>();
  for (const crd of tables()) {
    for (const { version, name, fields } of crd.versions) {
      const own = fields.filter(({ path }) => !/^(\.|apiVersion|kind|metadata)$/.test(path));
      lines.set(`${crd.name}/${version ?? name}`, own.map(referenceLine).sort());
    }
  }
  return lines;
}

/** Names of attributes in the two tables → our order and names. */
const names: readonly (readonly [ours: string, ...theirs: readonly string[]])[] = [
  ["format", "format"],
  ["pattern", "pattern"],
  ["enum", "enum"],
  ["default", "default"],
  ["nullable", "nullable"],
  ["minimum", "min", "minimum"],
  ["maximum", "max", "maximum"],
  ["minLength", "minLength"],
  ["maxLength", "maxLength"],
  ["minItems", "minItems"],
  ["maxItems", "maxItems"],
  ["minProperties", "minProperties"],
  ["int-or-string", "intOrString"],
  ["preserve-unknown-fields", "preserveUnknown", "preserveUnknownFields"],
  ["list-type", "listType"],
  ["list-map-keys", "mapKeys"],
  ["map-type", "mapType"],
];

function referenceLine(row: Row): string {
  const path = row.path.replaceAll("{*}", "{}");
  const type = row.type === "int-or-string" || row.type === null ? "any" : row.type;
  const parts = names.flatMap(([ours, ...theirs]) => {
    const value = theirs.map((name) => row[name]).find((each) => each !== undefined);
    const all = row["allOf"] as readonly { enum: unknown }[] | undefined;
    const found = ours === "enum" && all !== undefined ? all[0]?.enum : value;
    return found === undefined ? [] : [`${ours}=${JSON.stringify(found)}`];
  });
  const rules = (
    (row["xKubernetesValidations"] ?? []) as readonly (string | { rule: string })[]
  ).map((rule) => `rule=${typeof rule === "string" ? rule : rule.rule}`);
  return [`${path}${row.required === true ? "!" : ""} ${type}`, ...parts, ...rules].join(" ");
}

test("every kind with two served versions announces both contracts and converts by webhook", () => {
  for (const crd of crds) {
    const served = crd.spec.versions.filter((version) => version.served);
    const { strategy } = crd.spec.conversion as { strategy: string };
    expect(strategy, crd.metadata.name).toBe(served.length === 2 ? "Webhook" : "None");
    expect(crd.metadata.labels["cluster.x-k8s.io/v1beta1"]).toBeDefined();
    expect(crd.spec.versions.filter((version) => version.storage)).toHaveLength(1);
  }
});
