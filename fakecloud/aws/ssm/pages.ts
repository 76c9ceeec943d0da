import { ssmError } from "./errors.ts";

/** One page of a list; the token is the position of the next one. */
export function page<T>(
  all: readonly T[],
  input: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
  limits: { readonly default: number; readonly max: number },
): { readonly items: readonly T[]; readonly NextToken?: string } {
  const size = input.MaxResults ?? limits.default;
  if (size < 1 || size > limits.max) {
    const message = `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to ${limits.max}`;
    throw ssmError("ValidationException", message);
  }
  const from = input.NextToken === undefined ? 0 : Number(input.NextToken);
  if (!Number.isInteger(from) || from < 0) {
    throw ssmError("InvalidNextToken", "The specified token isn't valid.");
  }
  const items = all.slice(from, from + size);
  return from + size < all.length ? { items, NextToken: `${from + size}` } : { items };
}
