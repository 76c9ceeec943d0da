/** A Corefile as far as a migration looks at it: blocks of servers, plugins in them, options in those. */
export interface Corefile {
  readonly servers: readonly Server[];
}

export interface Server {
  /** "." or ".:53", "example.org:1053" … */
  readonly zones: readonly string[];
  readonly plugins: readonly Plugin[];
}

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
}

export interface Plugin extends Directive {
  readonly options: readonly Directive[];
}

interface Node extends Directive {
  readonly children: Node[];
}

/** Comments are not kept. What is nested deeper than an option is not told apart from it: no plugin of Kubernetes' does that. */
export function parseCorefile(text: string): Corefile {
  const root: Node = { name: "", args: [], children: [] };
  const open: Node[] = [root];
  for (const [name = "", ...args] of linesOf(text).flatMap(splitBraces)) {
    if (name === "}") {
      if (open.length > 1) open.pop();
      continue;
    }
    const opens = args.at(-1) === "{";
    const node: Node = { name, args: opens ? args.slice(0, -1) : args, children: [] };
    open.at(-1)?.children.push(node);
    if (opens) open.push(node);
  }
  return {
    servers: root.children.map(({ name, args, children }) => ({
      zones: [name, ...args],
      plugins: children.map((plugin) => ({
        name: plugin.name,
        args: plugin.args,
        options: flatten(plugin.children),
      })),
    })),
  };
}

function flatten(nodes: readonly Node[]): readonly Directive[] {
  return nodes.flatMap(({ name, args, children }) => [{ name, args }, ...flatten(children)]);
}

/** The words of each line. Quoted text is one word and keeps its quotes; "#" at the beginning of a word ends the line. */
function linesOf(text: string): readonly (readonly string[])[] {
  return text.split("\n").map((line) => {
    const words = line.match(/"(?:\\.|[^"\\])*"?|[^\s"]\S*/g) ?? [];
    const comment = words.findIndex((word) => word.startsWith("#"));
    return comment === -1 ? words : words.slice(0, comment);
  });
}

/** A closing brace is a statement of its own, wherever it stands. */
function splitBraces(words: readonly string[]): readonly (readonly string[])[] {
  const statements: string[][] = [];
  let current: string[] = [];
  const end = () => {
    if (current.length > 0) statements.push(current);
    current = [];
  };
  for (const word of words) {
    if (word === "}") {
      end();
      statements.push([word]);
      continue;
    }
    current.push(word);
    if (word === "{") end();
  }
  end();
  return statements;
}

/** In the form in which upstream writes it: four spaces, an empty line between servers. */
export function formatCorefile({ servers }: Corefile): string {
  return servers
    .map(({ zones, plugins }) => {
      const head = zones.join(" ");
      if (plugins.length === 0) return head;
      return `${head} {\n${plugins.map((plugin) => `    ${formatPlugin(plugin)}`).join("\n")}\n}\n`;
    })
    .join("\n");
}

function formatPlugin({ options, ...plugin }: Plugin): string {
  const head = formatDirective(plugin);
  if (options.length === 0) return head;
  const lines = options.map((option) => `        ${formatDirective(option)}`);
  return `${head} {\n${lines.join("\n")}\n    }`;
}

function formatDirective({ name, args }: Directive): string {
  return [name, ...args].join(" ");
}
