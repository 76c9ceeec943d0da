import type { ConformanceCase, Request, Step } from "../case.ts";

const properties = {
  name: { type: "string", maxLength: 10 },
  count: { type: "integer" },
  when: { type: "string", format: "date-time" },
  list: {
    type: "array",
    maxItems: 10,
    items: { type: "object", properties: { key: { type: "string", maxLength: 5 } } },
  },
  free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  either: { "x-kubernetes-int-or-string": true },
  map: {
    type: "object",
    maxProperties: 5,
    additionalProperties: { type: "string", maxLength: 5 },
  },
  text: { type: "string" },
  choice: { type: "string", enum: ["one", "two", "three"] },
  long: { type: "array", items: { type: "string" } },
  bounded: { type: "array", maxItems: 1000, items: { type: "string", maxLength: 100 } },
  nested: {
    type: "array",
    maxItems: 20,
    items: {
      type: "array",
      maxItems: 30,
      items: { type: "object", properties: { key: { type: "string", maxLength: 63 } } },
    },
  },
};

/** Only looked at, and not kept: the definition of a kind with these properties and rules. */
function look(rules: readonly object[], inside = properties as object): Request {
  const spec = { type: "object", properties: inside, "x-kubernetes-validations": rules };
  return {
    method: "POST",
    path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    query: { dryRun: "All" },
    body: {
      metadata: { name: "rules.${ns}.seatrial.dev" },
      spec: {
        group: "${ns}.seatrial.dev",
        scope: "Namespaced",
        names: { plural: "rules", kind: "Rule" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
          },
        ],
      },
    },
  };
}

const fine = (rule: string, more: object = {}): Step => ({
  send: look([{ rule, ...more }]),
  expect: { status: 201 },
});

