export type Labels = Readonly<Record<string, string>>;

/** metav1.LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

type Requirement = (labels: Labels) => boolean;

/** An absent selector matches nothing; an empty one matches everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  if (selector === undefined) return false;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (labels[key] !== value) return false;
  }
  return (selector.matchExpressions ?? []).every((expression) =>
    requirement(expression.key, expression.operator, expression.values ?? [])(labels),
  );
}

function requirement(key: string, operator: string, values: readonly string[]): Requirement {
  switch (operator) {
    case "In":
      return (labels) => labels[key] !== undefined && values.includes(labels[key]);
    case "NotIn":
      return (labels) => labels[key] === undefined || !values.includes(labels[key]);
    case "Exists":
      return (labels) => labels[key] !== undefined;
    case "DoesNotExist":
      return (labels) => labels[key] === undefined;
    case "Gt":
      return (labels) => Number(labels[key]) > Number(values[0]);
    case "Lt":
      return (labels) => Number(labels[key]) < Number(values[0]);
    default:
      throw new Error(`"${operator}" is not a valid label selector operator`);
  }
}

/** Compiles the text grammar of `labelSelector`: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. */
export function parseLabelSelector(text: string): Requirement {
  const requirements = splitTerms(text).map(parseTerm);
  return (labels) => requirements.every((holds) => holds(labels));
}

/** Commas inside parentheses separate values, not terms. */
function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let depth = 0;
  let term = "";
  for (const letter of text) {
    if (letter === "(") depth += 1;
    if (letter === ")") depth -= 1;
    if (letter === "," && depth === 0) {
      terms.push(term);
      term = "";
    } else {
      term += letter;
    }
  }
  return [...terms, term].map((part) => part.trim()).filter((part) => part !== "");
}

function parseTerm(term: string): Requirement {
  const set = /^([^\s!=(<>]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const values = (set[3] ?? "").split(",").map((value) => value.trim());
    return requirement(set[1] ?? "", set[2] === "in" ? "In" : "NotIn", values);
  }
  return parseComparison(term) ?? parseExistence(term);
}

function parseComparison(term: string): Requirement | undefined {
  const comparison = /^([^\s!=<>]+)\s*(==|=|!=|>|<)\s*([^\s=!<>]*)$/.exec(term);
  if (comparison === null) return undefined;
  const [, key = "", sign = "", value = ""] = comparison;
  const operators: Record<string, string> = { "!=": "NotIn", ">": "Gt", "<": "Lt" };
  return requirement(key, operators[sign] ?? "In", [value]);
}

function parseExistence(term: string): Requirement {
  const existence = /^(!?)\s*([^\s!=<>(),]+)$/.exec(term);
  if (existence === null) throw new Error(`"${term}" is not a valid label selector requirement`);
  return requirement(existence[2] ?? "", existence[1] === "!" ? "DoesNotExist" : "Exists", []);
}
