import type { AccessRequest, Verdict } from "./evaluate.ts";

type Denied = Extract<Verdict, { readonly allowed: false }>;

/** What EC2 says of a refusal in a form that only those may read who may decode it. Here it is encoded, not encrypted. */
export function encodeFailure(request: AccessRequest, verdict: Denied): string {
  const { principal, action, context } = request;
  const failure = {
    allowed: false,
    explicitDeny: verdict.explicit,
    matchedStatements: { items: [] },
    failures: { items: [] },
    context: {
      principal: { id: principal.userId, arn: principal.arn },
      action,
      resource: verdict.resource,
      conditions: {
        items: Object.entries(context).map(([key, values]) => ({
          key,
          values: { items: values.map((value) => ({ value })) },
        })),
      },
    },
  };
  return Buffer.from(JSON.stringify(failure)).toString("base64url");
}

/** Undefined if it is none. */
export function decodeFailure(encoded: string): string | undefined {
  const text = Buffer.from(encoded, "base64url").toString();
  return text.startsWith('{"allowed":false,') ? text : undefined;
}
