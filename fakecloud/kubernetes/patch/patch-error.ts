/** Why a patch could not be applied, with the code that the API server answers. */
export class PatchError extends Error {
  override readonly name = "PatchError";
  readonly code: 400 | 413 | 422 | 500;
  /** The reason of the Status; empty where the real server answers an error without one. */
  readonly reason: "" | "BadRequest" | "Invalid" | "RequestEntityTooLarge";
  /** What went wrong, for logs; differs from the message where the real server keeps it to itself. */
  readonly detail: string;

  constructor(code: PatchError["code"], message: string, detail = message) {
    super(message);
    this.code = code;
    this.reason = reasons[code];
    this.detail = detail;
  }
}

const reasons = {
  400: "BadRequest",
  413: "RequestEntityTooLarge",
  422: "Invalid",
  500: "",
} as const;

export function badPatch(message: string): PatchError {
  return new PatchError(400, message);
}

/** A well-formed patch that does not fit the object: the real server hides which step failed. */
export function failedPatch(detail: string): PatchError {
  return new PatchError(
    422,
    "the server rejected our request due to an error in our request",
    detail,
  );
}

/** An error that the real server did not expect and answers as it is. */
export function unexpectedPatch(message: string): PatchError {
  return new PatchError(500, message);
}
