import { isList, isMap, type Json, type Path } from "./patch.ts";

/** One line of an object written as YAML, and the place in the object that it shows. */
export interface YamlLine {
  readonly text: string;
  readonly path: Path;
}

export function yamlLines(value: Json): readonly YamlLine[] {
  const lines: YamlLine[] = [];
  write(lines, value, { indent: "", lead: "", path: [] });
  return lines;
}

interface Place {
  readonly indent: string;
  /** What stands before the value on its line: "name: ", "- ". */
  readonly lead: string;
  readonly path: Path;
}

function write(lines: YamlLine[], value: Json, place: Place): void {
  const { indent, lead, path } = place;
  const add = (text: string) => lines.push({ text: `${indent}${lead}${text}`.trimEnd(), path });
  if (isList(value) && value.length > 0) {
    if (lead !== "") add("");
    const inner = lead === "- " ? `${indent}  ` : indent;
    for (const [index, item] of value.entries()) {
      write(lines, item, { indent: inner, lead: "- ", path: [...path, index] });
    }
  } else if (isMap(value) && Object.keys(value).length > 0) {
    writeMap(lines, value, place);
  } else if (typeof value === "string" && value.includes("\n")) {
    add("|");
    for (const line of value.replace(/\n$/, "").split("\n")) {
      lines.push({ text: `${indent}  ${line}`, path });
    }
  } else {
    add(scalar(value));
  }
}

function writeMap(lines: YamlLine[], map: { readonly [key: string]: Json }, place: Place): void {
  const { indent, lead, path } = place;
  const inList = lead === "- ";
  if (lead !== "" && !inList) lines.push({ text: `${indent}${lead}`.trimEnd(), path });
  const inner = lead === "" ? indent : `${indent}  `;
  for (const [index, [key, value]] of Object.entries(map).entries()) {
    const isFirst = inList && index === 0;
    const name = `${scalar(key)}: `;
    const nested = { indent: inner, lead: name, path: [...path, key] };
    const from = lines.length;
    write(lines, value, nested);
    const first = lines[from];
    if (isFirst && first !== undefined) {
      lines[from] = { ...first, text: `${indent}- ${first.text.slice(inner.length)}` };
    }
  }
}

const plain = /^[A-Za-z_/][\w./ ()@%+,-]*$/;
const words = new Set(["true", "false", "null", "yes", "no", "on", "off", "y", "n"]);

function scalar(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = plain.test(value) && !value.endsWith(" ") && !words.has(value.toLowerCase());
  return isPlain ? value : JSON.stringify(value);
}
