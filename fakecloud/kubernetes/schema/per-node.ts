import type { OpenApiSchema } from "./open-api-schema.ts";

/**
 * A function of schema nodes that makes its answer once for each. Schemas are never changed, and kinds share parts of them. What
 * it makes should look further down only when it is used: most objects have but a few of the fields that their schema knows, and
 * schemas of built-in kinds contain themselves (JSONSchemaProps).
 */
export function perNode<T extends object>(
  make: (schema: OpenApiSchema) => T,
): (schema: OpenApiSchema) => T {
  const made = new WeakMap<OpenApiSchema, T>();
  return (schema) => {
    let known = made.get(schema);
    if (known === undefined) made.set(schema, (known = make(schema)));
    return known;
  };
}

/** What belongs to the fields of an object by their names, each made when a value first has it; undefined for others. */
export function perField<T extends object>(
  properties: Readonly<Record<string, OpenApiSchema>>,
  make: (schema: OpenApiSchema) => T,
): (name: string) => T | undefined {
  const made = new Map<string, T>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) return undefined;
    const fresh = make(property);
    made.set(name, fresh);
    return fresh;
  };
}

/** Whether a node, or one below it, is as described. */
export function anyBelow(
  isOne: (schema: OpenApiSchema) => boolean,
): (schema: OpenApiSchema) => boolean {
  const known = new WeakMap<OpenApiSchema, boolean>();
  const look = (schema: OpenApiSchema, seen: Set<OpenApiSchema>): boolean => {
    const answer = known.get(schema);
    if (answer !== undefined) return answer;
    if (seen.has(schema)) return false;
    seen.add(schema);
    if (!isOne(schema) && !childrenOf(schema).some((child) => look(child, seen))) return false;
    known.set(schema, true);
    return true;
  };
  return (schema) => {
    const seen = new Set<OpenApiSchema>();
    if (look(schema, seen)) return true;
    // Not before the end: until then, a node that contains one that is still being looked at may be one after all.
    for (const each of seen) known.set(each, false);
    return false;
  };
}

function childrenOf({ items, properties, additionalProperties }: OpenApiSchema): OpenApiSchema[] {
  const children = properties === undefined ? [] : Object.values(properties);
  if (items !== undefined) children.push(items);
  if (typeof additionalProperties === "object") children.push(additionalProperties);
  return children;
}