export const ruleCases: readonly ConformanceCase[] = [
  {
    title: "a rule may use all that its schema declares",
    steps: [
      fine("self.name != 'x' && self.count > 1"),
      fine("has(self.name) && self.list.all(x, x.key != '')"),
      fine("self.list.exists(x, x.key == self.name) || self.list.size() == 0"),
      fine("self.map.all(k, self.map[k] != 'x')"),
      fine("self.map.key == 'x' && 'key' in self.map"),
      fine("self.either == 1 || self.either == 'a'"),
      fine("self == oldSelf || self.list == oldSelf.list || self.list[0] in oldSelf.list"),
      fine("self.when > timestamp('2020-01-01T00:00:00Z')"),
      fine("self.?name.orValue('') == 'x'"),
      fine("self.name.matches('^a+$') && self.name.lowerAscii() == 'a'"),
      fine("self.bounded.isSorted()"),
      fine("self.list.filter(x, x.key == 'a').size() <= 1"),
      fine("self.count > 1.5"),
      fine("self.count == 1 ? self.name == 'a' : true"),
      fine("!oldSelf.hasValue() || oldSelf.value().name == self.name", { optionalOldSelf: true }),
      fine("self.name != 'x'", { messageExpression: "'no ' + self.name" }),
      fine("self.name != 'x'", { fieldPath: ".map['a.b']", reason: "FieldValueForbidden" }),
    ],
  },
  {
    title: "a rule that speaks of what is not there does not compile, and is told where",
    steps: [
      {
        send: look([{ rule: "self.nam != 'x'" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.nam != \'x\'","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field \'nam\'\n | self.nam != \'x\'\n | ....^',
        },
      },
      {
        send: look([{ rule: "self.list.all(x, x.z != '')" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.list.all(x, x.z != \'\')","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:19: undefined field \'z\'\n | self.list.all(x, x.z != \'\')\n | ..................^',
        },
      },
      {
        send: look([{ rule: "self.name.matches('a') &&\n  self.metadata.name == 'x'" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].message: Required value: message must be specified if rule contains line breaks',
        },
      },
      {
        send: look([
          { rule: "self.name.matches('a') &&\n  self.metadata.name == 'x'", message: "no" },
        ]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.name.matches(\'a\') \\u0026\\u0026\\n  self.metadata.name == \'x\'","Message":"no","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:2:7: undefined field \'metadata\'\n |   self.metadata.name == \'x\'\n | ......^',
        },
      },
      {
        send: look([{ rule: "self.free.x == 1" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.free.x == 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:10: undefined field \'x\'\n | self.free.x == 1\n | .........^',
        },
      },
      {
        send: look([{ rule: "oldSelf.nam == 'a'" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"oldSelf.nam == \'a\'","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:8: undefined field \'nam\'\n | oldSelf.nam == \'a\'\n | .......^',
        },
      },
      {
        send: look([{ rule: "nothing == 1" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"nothing == 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:1: undeclared reference to \'nothing\' (in container \'\')\n | nothing == 1\n | ^',
        },
      },
    ],
  },
  {
    title: "a rule that compares what can't be compared does not compile",
    steps: [
      {
        send: look([{ rule: "self.name != 1" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.name != 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:11: found no matching overload for \'_!=_\' applied to \'(string, int)\'\n | self.name != 1\n | ..........^',
        },
      },
      {
        send: look([{ rule: "self.name + 1 == 'a'" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.name + 1 == \'a\'","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:11: found no matching overload for \'_+_\' applied to \'(string, int)\'\n | self.name + 1 == \'a\'\n | ..........^',
        },
      },
      {
        send: look([{ rule: "self.count == 1.0" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.count == 1.0","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:12: found no matching overload for \'_==_\' applied to \'(int, double)\'\n | self.count == 1.0\n | ...........^',
        },
      },
      {
        send: look([{ rule: "self.map['a'] == 1" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.map[\'a\'] == 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:15: found no matching overload for \'_==_\' applied to \'(string, int)\'\n | self.map[\'a\'] == 1\n | ..............^',
        },
      },
      {
        send: look([{ rule: "self.name == null" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.name == null","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:11: found no matching overload for \'_==_\' applied to \'(string, null)\'\n | self.name == null\n | ..........^',
        },
      },
      {
        send: look([{ rule: "duration(self.name) > 1" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"duration(self.name) \\u003e 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:21: found no matching overload for \'_>_\' applied to \'(duration, int)\'\n | duration(self.name) > 1\n | ....................^',
        },
      },
    ],
  },
  {
    title: "a rule must come to true or false, and its message to a text",
    steps: [
      {
        send: look([{ rule: "self.count" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.count","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool',
        },
      },
      {
        send: look([{ rule: " " }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Required value: rule is not specified',
        },
      },
      {
        send: look([{ rule: "self.name != 'x'", messageExpression: "self.nam" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].messageExpression: Invalid value: {"Rule":"self.name != \'x\'","Message":"","MessageExpression":"self.nam","Reason":null,"FieldPath":"","OptionalOldSelf":null}: messageExpression compilation failed: ERROR: <input>:1:5: undefined field \'nam\'\n | self.nam\n | ....^',
        },
      },
      {
        send: look([{ rule: "self.name != 'x'", messageExpression: "1" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].messageExpression: Invalid value: {"Rule":"self.name != \'x\'","Message":"","MessageExpression":"1","Reason":null,"FieldPath":"","OptionalOldSelf":null}: messageExpression must evaluate to a string',
        },
      },
    ],
  },
  {
    title: "what surrounds a rule is checked too",
    steps: [
      {
        send: look([
          { rule: "self.name != 'x'", fieldPath: ".nam" },
          { rule: "self.name != 'y'", fieldPath: "name" },
          { rule: "self.name != 'z'", message: "a\nb" },
          { rule: "self.name != 'z'", reason: "Odd" },
        ]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: [spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].fieldPath: Invalid value: ".nam": must be a valid path, spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[1].fieldPath: Invalid value: "name": must be a valid path, spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[2].message: Invalid value: "a\\nb": must not contain line breaks, spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[3].reason: Unsupported value: "Odd": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"]',
        },
      },
    ],
  },
  {
    title: "a definition whose rules might run too long is refused, with advice",
    steps: [
      {
        send: look([{ rule: "self.long.all(x, x.matches('^a*$'))" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: [spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared), spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema, spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)]',
        },
      },
      {
        send: look([{ rule: "self.list.map(x, x.key).isSorted()" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: [spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared), spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema, spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)]',
        },
      },
      {
        send: look([{ rule: "self.text.contains(self.text)" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: [spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared), spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema, spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)]',
        },
      },
      {
        send: look([{ rule: "self.bounded.all(x, self.bounded.exists(y, x == y))" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 4.6x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
        },
      },
      {
        send: look([{ rule: "self.bounded.all(x, self.bounded.exists_one(y, x == y))" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 4.4x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
        },
      },
      {
        send: look([{ rule: "self.bounded.all(x, self.bounded.filter(y, x == y).size() == 1)" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 5.5x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
        },
      },
      {
        send: look([
          { rule: "self.nested.all(x, x.all(y, self.nested.all(z, z.all(w, w.key != y.key))))" },
        ]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 1.194370x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
        },
      },
      {
        send: look([{ rule: "self.bounded.all(x, x in self.bounded.map(y, y + 'a'))" }]),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 5.5x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
        },
      },
      fine("self.bounded.all(x, x.startsWith('a'))"),
      fine("self.text == 'a' || self.text.startsWith('b')"),
      fine("self.long.size() < 10"),
      fine("self.bounded.all(x, x in self.list.map(y, y.key))"),
    ],
  },
  {
    title: "the cost of a rule counts as often as its value may occur",
    steps: [
      {
        send: look([], {
          list: {
            type: "array",
            items: {
              type: "object",
              properties: { key: { type: "string", maxLength: 100 } },
              "x-kubernetes-validations": [
                { rule: "self.key.matches('^[a-z0-9]+(-[a-z0-9]+)*$')" },
              ],
            },
          },
        }),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: [spec.validation.openAPIV3Schema.properties[spec].properties[list].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 26.0x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared), spec.validation.openAPIV3Schema.properties[spec].properties[list].items.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema, spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of 2.6x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)]',
        },
      },
      {
        send: look([], {
          list: {
            type: "array",
            maxItems: 500,
            items: {
              type: "object",
              properties: { key: { type: "string", maxLength: 100 } },
              "x-kubernetes-validations": [
                { rule: "self.key.matches('^[a-z0-9]+(-[a-z0-9]+)*$')" },
              ],
            },
          },
        }),
        expect: { status: 201 },
      },
      {
        send: look([], {
          list: {
            type: "array",
            maxItems: 50_000,
            items: {
              type: "array",
              maxItems: 500,
              items: {
                type: "string",
                maxLength: 64,
                "x-kubernetes-validations": [{ rule: "self != 'a'" }, { rule: "self.size() > 3" }],
              },
            },
          },
        }),
        expect: {
          status: 422,
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "rules.${ns}.seatrial.dev" is invalid: [spec.validation.openAPIV3Schema.properties[spec].properties[list].items.items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 5.0x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared), spec.validation.openAPIV3Schema.properties[spec].properties[list].items.items.x-kubernetes-validations[1].rule: Forbidden: estimated rule cost exceeds budget by factor of 7.5x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared), spec.validation.openAPIV3Schema.properties[spec].properties[list].items.items.x-kubernetes-validations[1].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema, spec.validation.openAPIV3Schema.properties[spec].properties[list].items.items.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema, spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of 1.250000x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)]',
        },
      },
    ],
  },
];
