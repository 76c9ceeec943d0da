export interface DiffLine {
  readonly sign: "+" | "-" | " ";
  readonly text: string;
  /** Index in the new text; of the line before which it stood, for one that is gone. */
  readonly at: number;
}

/** Longer texts than this are compared as a whole: nobody reads such a diff. */
const mostCells = 4_000_000;

/** The lines of both texts, with what is only in the old one and what only in the new one: a longest common subsequence. */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): readonly DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < Math.min(before.length, after.length) - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  ) {
    tail += 1;
  }
  const same = (from: number, to: number): DiffLine[] =>
    after.slice(from, to).map((text, index) => ({ sign: " ", text, at: from + index }));
  const middle = compareTexts(
    before.slice(head, before.length - tail),
    after.slice(head, after.length - tail),
  );
  return [
    ...same(0, head),
    ...middle.map((line) => ({ ...line, at: line.at + head })),
    ...same(after.length - tail, after.length),
  ];
}

function compareTexts(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  if (before.length * after.length > mostCells) return replaced(before, after);
  const common = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      lines.push({ sign: " ", text: old, at: j });
      i += 1;
      j += 1;
    } else if (now === undefined || (old !== undefined && common(i + 1, j) >= common(i, j + 1))) {
      lines.push({ sign: "-", text: old ?? "", at: j });
      i += 1;
    } else {
      lines.push({ sign: "+", text: now, at: j });
      j += 1;
    }
  }
  return lines;
}

/** How many lines the rests of both texts have in common, from line i of the old and line j of the new one on. */
function commonLengths(before: readonly string[], after: readonly string[]) {
  const width = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * width);
  const lengthAt = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  return lengthAt;
}

function replaced(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  return [
    ...before.map((text): DiffLine => ({ sign: "-", text, at: 0 })),
    ...after.map((text, at): DiffLine => ({ sign: "+", text, at })),
  ];
}
