import { resourceKey, type Resource } from "./resource.ts";

/** The kinds that are served now. Built-in ones are given once; custom ones come and go with their definitions. */
export class Registry {
  readonly #resources = new Map<string, Resource>();
  readonly #groupVersions = new Map<string, number>();
  readonly #listeners: (() => void)[] = [];
  #sorted: readonly Resource[] | undefined;
  #kinds: ReadonlyMap<string, readonly Resource[]> | undefined;
  #generation = 0;

  constructor(builtins: readonly Resource[]) {
    for (const resource of builtins) this.#add(resource);
  }

  /** Rises with every change: what discovery and OpenAPI derive may be kept until then. */
  get generation(): number {
    return this.#generation;
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#resources.get(resourceKey(group, version, plural));
  }

  /** By the key that a parsed path carries. */
  byKey(key: string): Resource | undefined {
    return this.#resources.get(key);
  }

  hasGroupVersion(group: string, version: string): boolean {
    return this.#groupVersions.has(`${group}/${version}`);
  }

  /** Any served version of a kind; owner references name kinds like this. */
  findKind(group: string, kind: string): Resource | undefined {
    this.#kinds ??= Map.groupBy(this.list(), (each) => each.kind);
    return this.#kinds.get(kind)?.find((resource) => resource.group === group);
  }

  /** By group and plural name: bytewise, so that whatever is derived from it has one order. */
  list(): readonly Resource[] {
    this.#sorted ??= [...this.#resources.keys()]
      .sort()
      .flatMap((key) => this.#resources.get(key) ?? []);
    return this.#sorted;
  }

  /** Replaces what a definition served by what it serves now. */
  replace(table: string, resources: readonly Resource[]): void {
    for (const [key, resource] of this.#resources) {
      if (resource.table !== table || !resource.custom) continue;
      this.#resources.delete(key);
      this.#count(resource, -1);
    }
    for (const resource of resources) this.#add(resource);
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #add(resource: Resource): void {
    const key = resourceKey(resource.group, resource.version, resource.plural);
    this.#resources.set(key, resource);
    this.#count(resource, 1);
  }

  #count(resource: Resource, step: 1 | -1): void {
    this.#sorted = undefined;
    this.#kinds = undefined;
    this.#generation += 1;
    const name = `${resource.group}/${resource.version}`;
    const count = (this.#groupVersions.get(name) ?? 0) + step;
    if (count === 0) this.#groupVersions.delete(name);
    else this.#groupVersions.set(name, count);
  }
}
