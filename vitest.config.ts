import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    pool: "forks",
    // Files share two processes and what is compiled in them, as a campaign of runs does. What must be first in its process spawns one.
    isolate: false,
    testTimeout: process.env["SEATRIAL_FULL"] === undefined ? 60_000 : 1_800_000,
    hookTimeout: 60_000,
  },
});
