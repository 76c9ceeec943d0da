/** Names, labels and other identifiers: what is allowed, and the words of the refusal. */

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const qualifiedName = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelValue = `(${qualifiedName})?`;

const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${subdomain}$`);
const dns1035Pattern = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedNamePattern = new RegExp(`^${qualifiedName}$`);
const labelValuePattern = new RegExp(`^${labelValue}$`);

function regexMessage(text: string, pattern: string, ...examples: readonly string[]): string {
  const list = examples.map((example) => `'${example}'`).join(",  or ");
  return `${text} (e.g. ${list}, regex used for validation is '${pattern}')`;
}

const subdomainMessage = regexMessage(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomain,
  "example.com",
);
const labelMessage = regexMessage(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  label,
  "my-name",
  "123-abc",
);
const dns1035Message = regexMessage(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  "[a-z]([-a-z0-9]*[a-z0-9])?",
  "my-name",
  "abc-123",
);
const qualifiedNameMessage = regexMessage(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  qualifiedName,
  "MyName",
  "my.name",
  "123-abc",
);
const labelValueMessage = regexMessage(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  labelValue,
  "MyValue",
  "my_value",
  "12345",
);

/** Complaints about a name; empty if it is fine. */
export type NameRule = (name: string) => readonly string[];

export const dnsSubdomain: NameRule = (name) => {
  const errors: string[] = [];
  if (name.length > 253) errors.push("must be no more than 253 characters");
  if (!subdomainPattern.test(name)) errors.push(subdomainMessage);
  return errors;
};

export const dnsLabel: NameRule = (name) => {
  const errors: string[] = [];
  if (name.length > 63) errors.push("must be no more than 63 characters");
  if (!labelPattern.test(name)) {
    errors.push(subdomainPattern.test(name) ? "must not contain dots" : labelMessage);
  }
  return errors;
};

export const dns1035Label: NameRule = (name) => {
  const errors: string[] = [];
  if (name.length > 63) errors.push("must be no more than 63 characters");
  if (!dns1035Pattern.test(name)) errors.push(dns1035Message);
  return errors;
};

export const pathSegment: NameRule = (name) => {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  const errors: string[] = [];
  if (name.includes("/")) errors.push("may not contain '/'");
  if (name.includes("%")) errors.push("may not contain '%'");
  return errors;
};

/** A generateName is a prefix: it may end with a dash, because letters follow. */
export function checkPrefix(rule: NameRule, prefix: string): readonly string[] {
  return rule(prefix.endsWith("-") ? `${prefix.slice(0, -1)}a` : prefix);
}

function checkNamePart(name: string, part: string): readonly string[] {
  const errors: string[] = [];
  if (name === "") errors.push(`${part} part must be non-empty`);
  else if (name.length > 63) errors.push(`${part} part must be no more than 63 bytes`);
  if (!qualifiedNamePattern.test(name)) errors.push(`${part} part ${qualifiedNameMessage}`);
  return errors;
}

const validKeys = new Set<string>();

/** The key of a label, an annotation or a finalizer: an optional DNS prefix, a slash, a name. */
export function checkQualifiedName(text: string): readonly string[] {
  if (validKeys.has(text)) return [];
  const errors = computeQualifiedNameErrors(text);
  // A bounded memory: the same few dozen keys come with every write.
  if (errors.length === 0 && validKeys.size < 4096) validKeys.add(text);
  return errors;
}

function computeQualifiedNameErrors(text: string): readonly string[] {
  const parts = text.split("/");
  if (parts.length > 2) {
    return [
      regexMessage(
        "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        qualifiedName,
        "MyName",
        "my.name",
        "123-abc",
      ) + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  const [first = "", second] = parts;
  if (second === undefined) return checkNamePart(first, "name");
  const errors: string[] = [];
  if (first === "") errors.push("prefix part must be non-empty");
  else errors.push(...dnsSubdomain(first).map((error) => `prefix part ${error}`));
  return [...errors, ...checkNamePart(second, "name")];
}

export function checkLabelValue(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push("must be no more than 63 bytes");
  if (!labelValuePattern.test(value)) errors.push(labelValueMessage);
  return errors;
}
