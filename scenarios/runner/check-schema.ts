/** A JSON schema, as far as the one of scenarios goes; what is not named here is refused rather than overlooked. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

export interface SchemaProblem {
  /** The keyword that is broken, and the schema that it stands in. */
  readonly keyword: keyof Schema;
  readonly schema: Schema;
  /** Keys and indices from the root; of a key that is missing or not allowed, its own. */
  readonly path: readonly string[];
}

type Check = (schema: Schema, value: unknown, path: readonly string[]) => void;

/** Reads the schema as it goes: a schema that is used once in a process is not worth compiling. */
export function checkSchema(
  root: Schema,
  value: unknown,
  formats: Readonly<Record<string, (text: string) => boolean>>,
): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const check: Check = (schema, inner, path) => {
    const broken = (keyword: keyof Schema, at = path) =>
      void problems.push({ keyword, schema, path: at });
    checkValue(schema, inner, broken);
    if (typeof inner === "string") checkText(schema, inner, formats, broken);
    if (typeof inner === "number") checkNumber(schema, inner, broken);
    if (Array.isArray(inner)) checkList(schema, inner, path, { broken, check });
    else if (isRecord(inner)) checkRecord(schema, inner, path, { broken, check });
    if (schema.$ref !== undefined) check(definition(root, schema.$ref), inner, path);
  };
  check(root, value, []);
  return problems;
}

type Broken = (keyword: keyof Schema, at?: readonly string[]) => void;

function checkValue(schema: Schema, value: unknown, broken: Broken): void {
  if (schema.type !== undefined && !isOfType(value, schema.type)) broken("type");
  if (schema.const !== undefined && value !== schema.const) broken("const");
  if (schema.enum !== undefined && !schema.enum.includes(value)) broken("enum");
}

function checkText(
  { minLength = 0, pattern, format }: Schema,
  text: string,
  formats: Readonly<Record<string, (text: string) => boolean>>,
  broken: Broken,
): void {
  if (text.length < minLength) broken("minLength");
  if (pattern !== undefined && !new RegExp(pattern, "u").test(text)) broken("pattern");
  if (format !== undefined && formats[format]?.(text) !== true) broken("format");
}

function checkNumber({ minimum, maximum }: Schema, value: number, broken: Broken): void {
  if (minimum !== undefined && value < minimum) broken("minimum");
  if (maximum !== undefined && value > maximum) broken("maximum");
}

interface Context {
  readonly broken: Broken;
  readonly check: Check;
}

function checkList(
  { minItems = 0, items }: Schema,
  list: readonly unknown[],
  path: readonly string[],
  { broken, check }: Context,
): void {
  if (list.length < minItems) broken("minItems");
  if (items === undefined) return;
  for (const [index, item] of list.entries()) check(items, item, [...path, `${index}`]);
}

function checkRecord(
  schema: Schema,
  record: Readonly<Record<string, unknown>>,
  path: readonly string[],
  { broken, check }: Context,
): void {
  const names = Object.keys(record);
  const { required = [], minProperties = 0, propertyNames } = schema;
  if (names.length < minProperties) broken("minProperties");
  for (const name of required) {
    if (!Object.hasOwn(record, name)) broken("required", [...path, name]);
  }
  for (const name of names) {
    const at = [...path, name];
    if (propertyNames !== undefined) check(propertyNames, name, at);
    const inner = schemaOf(schema, name);
    if (inner === undefined) broken("additionalProperties", at);
    else check(inner, record[name], at);
  }
}

/** Undefined if no property may be called so. */
function schemaOf(
  { properties = {}, additionalProperties = true }: Schema,
  name: string,
): Schema | undefined {
  if (Object.hasOwn(properties, name)) return properties[name];
  if (typeof additionalProperties === "object") return additionalProperties;
  return additionalProperties ? {} : undefined;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "#/definitions/duration". */
function definition(root: Schema, reference: string): Schema {
  const found = root.definitions?.[reference.replace("#/definitions/", "")];
  if (found === undefined) throw new Error(`the schema has no ${reference}`);
  return found;
}
