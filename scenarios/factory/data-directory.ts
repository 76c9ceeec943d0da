import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The files of a local factory. Everything in it is for its owner only: it holds keys. */
export class DataDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string | undefined {
    const file = this.file(name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  write(name: string, text: string): void {
    const file = this.file(name);
    writeFileSync(file, text, { mode: 0o600 });
    // The mode above counts for new files only.
    chmodSync(file, 0o600);
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  /** The state of the clouds and clusters; keys and addresses stay, so that kubeconfigs stay good. */
  forgetState(): void {
    for (const name of ["state.db", "state.db-wal", "state.db-shm"]) this.remove(name);
  }

  /** What was written at an earlier start, or what is made now. */
  keep(name: string, make: () => string): string {
    const known = this.read(name);
    if (known !== undefined) return known;
    const made = make();
    this.write(name, made);
    return made;
  }
}
