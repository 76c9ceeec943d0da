// Run by the npm scripts before anything else: npm puts the pinned Node first on the PATH, so this fails only where
// neither the machine's Node nor the pinned one will do.
import process from "node:process";
import { explain, isNewEnough } from "./node-version.js";

if (!isNewEnough()) {
  console.error(explain());
  process.exit(3);
}
