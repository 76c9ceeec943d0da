import type { IncomingMessage } from "node:http";

/** As the real server has it. */
export const mostBodyBytes = 3 * 1024 * 1024;

export type BodyText = { readonly bytes: Buffer } | { readonly tooLarge: true };

/** The whole body, or the finding that it is too large; then the rest is not read. */
export async function readBody(request: IncomingMessage): Promise<BodyText> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > mostBodyBytes) return { tooLarge: true };
  const chunks: Buffer[] = [];
  let size = 0;
  // Whoever sends too much must still be able to read why it was refused.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > mostBodyBytes) return { tooLarge: true };
    chunks.push(bytes);
  }
  return { bytes: Buffer.concat(chunks) };
}
