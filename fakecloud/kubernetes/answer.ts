import type { ApiAnswer } from "./contract.ts";
import { internalError, PlainTextError, StatusError } from "./status.ts";

export const jsonHeaders: Readonly<Record<string, string>> = Object.freeze({
  "content-type": "application/json",
  "cache-control": "no-cache, private",
});

/** The value of a `Warning` header as clients parse it; several come as one, separated by commas. */
export function warningHeader(warnings: readonly string[]): string {
  return [...new Set(warnings)]
    .map((text) => `299 - "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`)
    .join(", ");
}

export function answer(status: number, body: unknown, warnings: readonly string[] = []): ApiAnswer {
  const headers =
    warnings.length === 0 ? jsonHeaders : { ...jsonHeaders, warning: warningHeader(warnings) };
  return { kind: "answer", status, headers, body };
}

export function textAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return {
    kind: "answer",
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache, private",
      ...headers,
    },
    body: text,
  };
}

/** Every failure as the client sees it. What nobody expected is an internal error, never a crash. */
export function failureAnswer(error: unknown, warnings: readonly string[]): ApiAnswer {
  if (error instanceof PlainTextError) return textAnswer(error.code, error.message, error.headers);
  const known =
    error instanceof StatusError
      ? error
      : internalError(error instanceof Error ? error.message : String(error));
  const plain = answer(known.code, known.status, warnings);
  const { retryAfterSeconds } = known.status.details ?? {};
  if (retryAfterSeconds === undefined) return plain;
  return { ...plain, headers: { ...plain.headers, "retry-after": String(retryAfterSeconds) } };
}
