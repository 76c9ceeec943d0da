import { LineCounter, parseAllDocuments } from "yaml";
import { InputError } from "./input-error.ts";
import type { Manifest } from "./scenario.ts";

/** The objects of a multi-document YAML file, with `${NAME}` and `${NAME:=default}` filled in as clusterctl does. */
export function parseManifests(
  text: string,
  file: string,
  variables: Readonly<Record<string, string>> = {},
): readonly Manifest[] {
  const lines = new LineCounter();
  const manifests: Manifest[] = [];
  const documents = parseAllDocuments(substitute(text, file, variables), { lineCounter: lines });
  if (!Array.isArray(documents)) return manifests;
  for (const document of documents) {
    const place = (offset: number) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}`;
    };
    const problem = document.errors[0];
    if (problem !== undefined) {
      const [message] = problem.message.split("\n");
      throw new InputError(`${place(problem.pos[0])}: not valid YAML: ${message}`);
    }
    const object: unknown = document.toJS();
    if (object === null || object === undefined) continue; // An empty document between two separators.
    const missing = missingKey(object);
    if (missing !== undefined) {
      const at = place(document.contents?.range?.[0] ?? 0);
      throw new InputError(
        `${at}: a Kubernetes object needs apiVersion, kind and metadata.name; ${missing} is missing`,
      );
    }
    manifests.push(object as Manifest);
  }
  return manifests;
}

function missingKey(object: unknown): string | undefined {
  const { apiVersion, kind, metadata } = object as Partial<Manifest>;
  if (typeof apiVersion !== "string") return "apiVersion";
  if (typeof kind !== "string") return "kind";
  if (typeof metadata?.name !== "string") return "metadata.name";
  return undefined;
}

function substitute(
  text: string,
  file: string,
  variables: Readonly<Record<string, string>>,
): string {
  // `$${` is how a template writes a literal `${`, as in envsubst.
  return text.replaceAll(
    /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[=-]([^}]*))?\}/g,
    (whole: string, name: string, fallback: string | undefined, offset: number) => {
      if (whole.startsWith("$$")) return whole.slice(1);
      const value = variables[name] ?? fallback;
      if (value === undefined) {
        const line = text.slice(0, offset).split("\n").length;
        throw new InputError(`${file}:${line}: variable ${name} has no value and no default`);
      }
      return value;
    },
  );
}
