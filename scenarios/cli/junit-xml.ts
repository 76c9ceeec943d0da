/** How one run of one scenario ended. */
export interface Verdict {
  readonly name: string;
  readonly file: string;
  readonly seed: string;
  /** The command that repeats the run. */
  readonly replay: string;
  readonly realMs: number;
  readonly violations: readonly string[];
  /** What a second run with the same seed did differently. */
  readonly differs?: string;
}

/** The verdicts in the form that CI systems read: a test suite for all, a test case for each run. */
export function junitXml(verdicts: readonly Verdict[]): string {
  const failures = verdicts.filter((verdict) => problemsOf(verdict).length > 0).length;
  const seconds = verdicts.reduce((sum, { realMs }) => sum + realMs / 1_000, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="seatrial" tests="${verdicts.length}" failures="${failures}" time="${seconds.toFixed(3)}">`,
    `  <testsuite name="scenarios" tests="${verdicts.length}" failures="${failures}" time="${seconds.toFixed(3)}">`,
    ...verdicts.flatMap(testCase),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(verdict: Verdict): readonly string[] {
  const { name, file, seed, replay, realMs } = verdict;
  const title = escape(`${name}, seed ${seed}`);
  const open = `    <testcase classname="${escape(file)}" name="${title}" time="${(realMs / 1_000).toFixed(3)}"`;
  const problems = problemsOf(verdict);
  if (problems.length === 0) return [`${open}/>`];
  const text = [...problems, `replay: ${replay}`].join("\n");
  return [
    `${open}>`,
    `      <failure message="${escape(problems[0] ?? "")}">${escape(text)}</failure>`,
    "    </testcase>",
  ];
}

function problemsOf({ violations, differs }: Verdict): readonly string[] {
  return differs === undefined ? violations : [...violations, differs];
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text for XML 1.0: special characters as entities, control characters that it forbids left out. */
function escape(text: string): string {
  const allowed = Array.from(text).filter(
    (character) => character >= " " || "\t\n\r".includes(character),
  );
  return allowed.map((character) => entities[character] ?? character).join("");
}
