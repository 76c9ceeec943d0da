/** Names by which people know what a call is about: the Name tags in it, and those of the resources whose IDs are in it. */
export function namesOf(
  input: Readonly<Record<string, unknown>>,
  nameTag: (id: string) => string | undefined,
): readonly string[] {
  const names: string[] = [];
  for (const specification of listOf(input["TagSpecifications"])) {
    const tags = listOf((specification as { readonly Tags?: unknown }).Tags);
    for (const { Key, Value } of tags as readonly { Key?: string; Value?: string }[]) {
      if (Key === "Name" && Value !== undefined) names.push(Value);
    }
  }
  for (const id of Object.values(input).flat()) {
    const name = typeof id === "string" ? nameTag(id) : undefined;
    if (typeof id === "string" && /^[a-z]+-[0-9a-f]{8,}$/.test(id)) names.push(id);
    if (name !== undefined) names.push(name);
  }
  return names;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
