import { Agent, request } from "node:http";

/**
 * Calls without an SDK: form bodies over a few kept connections, because a client that parses XML into objects would be
 * what is measured.
 */
export class RawClient {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(port: number) {
    this.#port = port;
  }

  /** The text of the answer; an error of the service is thrown. */
  call(action: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const form = new URLSearchParams({ Action: action, Version: "2016-11-15", ...parameters });
    const body = form.toString();
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port: this.#port,
          agent: this.#agent,
          method: "POST",
          path: "/",
          headers: {
            host: "ec2.eu-west-1.amazonaws.com",
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            "content-length": Buffer.byteLength(body),
            authorization:
              "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=00",
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode === 200) resolve(text);
            else reject(new Error(`${action}: ${response.statusCode} ${text.slice(0, 300)}`));
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The content of the first element of that name. */
export function elementOf(xml: string, tag: string): string {
  return new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? "";
}
