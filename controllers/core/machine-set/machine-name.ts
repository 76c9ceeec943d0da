import { nameSuffix, type Random } from "../../runtime/random.ts";

const maxNameLength = 63;
const suffixLength = 5;

/** A name from a naming template ("{{ .machineSet.name }}-{{ .random }}"); throws for a variable that is not known. */
export function renderName(
  template: string,
  variables: Readonly<Record<string, string>>,
  random: { readonly source: Random; readonly family: string; readonly key: string },
): string {
  const suffix = nameSuffix(random.source, random.family, random.key, suffixLength);
  const values: Readonly<Record<string, string>> = { ...variables, ".random": suffix };
  const rendered = template.replaceAll(/\{\{-?\s*(.*?)\s*-?\}\}/g, (action, path: string) => {
    const value = values[path];
    if (value === undefined)
      throw new Error(`the naming template uses ${action}, which is not known`);
    return value;
  });
  return rendered.length <= maxNameLength
    ? rendered
    : `${rendered.slice(0, maxNameLength - suffixLength)}${suffix}`;
}

/** A base and five random letters, as Kubernetes makes names; 63 characters at most. */
export function suffixedName(base: string, suffix: string): string {
  return `${base.slice(0, maxNameLength - suffixLength)}${suffix}`;
}
