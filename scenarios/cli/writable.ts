import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { InputError } from "../runner/input-error.ts";

/** Says that a file can't be written before any work is done for it. */
export function requireWritable(file: string, option: string): void {
  const refuse = (why: string): never => {
    throw new InputError(`${option} ${file}: ${why}`);
  };
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) refuse("that is a folder; name a file");
  const folder = path.dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    refuse(`there is no folder ${folder}`);
  }
  try {
    accessSync(found === undefined ? folder : file, constants.W_OK);
  } catch {
    refuse("it can't be written: permission denied");
  }
}
