import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allEffects } from "./effects/all-effects.ts";
import { faultSchema } from "./fault-schema.ts";
import { kindFacts } from "./tables/fault-kinds.ts";

const readme = new URL("README.md", import.meta.url);
const begin = "<!-- kinds: generated, see fault-kinds.test.ts -->\n";
const end = "<!-- end of kinds -->";

function table(): string {
  const rows = [...kindFacts].map(
    ([kind, { family, says, fields, example }]) =>
      `| \`${kind}\` | ${family} | ${says} | ${Object.keys(fields).join(", ")} | \`${example}\` |`,
  );
  return [
    "| kind | family | what happens | fields | example |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

test("the README lists every kind of fault (SEATRIAL_UPDATE=1 writes the list)", () => {
  const text = readFileSync(readme, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  const after = rest.slice(rest.indexOf(end));
  const wanted = `${before}${begin}${table()}${after}`;
  if (process.env["SEATRIAL_UPDATE"] === "1") writeFileSync(readme, wanted);
  expect(readFileSync(readme, "utf8")).toBe(wanted);
});

test("every kind has an effect, and no effect is without a kind", () => {
  const kinds = [...kindFacts.keys()].toSorted();
  expect(
    Object.keys(allEffects)
      .filter((name) => kinds.includes(name))
      .toSorted(),
  ).toEqual(kinds);
});

test("the JSON Schema knows every kind and allows no other", () => {
  const schema = faultSchema() as { properties: { do: { properties: object } } };
  expect(Object.keys(schema.properties.do.properties)).toEqual([...kindFacts.keys()]);
});
