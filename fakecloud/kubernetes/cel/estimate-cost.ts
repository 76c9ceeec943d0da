import type { ASTNode } from "@marcbachmann/cel-js";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { largestSize } from "./schema-sizes.ts";
import type { RuleScope } from "./rule-types.ts";

/** What an expression may cost at most, in the units of the real server, and how large its value may be. */
interface Estimate {
  readonly cost: number;
  /** Characters of a text, items of a list; undefined where there is no saying. */
  readonly size?: number;
  readonly schema?: OpenApiSchema | undefined;
}

type Scope = ReadonlyMap<string, Estimate>;

const traversal = 0.1;
const regexTraversal = 0.25;

/** The highest cost of evaluating an expression once; after the estimator of cel-go, whose constants these are. */
export function estimateCost(ast: ASTNode, self: OpenApiSchema, rules: RuleScope): number {
  const whole = { cost: 1, ...valueOf(self) };
  const scope = new Map([
    ["self", whole],
    ["oldSelf", whole],
  ]);
  return new Estimator(rules).estimate(ast, scope).cost;
}

function valueOf(schema: OpenApiSchema | undefined): Omit<Estimate, "cost"> {
  if (schema === undefined) return {};
  const size = largestSize(schema);
  return size === undefined ? { schema } : { schema, size };
}

function sizeOf({ size }: Estimate): number {
  return size ?? Number.POSITIVE_INFINITY;
}

class Estimator {
  readonly #rules: RuleScope;

  constructor(rules: RuleScope) {
    this.#rules = rules;
  }

  estimate(node: ASTNode, scope: Scope): Estimate {
    switch (node.op) {
      case "value":
        return literal(node.args);
      case "id":
        return scope.get(node.args) ?? { cost: 1 };
      case ".":
      case ".?":
        return this.#field(this.estimate(node.args[0], scope), node.args[1]);
      case "call":
        return this.#call(node.args[0], undefined, node.args[1], scope);
      case "rcall":
        return this.#call(node.args[0], node.args[1], node.args[2], scope);
      default:
        return this.#operator(node.op, partsOf(node), scope);
    }
  }

  #field(of: Estimate, name: string): Estimate {
    const cost = of.cost + 1;
    const { additionalProperties } = of.schema ?? {};
    const schema =
      typeof additionalProperties === "object"
        ? additionalProperties
        : of.schema && this.#rules.fieldOf(of.schema, name);
    return { cost, ...valueOf(schema) };
  }

  #operator(op: string, parts: readonly ASTNode[], scope: Scope): Estimate {
    const estimates = parts.map((part) => this.estimate(part, scope));
    const cost = estimates.reduce((sum, each) => sum + each.cost, 0);
    const [first = nothing, second = nothing, third = nothing] = estimates;
    return (operators[op] ?? fixed)({ cost, first, second, third, parts });
  }

  #call(
    name: string,
    target: ASTNode | undefined,
    args: readonly ASTNode[],
    scope: Scope,
  ): Estimate {
    const [first] = args;
    if (name === "has" && first !== undefined) return { cost: this.estimate(first, scope).cost };
    if (target === undefined) return this.#plainCall(name, args, scope);
    const macro = loops[name];
    if (macro !== undefined && args.length >= 2) {
      return this.#loop(macro, this.estimate(target, scope), args, scope);
    }
    return this.#method(name.replace("k8s_", ""), target, args, scope);
  }

  #plainCall(name: string, args: readonly ASTNode[], scope: Scope): Estimate {
    const estimates = args.map((arg) => this.estimate(arg, scope));
    const cost = estimates.reduce((sum, each) => sum + each.cost, 1);
    // Texts that are parsed are read once.
    const isParsed = ["cidr", "ip", "isCIDR", "isIP", "isURL", "quantity", "url"].includes(name);
    const [first] = estimates;
    if (!isParsed || first === undefined) return { cost };
    return { cost: cost + Math.ceil(sizeOf(first) * traversal) };
  }

  #loop(macro: Loop, range: Estimate, args: readonly ASTNode[], scope: Scope): Estimate {
    const variables = args.slice(0, args.length > macro.bodies + 1 ? 2 : 1);
    const inner = new Map(scope);
    for (const [index, variable] of variables.entries()) {
      inner.set(variable.args as string, { cost: 1, ...iterated(range, variables.length, index) });
    }
    const bodies = args.slice(variables.length).map((body) => this.estimate(body, inner));
    const step = bodies.reduce((sum, body) => sum + body.cost, macro.stepCost);
    const count = sizeOf(range);
    const cost = range.cost + macro.startCost + count * step + 1;
    if (!macro.isList) return { cost };
    const schema = macro.keepsItems ? range.schema : undefined;
    return { cost, size: count, ...(schema === undefined ? {} : { schema }) };
  }

  #method(name: string, on: ASTNode, args: readonly ASTNode[], scope: Scope): Estimate {
    const target = this.estimate(on, scope);
    const estimates = args.map((arg) => this.estimate(arg, scope));
    const cost = estimates.reduce((sum, each) => sum + each.cost, target.cost);
    const [first = nothing] = estimates;
    return (methods[name] ?? fixed)({
      cost,
      first: target,
      second: first,
      third: nothing,
      parts: [on],
    });
  }
}

const nothing: Estimate = { cost: 0, size: 0 };

