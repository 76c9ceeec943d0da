import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputError } from "./input-error.ts";
import { parseManifests } from "./parse-manifests.ts";
import { parseScenario } from "./parse-scenario.ts";
import { expandSweep } from "./sweep.ts";
import type { LoadedScenario, Manifest } from "./scenario.ts";

/** Reads a scenario that sweeps nothing, or the first of those that it stands for. */
export function loadScenario(file: string): LoadedScenario {
  const [first] = loadScenarios(file);
  if (first === undefined) throw new InputError(`${file}: a sweep over no values runs nothing`);
  return first;
}

/**
 * Reads a scenario and every manifest that it names, before virtual time begins: a simulation reads no files. One that sweeps
 * values stands for as many scenarios as there are combinations.
 */
export function loadScenarios(file: string): readonly LoadedScenario[] {
  const parsed = parseScenario(readText(file), file);
  return expandSweep(parsed).map(({ label, scenario }) => {
    const manifests = new Map<string, readonly Manifest[]>();
    const applied = (scenario.steps ?? []).flatMap((step) => step.apply?.manifests ?? []);
    for (const path of [...scenario.world.manifests, ...applied]) {
      const place = resolve(dirname(file), path);
      const text = readText(place, `${file}: `);
      manifests.set(path, parseManifests(text, place, scenario.world.variables));
    }
    return { file, label, scenario, manifests };
  });
}

export function readText(file: string, context = ""): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new InputError(`${context}${file}: ${reason}`);
  }
}
