import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    pool: "forks",
    testTimeout: process.env["SEATRIAL_FULL"] === undefined ? 60_000 : 1_800_000,
    hookTimeout: 60_000,
  },
});
