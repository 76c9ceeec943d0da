// Prints the closing line of a test run: "N passed, N failed, N skipped".
import { existsSync, readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
if (file !== undefined && existsSync(file)) {
  const results = JSON.parse(readFileSync(file, "utf8"));
  const skipped = results.testResults
    .flatMap((suite) => suite.assertionResults)
    .filter((result) => result.status === "skipped" || result.status === "pending");
  for (const result of skipped) console.log(`skipped: ${result.fullName}`);
  console.log(
    `${results.numPassedTests} passed, ${results.numFailedTests} failed, ${skipped.length} skipped`,
  );
} else {
  console.log("The tests did not run: an earlier check failed.");
}
