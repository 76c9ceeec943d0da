// Run by `npm ci`: puts the command line into one file and keeps V8's code of what a story runs, so that `seatrial run` starts in
// half of the time. Whatever goes wrong is said in one sentence and harms nothing: the sources run as they are.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { explain, isNewEnough } from "./node-version.js";
import { preparedFiles, stampOf } from "./prepared.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = preparedFiles(root);

try {
  rmSync(files.folder, { recursive: true, force: true });
  if (!isNewEnough()) throw new Error(explain());
  await prepare();
} catch (error) {
  rmSync(files.folder, { recursive: true, force: true });
  const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
  console.error(`seatrial starts from its sources, more slowly than prepared: ${reason}`);
}

async function prepare() {
  mkdirSync(files.folder, { recursive: true });
  const modules = await bundle();
  const rehearsal = fileURLToPath(new URL("rehearse.js", import.meta.url));
  execFileSync(process.execPath, [rehearsal], { stdio: ["ignore", "ignore", "inherit"] });
  const inputs = [...modules.filter(isOurs), ...installed(), files.program, files.code];
  const stamps = inputs.map((file) => [relative(root, file), stampOf(file)]);
  writeFileSync(files.inputs, `${JSON.stringify(Object.fromEntries(stamps))}\n`);
}

/** Writes the program; returns the modules that are in it. */
async function bundle() {
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    input: join(root, "scenarios/cli/main.ts"),
    cwd: root,
    platform: "node",
    // ES modules before CommonJS: what nobody imports is left out, and imports cost nothing when the program starts.
    resolve: { mainFields: ["module", "main"] },
    // As large as everything else together, and only wanted to read a kubeconfig.
    external: ["@kubernetes/client-node"],
    plugins: [
      { name: "seatrial:schemas", resolveId: resolveSchemas },
      { name: "seatrial:place", transform: placeModule },
    ],
  });
  const { output } = await build.generate({
    format: "cjs",
    codeSplitting: false,
    keepNames: true,
    dynamicImportInCjs: false,
  });
  await build.close();
  const [{ code, moduleIds }] = output;
  writeFileSync(files.program, asAscii(code), "latin1");
  return moduleIds;
}

/** Of the SDK's packages the wire reads the schemas only: else every start would make all that they export, for every action. */
async function resolveSchemas(source, importer) {
  const isWire = importer?.endsWith("/fakecloud/wire/service-models.ts") === true;
  if (!isWire || !source.startsWith("@aws-sdk/client-")) return null;
  const found = await this.resolve(source, importer, { skipSelf: true });
  const schemas = found === null ? "" : join(found.id, "../schemas/schemas_0.js");
  return existsSync(schemas) ? schemas : found;
}

/** A module finds what lies beside its source, and is not the one that was started. */
function placeModule(code, id) {
  if (!code.includes("import.meta")) return null;
  return code
    .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href))
    .replaceAll("import.meta.main", "false");
}

function asAscii(code) {
  return code.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function isOurs(id) {
  return id.startsWith(root) && !relative(root, id).split(sep).includes("node_modules");
}

/** npm writes one of them at every change of what is installed: it stands for all packages. */
function installed() {
  return ["node_modules/.package-lock.json", "package-lock.json"].map((file) => join(root, file));
}
