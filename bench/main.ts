import { benchmarks } from "./benchmarks.ts";

// Every figure is measured in this process, now. Machines are noisy: compare ratios within one run, not runs.
const [only] = process.argv.slice(2);
for (const { name, measure } of benchmarks) {
  if (only !== undefined && !name.includes(only)) continue;
  for (const line of await measure()) console.log(`${name.padEnd(28)} ${line}`);
}
