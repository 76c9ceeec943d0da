import { fieldTable } from "./generated/fields.ts";

export interface ProtobufField {
  readonly number: number;
  /** The name in JSON; undefined for a struct whose fields stand in its parent. */
  readonly name: string | undefined;
  readonly shape: "list" | "map" | "single";
  /** A scalar's name, a message's name, or "list" for a message that wraps a list of texts. */
  readonly type: string;
  readonly isPointer: boolean;
  readonly isOmittedWhenEmpty: boolean;
}

let messages: ReadonlyMap<string, ReadonlyMap<number, ProtobufField>> | undefined;

/** The fields of a message by their numbers: `core.v1.Pod`. */
export function messageFields(name: string): ReadonlyMap<number, ProtobufField> | undefined {
  messages ??= parseTable();
  return messages.get(name);
}

function parseTable(): ReadonlyMap<string, ReadonlyMap<number, ProtobufField>> {
  const parsed = new Map<string, Map<number, ProtobufField>>();
  let current = new Map<number, ProtobufField>();
  for (const line of fieldTable.split("\n")) {
    if (line === "") continue;
    if (line.startsWith(" ")) {
      const field = parseField(line.trim());
      current.set(field.number, field);
    } else {
      current = new Map();
      parsed.set(line, current);
    }
  }
  return parsed;
}

function parseField(line: string): ProtobufField {
  const [number = "", name = "", type = "", ...marks] = line.split(" ");
  const shape = shapeOf(type);
  return {
    number: Number(number),
    name: name === "~" ? undefined : name,
    shape,
    type: shape === "single" ? type : type.slice(2),
    isPointer: marks.includes("*"),
    isOmittedWhenEmpty: marks.includes("?"),
  };
}

function shapeOf(type: string): ProtobufField["shape"] {
  if (type.startsWith("[]")) return "list";
  return type.startsWith("{}") ? "map" : "single";
}
