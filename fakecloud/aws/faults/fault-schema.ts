import { type FieldFacts, kindFacts } from "./tables/fault-kinds.ts";

const text = { type: "string", minLength: 1 } as const;
const duration = { type: "string", pattern: "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$" } as const;

/** The JSON Schema of a fault, for files that hold faults and for editors. What it cannot say, `parseFault` does. */
export function faultSchema(): object {
  const kinds = [...kindFacts].map(([kind, facts]) => {
    const properties = Object.entries(facts.fields).map(([name, field]) => [
      name,
      fieldSchema(field),
    ]);
    const required = Object.entries(facts.fields)
      .filter(([, field]) => field.required === true)
      .map(([name]) => name);
    const fields = {
      type: "object",
      additionalProperties: false,
      properties: Object.fromEntries(properties) as object,
      ...(required.length === 0 ? {} : { required }),
    };
    const main = facts.main === undefined ? undefined : facts.fields[facts.main];
    const short = main === undefined ? [] : [fieldSchema(main)];
    return [kind, { description: facts.says, anyOf: [fields, ...short, { const: true }] }];
  });
  return {
    type: "object",
    additionalProperties: false,
    required: ["do"],
    properties: {
      id: text,
      call: callSchema,
      for: duration,
      chance: { type: "number", minimum: 0, maximum: 1 },
      do: {
        type: "object",
        additionalProperties: false,
        minProperties: 1,
        maxProperties: 1,
        properties: Object.fromEntries(kinds) as object,
      },
    },
  };
}

const callSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    cloud: text,
    kube: text,
    machine: text,
    service: text,
    by: text,
    object: text,
    nth: { type: "integer", minimum: 1 },
    times: { type: "integer", minimum: 1 },
    phase: { enum: ["afterCommit", "beforeCommit"] },
  },
  oneOf: [{ required: ["cloud"] }, { required: ["kube"] }, { required: ["machine"] }],
} as const;

function fieldSchema({ type, says }: FieldFacts): object {
  if (typeof type === "object") return { description: says, enum: type.oneOf };
  const shapes = {
    chance: { type: "number", minimum: 0, maximum: 1 },
    count: { type: "integer", minimum: 5 },
    duration,
    factor: { type: "number", exclusiveMinimum: 0 },
    pattern: text,
    shift: { type: "string", pattern: "^-?([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$" },
    status: { type: "integer", minimum: 400, maximum: 599 },
    text,
    whole: { type: "integer", minimum: 0 },
  };
  return { description: says, ...shapes[type] };
}
