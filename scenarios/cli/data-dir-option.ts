import { Option } from "commander";

/** How the commands that ask a running `up` or `cloud` find it. */
export function dataDirOption(): Option {
  return new Option("--data-dir <dir>", "of the running up or cloud").default(".seatrial");
}
