/** The files of a machine, with a number that grows with every change. */
export class Disk extends Map<string, string> {
  changes = 0;

  override set(path: string, content: string): this {
    this.changes += 1;
    return super.set(path, content);
  }

  override delete(path: string): boolean {
    this.changes += 1;
    return super.delete(path);
  }

  override clear(): void {
    this.changes += 1;
    super.clear();
  }
}
