import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const isData = (file: string) => /\/(generated|testdata|tables)\//.test(file);
const sources = files.filter((file) => /\.(ts|js)$/.test(file) && !isData(file));
const readmes = files.filter((file) => file.endsWith("README.md"));

/** Words that do not belong into the project, and what to write instead. */
const banned: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\/(work|home|root|Users)\/[a-z]/, "a path relative to the repository"],
  [
    /registry\.npmjs\.org|deb\.debian\.org|proxy\.golang\.org|files\.pythonhosted/,
    "no registry host",
  ],
  [/\b(TODO|FIXME|XXX|HACK)\b/, "the work itself, or an issue"],
  [/\b(it|test|describe)\.(only|todo)\b/, "the whole suite"],
  [/expect\(true\)/, "an expectation that can fail"],
  [/@ts-ignore|@ts-nocheck/, "the right type"],
];

test("no source holds a banned word", () => {
  const found = sources
    .filter((file) => file !== "property-tests/tidy.test.ts")
    .flatMap((file) =>
      banned
        .filter(([pattern]) => pattern.test(read(file)))
        .map(([pattern, instead]) => `${file}: ${pattern.source}; write ${instead}`),
    );
  expect(found).toEqual([]);
});

test("titles of tests are promises", () => {
  const found = sources
    .filter((file) => file.endsWith(".test.ts"))
    .filter((file) => /\b(test|it)\(\s*["'`][^"'`]*\bshould\b/.test(read(file)));
  expect(found).toEqual([]);
});

test("no folder is called utils, helpers, common or misc, and no file either", () => {
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\.ts|\/)/.test(file))).toEqual(
    [],
  );
});

test("file names are kebab-case", () => {
  const found = sources.filter((file) => !/^[a-z0-9.-]+$/.test(file.split("/").at(-1) ?? ""));
  expect(found).toEqual([]);
});

test("the median source file has under 150 lines and none but tables over 400", () => {
  const lengths = sources
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => ({ file, lines: read(file).split("\n").length }))
    .toSorted((a, b) => a.lines - b.lines);
  expect(lengths.filter(({ lines }) => lines > 401)).toEqual([]);
  expect(lengths[Math.floor(lengths.length / 2)]?.lines).toBeLessThan(150);
});

test("every path in a README exists", () => {
  const missing = readmes.flatMap((file) =>
    [
      ...read(file).matchAll(
        /`([a-z][\w./-]*\.(?:ts|js|md|json|yaml)|[a-z][\w.-]*(?:\/[\w.-]+)*\/)`/g,
      ),
    ]
      .map(([, path = ""]) => path)
      .filter(
        (path) =>
          ![join(root, dirname(file), path), join(root, path)].some((place) => existsSync(place)),
      )
      .map((path) => `${file}: ${path}`),
  );
  expect(missing).toEqual([]);
});

test("every folder of the house has a README that says where to start", () => {
  const folders = [
    "controllers/api",
    "controllers/runtime",
    "controllers/core",
    "controllers/aws",
    "fakecloud/kernel",
  ];
  folders.push(
    "fakecloud/wire",
    "fakecloud/network",
    "fakecloud/kubernetes",
    "fakecloud/machines",
    "scenarios",
  );
  const silent = folders.filter((folder) => {
    const readme = join(folder, "README.md");
    return !files.includes(readme) || !/start reading/i.test(read(readme));
  });
  expect(silent).toEqual([]);
});
