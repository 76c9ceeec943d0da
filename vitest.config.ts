import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They take long though they are short, by which vitest orders: begun last, they would leave a core idle. */
const first = ["scenarios/runner/stories.test.ts", "scenarios/runner/determinism.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isFirst = ({ moduleId }: TestSpecification) =>
      first.some((file) => moduleId.endsWith(file));
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))];
  }
}

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    pool: "forks",
    maxWorkers: "100%",
    // Files share these processes and what is compiled in them, as a campaign of runs does. What must be first in its process spawns one.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: process.env["SEATRIAL_FULL"] === undefined ? 60_000 : 1_800_000,
    hookTimeout: 60_000,
  },
});
