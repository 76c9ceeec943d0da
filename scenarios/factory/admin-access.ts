import { randomBytes } from "node:crypto";
import process from "node:process";
import { type AdminHandler, createAdmin } from "@seatrial/fakecloud/admin/admin.ts";
import type { AdminOptions } from "@seatrial/fakecloud/admin/contract.ts";
import type { DataDirectory } from "./data-directory.ts";

/** Where a running `up` or `cloud` is asked, and what lets in: what its data directory says, for its owner only. */
export interface AdminAccess {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

export const accessFile = "admin.json";

export interface PreparedAdmin {
  readonly handler: AdminHandler;
  /** Writes down where it is asked; returns what takes that back. */
  publish(url: string): () => void;
}

/** The admin API of this process, with a token of its own. */
export function prepareAdmin(
  data: DataDirectory,
  options: Omit<AdminOptions, "token">,
): PreparedAdmin {
  const token = randomBytes(32).toString("hex");
  return {
    handler: createAdmin({ ...options, token }),
    publish: (url) => {
      const access: AdminAccess = { url, token, pid: process.pid };
      data.write(accessFile, `${JSON.stringify(access)}\n`);
      return () => data.remove(accessFile);
    },
  };
}