interface Operands {
  /** Of all operands together. */
  readonly cost: number;
  /** Of a method, what it is called on. */
  readonly first: Estimate;
  readonly second: Estimate;
  readonly third: Estimate;
  readonly parts: readonly ASTNode[];
}

type EstimateCall = (operands: Operands) => Estimate;

const fixed: EstimateCall = ({ cost }) => ({ cost: cost + 1 });
const free: EstimateCall = ({ cost }) => ({ cost });
const compared: EstimateCall = ({ cost, first, second }) => ({
  cost: cost + Math.ceil(Math.min(sizeOf(first), sizeOf(second)) * traversal),
});
const indexed: EstimateCall = ({ cost, first }) => ({
  cost: cost + 1,
  ...valueOf(itemsOf(first.schema)),
});

const operators: Readonly<Record<string, EstimateCall>> = {
  "&&": free,
  "||": free,
  "?:": ({ first, second, third }) => ({ cost: first.cost + Math.max(second.cost, third.cost) }),
  list: ({ cost, parts }) => ({ cost: cost + 10, size: parts.length }),
  map: ({ cost, parts }) => ({ cost: cost + 30, size: parts.length / 2 }),
  in: ({ cost, second }) => ({ cost: cost + sizeOf(second) }),
  "==": compared,
  "!=": compared,
  "<": compared,
  "<=": compared,
  ">": compared,
  ">=": compared,
  "[]": indexed,
  "[?]": indexed,
  "+": ({ cost, first, second, parts }) => {
    const type = typeNameOf(parts[0]);
    const size = sizeOf(first) + sizeOf(second);
    if (type === "string" || type === "bytes") {
      return { cost: cost + Math.ceil(size * traversal), size };
    }
    return { cost: cost + 1, size: type?.startsWith("list") === true ? size : 0 };
  },
};

const affix: EstimateCall = ({ cost, second }) => ({
  cost: cost + Math.ceil(sizeOf(second) * traversal),
});
const rewritten: EstimateCall = ({ cost, first }) => ({
  cost: cost + 1 + Math.ceil(sizeOf(first) * traversal),
  size: sizeOf(first),
});
const walked: EstimateCall = ({ cost, first, parts }) => ({
  cost: cost + sizeOf(first) * (1 + traversedItem(parts[0], first)),
});

const methods: Readonly<Record<string, EstimateCall>> = {
  contains: ({ cost, first, second }) => ({
    cost: cost + Math.ceil(sizeOf(first) * traversal) * Math.ceil(sizeOf(second) * traversal),
  }),
  matches: ({ cost, first, second }) => ({
    cost:
      cost +
      Math.ceil((sizeOf(first) + 1) * traversal) * Math.ceil(sizeOf(second) * regexTraversal),
  }),
  startsWith: affix,
  endsWith: affix,
  lowerAscii: rewritten,
  upperAscii: rewritten,
  substring: rewritten,
  trim: rewritten,
  replace: rewritten,
  split: rewritten,
  isSorted: walked,
  sum: walked,
  max: walked,
  min: walked,
};

interface Loop {
  /** How many expressions it takes behind its variables. */
  readonly bodies: number;
  /** What its beginning costs, and each step beside the expressions. */
  readonly startCost: number;
  readonly stepCost: number;
  readonly isList: boolean;
  readonly keepsItems: boolean;
}

const one = { bodies: 1, startCost: 0, isList: false, keepsItems: false };
const loops: Readonly<Record<string, Loop>> = {
  all: { ...one, stepCost: 3 },
  exists: { ...one, stepCost: 4 },
  exists_one: { ...one, stepCost: 2 },
  filter: { ...one, startCost: 10, stepCost: 13, isList: true, keepsItems: true },
  map: { ...one, startCost: 10, stepCost: 12, isList: true },
};

function partsOf({ args }: ASTNode): readonly ASTNode[] {
  if (!Array.isArray(args)) return [args as ASTNode];
  return (args as readonly (ASTNode | readonly ASTNode[])[]).flat();
}

function literal(value: unknown): Estimate {
  return typeof value === "string" ? { cost: 0, size: value.length } : { cost: 0, size: 1 };
}

function itemsOf(schema: OpenApiSchema | undefined): OpenApiSchema | undefined {
  if (schema?.items !== undefined) return schema.items;
  const rest = schema?.additionalProperties;
  return typeof rest === "object" ? rest : undefined;
}

/** What a loop has in hand: an item, or with two variables its place or key first; of a map with one, the key. */
function iterated({ schema }: Estimate, count: number, index: number): Omit<Estimate, "cost"> {
  const isMap = typeof schema?.additionalProperties === "object";
  const isKey = count === 2 ? index === 0 : isMap;
  if (!isKey) return valueOf(itemsOf(schema));
  return isMap ? {} : { size: 1 };
}

/** Texts in a list are read when they are compared. */
function traversedItem(list: ASTNode | undefined, { schema }: Estimate): number {
  if (typeNameOf(list) !== "list<string>") return 0;
  const item = schema?.items === undefined ? undefined : largestSize(schema.items);
  return Math.ceil((item ?? Number.POSITIVE_INFINITY) * traversal);
}

function typeNameOf(node: ASTNode | undefined): string | undefined {
  return (node as { readonly checkedType?: { readonly name: string } } | undefined)?.checkedType
    ?.name;
}
