/** What a user gave cannot be used. The message is one sentence that names file, line and key; the CLI exits with 3. */
export class InputError extends Error {
  override readonly name = "InputError";
}
