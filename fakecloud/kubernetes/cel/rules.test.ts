import { expect, test } from "vitest";
import { deepFreeze } from "../json.ts";
import type { OpenApiSchema, ValidationRule } from "../schema/open-api-schema.ts";
import { compileSchema } from "../schema/structural-schema.ts";
import { celEngine } from "./rules.ts";

const text: OpenApiSchema = { type: "string" };
const named: OpenApiSchema = {
  type: "array",
  items: { type: "object", properties: { name: text } },
};

function complaints(
  schema: OpenApiSchema,
  value: unknown,
  rule: ValidationRule | string,
  old?: unknown,
): string[] {
  const rules = [typeof rule === "string" ? { rule } : rule];
  const root: OpenApiSchema = {
    type: "object",
    properties: { spec: { ...schema, "x-kubernetes-validations": rules } },
  };
  return compileSchema(root)
    .validate({ spec: value }, old === undefined ? undefined : { spec: old })
    .map(({ field, message }) => `${field}: ${message}`);
}

// The rules of Cluster API v1.14's definitions (kubernetes-sigs/cluster-api, config/crd): schema, rule, what it lets pass and
// what it refuses.
const clusterApiRules: readonly (readonly [OpenApiSchema, string, unknown, unknown])[] = [
  [
    text,
    "!(self in ['Ready','Available','HealthCheckSucceeded','OwnerRemediated','ExternallyRemediated'])",
    "DiskPressure",
    "Ready",
  ],
  [
    {
      type: "array",
      items: {
        type: "object",
        properties: { selector: { type: "object", properties: { a: text } } },
      },
    },
    "self.all(x, self.exists_one(y, x == y))",
    [{ selector: { a: "1" } }, { selector: { a: "2" } }],
    [{ selector: { a: "1" } }, { selector: { a: "1" } }],
  ],
  [
    text,
    "self.matches('^(Linux|LinuxSwap|LinuxRAID|LVM|Fat32|NTFS|LinuxExtended|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$')",
    "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
    "ext4",
  ],
  [
    named,
    "self.all(x, self.exists_one(y, x.name == y.name))",
    [{ name: "a" }, { name: "b" }],
    [{ name: "a" }, { name: "a" }],
  ],
  [
    {
      type: "object",
      properties: { layout: { type: "boolean" }, diskLayout: { type: "array", items: text } },
    },
    "[has(self.layout),has(self.diskLayout)].filter(x,x==true).size() == 1",
    { layout: true },
    { layout: true, diskLayout: [] },
  ],
];

test("every rule of Cluster API's definitions lets good values pass and refuses bad ones", () => {
  for (const [schema, rule, good, bad] of clusterApiRules) {
    expect(complaints(schema, good, rule), rule).toEqual([]);
    expect(complaints(schema, bad, rule), rule).toHaveLength(1);
  }
});

test("a failed rule shows its message, or the rule, and the value only if it is a scalar", () => {
  expect(complaints(text, "x", { rule: "self == 'y'", message: "be y" })).toEqual([
    'spec: Invalid value: "x": be y',
  ]);
  expect(complaints(text, "x", "self == 'y'")).toEqual([
    `spec: Invalid value: "x": failed rule: self == 'y'`,
  ]);
  expect(
    complaints(named, [], {
      rule: "self.size() > 0",
      messageExpression: "'size is ' + string(self.size())",
    }),
  ).toEqual(["spec: Invalid value: size is 0"]);
  expect(
    complaints(
      { type: "object", properties: { a: text } },
      {},
      { rule: "has(self.a)", reason: "FieldValueRequired", fieldPath: ".a", message: "say a" },
    ),
  ).toEqual(["spec.a: Required value: say a"]);
});

test("a transition rule runs only where there was something before", () => {
  const rule = { rule: "self >= oldSelf", message: "must grow" };
  const number: OpenApiSchema = { type: "integer" };
  expect(complaints(number, 1, rule)).toEqual([]);
  expect(complaints(number, 1, rule, 2)).toEqual(["spec: Invalid value: 1: must grow"]);
  const optional = {
    rule: "!oldSelf.hasValue() || self >= oldSelf.value()",
    optionalOldSelf: true,
  };
  expect(complaints(number, 1, optional)).toEqual([]);
  expect(complaints(number, 1, optional, 2)).toHaveLength(1);
});

