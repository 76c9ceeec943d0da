import { ec2Error } from "./errors.ts";

export interface Resource {
  readonly tags: Map<string, string>;
}

/** Undefined for what is in no VPC. It never changes. */
function vpcOf(item: Resource & { readonly vpcId?: string }): string | undefined {
  return item.vpcId;
}

export interface ResourceKind {
  /** "vpc": what ids begin with. */
  readonly prefix: string;
  readonly notFoundCode: string;
  readonly malformedCode: string;
  readonly notFound: (id: string) => string;
}

/** Resources of one kind in one region, in the order of their creation. */
export class ResourceTable<T extends Resource> {
  readonly kind: ResourceKind;
  readonly #items = new Map<string, T>();
  readonly #byVpc = new Map<string, Map<string, T>>();
  readonly #visibleFromMs = new Map<string, number>();
  readonly #nowMs: () => number;
  readonly #drawVisibleFromMs: (id: string) => number;

  constructor(
    kind: ResourceKind,
    time: { readonly nowMs: () => number; readonly visibleFromMs?: (id: string) => number },
  ) {
    this.kind = kind;
    this.#nowMs = time.nowMs;
    this.#drawVisibleFromMs = time.visibleFromMs ?? (() => 0);
  }

  /** Eventual consistency: until `visibleFromMs`, drawn if it is not given, nobody who asks knows the resource. */
  add(id: string, item: T, visibleFromMs = this.#drawVisibleFromMs(id)): T {
    this.#forget(id);
    this.#items.set(id, item);
    const vpcId = vpcOf(item);
    if (vpcId !== undefined) {
      const here = this.#byVpc.get(vpcId);
      if (here === undefined) this.#byVpc.set(vpcId, new Map([[id, item]]));
      else here.set(id, item);
    }
    if (visibleFromMs > this.#nowMs()) this.#visibleFromMs.set(id, visibleFromMs);
    return item;
  }

  delete(id: string): void {
    this.#forget(id);
    this.#items.delete(id);
    this.#visibleFromMs.delete(id);
  }

  #forget(id: string): void {
    const item = this.#items.get(id);
    const vpcId = item === undefined ? undefined : vpcOf(item);
    if (vpcId === undefined) return;
    const here = this.#byVpc.get(vpcId);
    here?.delete(id);
    if (here?.size === 0) this.#byVpc.delete(vpcId);
  }

  /** What there is, whether it can be seen yet or not. */
  peek(id: string): T | undefined {
    return this.#items.get(id);
  }

  /** What a caller can see. */
  get(id: string): T | undefined {
    const item = this.#items.get(id);
    return item === undefined || !this.#isVisible(id) ? undefined : item;
  }

  #isVisible(id: string): boolean {
    const visibleFromMs = this.#visibleFromMs.get(id);
    if (visibleFromMs === undefined) return true;
    if (visibleFromMs > this.#nowMs()) return false;
    this.#visibleFromMs.delete(id);
    return true;
  }

  /** Throws Malformed or NotFound by itself. */
  require(id: string | undefined): T {
    const found = id === undefined ? undefined : this.get(id);
    if (found !== undefined) return found;
    this.checkId(id ?? "");
    throw ec2Error(this.kind.notFoundCode, this.kind.notFound(id ?? ""));
  }

  /** What the call at hand has made itself: that others do not see it yet does not matter. */
  own(id: string): T {
    return this.#items.get(id) ?? this.require(id);
  }

  checkId(id: string): void {
    if (new RegExp(`^${this.kind.prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return;
    const message = `Invalid id: "${id}" (expecting "${this.kind.prefix}-...")`;
    throw ec2Error(this.kind.malformedCode, message);
  }

  /** Everything, for the cloud's own rules: dependencies do not wait until they can be seen. */
  values(): IterableIterator<T> {
    return this.#items.values();
  }

  /** What a caller can see, in one VPC if that is all that it wants. */
  visible(vpcId?: string): readonly T[] {
    const items =
      vpcId === undefined ? this.#items : (this.#byVpc.get(vpcId) ?? new Map<string, T>());
    if (this.#visibleFromMs.size === 0) return [...items.values()];
    return [...items].filter(([id]) => this.#isVisible(id)).map(([, item]) => item);
  }

  /** What there is in a VPC, whether it can be seen yet or not, in the order of creation. */
  inVpc(vpcId: string): readonly T[] {
    return [...(this.#byVpc.get(vpcId)?.values() ?? [])];
  }

  ids(): readonly string[] {
    return [...this.#items.keys()];
  }

  filter(holds: (item: T) => boolean): readonly T[] {
    return [...this.#items.values()].filter(holds);
  }

  some(holds: (item: T) => boolean): boolean {
    for (const item of this.#items.values()) if (holds(item)) return true;
    return false;
  }

  /** Everything, in the order of creation, with since when it can be seen if that is still to come. */
  *saved(): Iterable<
    readonly [id: string, saved: { readonly item: T; readonly visibleFromMs: number | undefined }]
  > {
    for (const [id, item] of this.#items) {
      yield [id, { item, visibleFromMs: this.#visibleFromMs.get(id) }];
    }
  }

  get size(): number {
    return this.#items.size;
  }
}
