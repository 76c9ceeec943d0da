import { type FieldError, invalid } from "./field-error.ts";

const sshKeyName = /^[\x20-\x7E]{1,255}$/;

/** EC2 takes up to 255 ASCII characters; empty means no key. */
export function validateSshKeyName(name: string | undefined, field: string): readonly FieldError[] {
  if (name === undefined || name === "" || (sshKeyName.test(name) && name === name.trim()))
    return [];
  return [
    invalid(
      field,
      name,
      "Name is invalid. Must be specified in ASCII and must not start or end in whitespace",
    ),
  ];
}

const maxTags = 50;
const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** EC2's own rules for tags, told before a call fails. */
export function validateTags(
  tags: Readonly<Record<string, string>> | undefined,
  field: string,
): readonly FieldError[] {
  const entries = Object.entries(tags ?? {});
  const errors = entries.flatMap(([key, value]) => [
    ...problemsOfKey(key).map((problem) => invalid(field, key, problem)),
    ...(value.length > 256
      ? [invalid(field, value, "value cannot be longer than 256 characters")]
      : []),
    ...(tagCharacters.test(value)
      ? []
      : [
          invalid(
            field,
            value,
            "value cannot have characters other than alphabets, numbers, spaces and _ . : / = + - @ .",
          ),
        ]),
  ]);
  return entries.length > maxTags
    ? [...errors, invalid(field, entries.length, "only 50 tags can be added to a resource")]
    : errors;
}

function problemsOfKey(key: string): readonly string[] {
  return [
    ...(key === "" ? ["key cannot be empty"] : []),
    ...(key.length > 128 ? ["key cannot be longer than 128 characters"] : []),
    ...(key.toLowerCase().startsWith("aws:")
      ? ['user created tag\'s key cannot have prefix "aws:"']
      : []),
    ...(tagCharacters.test(key)
      ? []
      : ["key cannot have characters other than alphabets, numbers, spaces and _ . : / = + - @ ."]),
  ];
}
