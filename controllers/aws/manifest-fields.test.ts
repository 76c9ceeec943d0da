import { expect, test } from "vitest";
import type { OpenApiSchema } from "../api/open-api.ts";
import { everyVersion, lost, pathOf, Server } from "./manifest-world.ts";

/** Values that satisfy one or another pattern of the schemas. */
const candidates = [
  "value",
  "v1.34.2",
  "10.0.0.0/16",
  "1h0m0s",
  "example.com/x",
  "arn:aws:iam::123456789012:role/x",
  "1",
  "h-0123456789abcdef0",
  "cr-0123456789abcdef0",
  "cluster.x-k8s.io",
  "test/value",
  "40%",
  "[1-2]",
];

/** What rules in CEL ask of a field, by its name. */
const valuesByName: Readonly<Record<string, string>> = {
  carrierGatewayId: "cagw-0123456789abcdef0",
  partitionType: "Linux",
};

/** Fields of which each variant leaves some out, because rules exclude them from each other. */
const variants: readonly (readonly string[])[] = [
  ["spotMarketOptions", "dynamicHostAllocation", "capacityReservationPreference", "diskLayout"],
  ["capacityReservationId", "hostID", "marketType", "layout"],
];

function sampleText(schema: OpenApiSchema, name: string): string {
  if (schema.format === "date-time") return "2026-01-05T08:00:00Z";
  if (schema.format === "byte") return "dmFsdWU=";
  const known = valuesByName[name];
  if (known !== undefined) return known;
  if (/(timeout|period|ttl|duration)$/i.test(name) || name.startsWith("timeout")) return "5m0s";
  const { pattern = "", minLength = 0, maxLength = Infinity } = schema;
  const regexp = new RegExp(pattern, "u");
  const found = candidates.find((one) => regexp.test(one) && one.length >= minLength);
  if (found === undefined) throw new Error(`no sample for ${name}: ${pattern}`);
  return found.slice(0, maxLength);
}

/** A value with every field that the schema knows. */
function sample(schema: OpenApiSchema, name: string, without: readonly string[]): unknown {
  if (schema.enum !== undefined) return schema.enum.find((value) => value !== "");
  if (schema["x-kubernetes-int-or-string"] === true) return 1;
  if (schema.type === "integer") return Math.max(1, schema.minimum ?? 1);
  if (schema.type === "boolean") return true;
  if (schema.type === "array") return [sample(schema.items ?? {}, name, without)];
  if (schema.properties !== undefined) {
    return Object.fromEntries(
      Object.entries(schema.properties)
        .filter(([field]) => schema.required?.includes(field) === true || !without.includes(field))
        .map(([field, inner]) => [field, sample(inner, field, without)]),
    );
  }
  if (schema.additionalProperties !== undefined) {
    return { key: sample(schema.additionalProperties, "key", without) };
  }
  return schema.type === "object" ? {} : sampleText(schema, name);
}

test.each(everyVersion.map((one) => ({ ...one, title: `${one.kind} ${one.version.name}` })))(
  "$title: every field is accepted and kept, and survives the other version",
  async ({ kind, group, version }) => {
    const server = await new Server(false).start(new Set([kind]));
    const { properties = {} } = version.schema.openAPIV3Schema;
    for (const [index, without] of variants.entries()) {
      const name = `sample-${index}`;
      const manifest = {
        apiVersion: `${group}/${version.name}`,
        kind,
        metadata: { name },
        spec: sample(properties["spec"] ?? {}, "spec", without),
      };
      const stored = await server.call("POST", pathOf(kind, version.name), manifest);
      expect(lost(manifest, stored)).toEqual([]);
      for (const other of everyVersion.filter((one) => one.kind === kind)) {
        const path = pathOf(kind, other.version.name, name);
        await server.call("PUT", path, await server.call("GET", path));
      }
      const after = await server.call("GET", pathOf(kind, version.name, name));
      expect(after["spec"]).toEqual(stored["spec"]);
    }
  },
);
