import { InputError } from "../runner/input-error.ts";
import { type Recording, recordingFormat } from "./recording.ts";

/** A recording from the text of its file; says what the file is instead, if it is none. */
export function parseRecording(text: string, file: string): Recording {
  if (/^apiVersion: seatrial\//m.test(text)) {
    throw new InputError(
      `${file} is a scenario and no recording; write "seatrial run ${file} --report out.html"`,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InputError(
      `${file} is no recording: it is not JSON; "seatrial run FILE --record ${file}" makes one`,
    );
  }
  const { format } = (typeof parsed === "object" && parsed !== null ? parsed : {}) as {
    readonly format?: unknown;
  };
  if (format !== recordingFormat) {
    const found = typeof format === "string" ? `its format is ${format}` : "it has no format";
    throw new InputError(
      `${file} is no recording that this version reads: ${found}; it reads ${recordingFormat}`,
    );
  }
  return parsed as Recording;
}
