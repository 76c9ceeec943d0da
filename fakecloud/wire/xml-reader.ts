import { WireError } from "./wire-error.ts";

/** An element of a request body. Namespace prefixes of tags are dropped; attributes keep theirs. */
export interface XmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Open {
  readonly tag: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const maxDepth = 64;
const token = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<([^<>]*)>|([^<]+)/gy;

function malformed(): WireError {
  const message =
    "The XML you provided was not well-formed or did not validate against our published schema";
  return new WireError("MalformedXML", message);
}

/** Reads the XML of a request. Document types are refused: they are how entities become bombs. */
export function readXml(text: string): XmlElement {
  const root: Open = { tag: "", attributes: {}, children: [], text: "" };
  const stack: Open[] = [root];
  token.lastIndex = 0;
  let end = 0;
  const source = text.replace(/^\uFEFF/, "");
  for (let match = token.exec(source); match !== null; match = token.exec(source)) {
    end = token.lastIndex;
    const [, cdata, tag, chars] = match;
    const top = stack.at(-1);
    if (top === undefined) throw malformed();
    if (cdata !== undefined) top.text += cdata;
    else if (chars !== undefined) top.text += unescapeXml(chars);
    else if (tag !== undefined) readTag(stack, tag);
  }
  const [document] = root.children;
  if (end !== source.length || stack.length !== 1 || document === undefined) throw malformed();
  if (root.children.length > 1 || root.text.trim() !== "") throw malformed();
  return document;
}

function readTag(stack: Open[], tag: string): void {
  if (tag.startsWith("/")) {
    const closed = stack.pop();
    const parent = stack.at(-1);
    if (closed?.tag !== localName(tag.slice(1).trim()) || parent === undefined) throw malformed();
    parent.children.push(closed);
    return;
  }
  const { open, isEmpty } = readOpening(tag);
  if (isEmpty) stack.at(-1)?.children.push(open);
  else if (stack.length > maxDepth) throw malformed();
  else stack.push(open);
}

function readOpening(tag: string): { readonly open: Open; readonly isEmpty: boolean } {
  const match = /^([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)$/.exec(tag);
  if (match === null) throw malformed();
  const [, name = "", attributeText = "", selfClosing = ""] = match;
  const found = attributeText.matchAll(/([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g);
  const attributes = [...found].map(([, key = "", quoted = ""]) => [
    key,
    unescapeXml(quoted.slice(1, -1)),
  ]);
  return {
    open: {
      tag: localName(name),
      attributes: Object.fromEntries(attributes) as Record<string, string>,
      children: [],
      text: "",
    },
    isEmpty: selfClosing === "/",
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  quot: '"',
};

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text.replaceAll(/\r\n?/g, "\n");
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(/&([^;&]*);?/g, (_, name: string) => {
    const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    if (number !== null) {
      const code = Number.parseInt(number[1] ?? number[2] ?? "", number[1] === undefined ? 10 : 16);
      if (code <= 0x10_ffff) return String.fromCodePoint(code);
    }
    const known = entities[name];
    if (known === undefined) throw malformed();
    return known;
  });
}
