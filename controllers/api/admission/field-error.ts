/** One complaint about one field. `message` is the whole text behind the field's name, as the API server prints it. */
export interface FieldError {
  readonly type: "Duplicate" | "Forbidden" | "Invalid" | "NotSupported" | "Required";
  readonly field: string;
  readonly message: string;
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  const text = JSON.stringify(value) ?? "null";
  return { type: "Invalid", field, message: `Invalid value: ${text}: ${detail}` };
}

export function required(field: string, detail: string): FieldError {
  return { type: "Required", field, message: `Required value: ${detail}` };
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: "Forbidden", field, message: `Forbidden: ${detail}` };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: "Duplicate", field, message: `Duplicate value: ${JSON.stringify(value)}` };
}