test("a rule that failed before on the same value is a warning, not an error", () => {
  const root: OpenApiSchema = {
    type: "object",
    properties: {
      a: { ...text, "x-kubernetes-validations": [{ rule: "self == 'y'", message: "be y" }] },
      b: text,
    },
  };
  const compiled = compileSchema(root);
  expect(compiled.validateWithWarnings({ a: "x", b: "1" }, { a: "x" })).toEqual({
    errors: [],
    warnings: ['a: Invalid value: "x": be y'],
  });
});

test("errors in values keep rules from running, and the answer says so", () => {
  const schema: OpenApiSchema = { type: "object", required: ["a"], properties: { a: text } };
  expect(complaints(schema, {}, "self.a == 'x'")).toEqual([
    "spec.a: Required value",
    "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
  ]);
});

test("integers are whole numbers by schema, and odd field names have CEL names", () => {
  const schema: OpenApiSchema = {
    type: "object",
    properties: {
      "a-b": { type: "integer" },
      in: { type: "integer" },
      n: { type: "number" },
      p: { "x-kubernetes-int-or-string": true },
    },
  };
  const value = deepFreeze({ "a-b": 1, in: 2, n: 3, p: 80 });
  expect(
    complaints(
      schema,
      value,
      "self.a__dash__b + self.__in__ == 3 && self.n == 3.0 && self.p == 80",
    ),
  ).toEqual([]);
});

test("keys of free-form maps are data, whatever they are called", () => {
  const schema: OpenApiSchema = { type: "object", additionalProperties: text };
  const value = JSON.parse('{"__proto__":"x","constructor":"y"}') as unknown;
  expect(complaints(schema, value, "self.size() == 2 && self['__proto__'] == 'x'")).toEqual([]);
  expect(complaints(schema, {}, "!('constructor' in self)")).toEqual([]);
});

test("Kubernetes' function library is there", () => {
  const truths = [
    "quantity('1.5Gi').isGreaterThan(quantity('1Gi')) && quantity('1000m') == quantity('1')",
    "quantity('1').add(2).asInteger() == 3 && !isQuantity('x')",
    "url('https://a.b:80/p?x=1').getHostname() == 'a.b' && url('https://a/?x=1').getQuery()['x'] == ['1']",
    "ip('10.0.0.1').family() == 4 && cidr('10.0.0.0/8').containsIP('10.1.1.1') && !isIP('1.2.3.04')",
    "ip.isCanonical('2001:db8::1') && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')",
    "!format.dns1123Label().validate('a').hasValue() && format.dns1123Label().validate('A').hasValue()",
    "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('v1.2', true) && !isSemver('v1.2')",
    "[1, 2, 3].sum() == 6 && [1, 2].max() == 2 && ![2, 1].isSorted() && [1, 2].indexOf(2) == 1",
    "sets.contains([1, 2], [1]) && sets.equivalent([1, 2], [2, 1, 1]) && !sets.intersects([1], [2])",
    "'abc'.matches('(?i)B') && 'x1y2'.findAll('[0-9]') == ['1', '2'] && 'a.b'.replace('.', '-') == 'a-b'",
    "'héé'.indexOf('é') == 1 && '😀b'.substring(1) == 'b' && '%s-%d'.format(['a', 1]) == 'a-1'",
    "duration('1h') > duration('30m') && timestamp('2026-01-01T00:00:00Z').getFullYear() == 2026",
  ];
  for (const truth of truths) {
    expect(celEngine().compile(truth, []).evaluate({}), truth).toBe(true);
  }
});

test("a rule that cannot be compiled or evaluated refuses the value and says why", () => {
  expect(complaints(text, "x", "nope(self)")[0]).toMatch(/rule compile error: compilation failed/);
  expect(complaints(text, "x", "self > 1")[0]).toMatch(/no such overload/);
});
