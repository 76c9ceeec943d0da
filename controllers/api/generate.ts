import { writeFileSync } from "node:fs";
import { readSchemas, renderGeneratedFiles } from "./generated-files.ts";

// npm run generate: writes everything below generated/.
for (const [file, content] of renderGeneratedFiles(readSchemas())) {
  writeFileSync(new URL(`generated/${file}`, import.meta.url), content);
}
