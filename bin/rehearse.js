// Run by prepare.js in a process of its own: runs a story with the prepared program and keeps the code that V8 compiled for it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, evaluate, preparedFiles } from "./prepared.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const { program, code } = preparedFiles(root);
const script = compile(program, undefined);
const { main } = evaluate(script, program);
await main(["node", "seatrial", "run", join(root, "scenarios/quick-start.yaml")]);
writeFileSync(code, script.createCachedData());
