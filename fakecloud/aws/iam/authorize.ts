import { AwsError } from "../aws-error.ts";
import type { CallContext } from "../service.ts";
import { encodeFailure } from "./authorization-message.ts";
import type { RequestContext } from "./conditions.ts";
import { type AccessRequest, evaluate, type Verdict } from "./evaluate.ts";
import type { IamAccount } from "./iam-account.ts";
import { permissionsFor } from "./required-permissions.ts";
import { resourcesOf } from "./resources-of-call.ts";

type Input = Readonly<Record<string, unknown>>;
type Denied = Extract<Verdict, { readonly allowed: false }>;

export interface AuthorizeOptions {
  readonly account: IamAccount;
  /** Tags of a resource by its ARN or ID; undefined if it has none or is none. */
  readonly tagsOf: (resource: string) => ReadonlyMap<string, string> | undefined;
  /** Trust policies are asked too, where a role is assumed. */
  readonly trustDecides: boolean;
}

/** S3 asks with the policies of its buckets; whoever can sign may ask who they are. */
function isDecidedElsewhere({ service, operation }: CallContext, trustDecides: boolean): boolean {
  if (service === "sts") return operation !== "AssumeRole" || trustDecides;
  return service === "s3";
}

/** Whether the caller's policies allow a call; throws the service's own error if not. */
export function authorize(call: CallContext, input: Input, options: AuthorizeOptions): void {
  if (call.principal.source.kind === "root") return;
  if (isDecidedElsewhere(call, options.trustDecides)) return;
  const [main, ...further] = permissionsFor(call, input);
  const context = contextOf(call, input);
  const requests = [
    ...(main === undefined
      ? []
      : resourcesOf(call, input).map((resource) => ({ action: main.action, resource }))),
    ...further.map((one) => ({ ...one, resource: resourceOfFurther(options, one, input) })),
  ];
  for (const { action, resource } of requests) {
    const tags = resourceTags(options.tagsOf(resource));
    const created = action === "ec2:CreateTags" && call.operation !== "CreateTags";
    const request: AccessRequest = {
      principal: call.principal,
      action,
      resources: [resource],
      context: {
        ...context,
        ...tags,
        ...(created ? { "ec2:createaction": [call.operation] } : {}),
      },
    };
    const verdict = evaluate(options.account, request);
    if (!verdict.allowed) throw denial(call, request, verdict);
  }
}

/** The role that a launch hands on is the one that its profile has. */
function resourceOfFurther(
  { account }: AuthorizeOptions,
  permission: { readonly action: string; readonly resource: string },
  input: Input,
): string {
  if (permission.action !== "iam:PassRole") return permission.resource;
  const { Arn, Name } = input["IamInstanceProfile"] as { Arn?: string; Name?: string };
  return account.findInstanceProfile(Arn ?? Name ?? "")?.role?.arn ?? permission.resource;
}

function contextOf(call: CallContext, input: Input): RequestContext {
  const tags = requestTags(input);
  const service = input["AWSServiceName"];
  return {
    "aws:principalaccount": [call.accountId],
    "aws:principalarn": [call.principal.arn],
    "aws:requestedregion": [call.region],
    "aws:securetransport": ["true"],
    ...(tags.length === 0 ? {} : { "aws:tagkeys": tags.map(([key]) => key) }),
    ...Object.fromEntries(
      tags.map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, [value]]),
    ),
    ...(typeof service === "string" ? { "iam:awsservicename": [service] } : {}),
  };
}

interface WireTag {
  readonly Key?: string;
  readonly Value?: string;
}

function requestTags(input: Input): readonly (readonly [string, string])[] {
  const own = (input["Tags"] ?? []) as readonly WireTag[];
  const specified = (input["TagSpecifications"] ?? []) as readonly { Tags?: readonly WireTag[] }[];
  const all = [...(Array.isArray(own) ? own : []), ...specified.flatMap(({ Tags }) => Tags ?? [])];
  return all.map(({ Key = "", Value = "" }) => [Key, Value] as const);
}

function resourceTags(tags: ReadonlyMap<string, string> | undefined): RequestContext {
  const entries = [...(tags ?? [])].flatMap(([key, value]) =>
    ["aws", "ec2", "elasticloadbalancing"].map((service) => [
      `${service}:resourcetag/${key.toLowerCase()}`,
      [value],
    ]),
  );
  return Object.fromEntries(entries) as RequestContext;
}

/** What identity policies say of one action on one resource of a call: for services that ask others too. */
export function verdictOf(
  call: CallContext,
  account: IamAccount,
  need: { readonly action: string; readonly resource: string },
): Verdict {
  const { principal } = call;
  if (principal.source.kind === "root") return { allowed: true };
  const { action, resource } = need;
  return evaluate(account, {
    principal,
    action,
    resources: [resource],
    context: contextOf(call, {}),
  });
}

/** Services whose errors carry their kind in the name, and answer with 400. */
const withException: ReadonlySet<string> = new Set(["secretsmanager", "ssm", "tagging"]);

function denial(call: CallContext, request: AccessRequest, verdict: Denied): AwsError {
  const { service } = call;
  const { action, principal } = request;
  const where = verdict.resource === "*" ? "" : ` on resource: ${verdict.resource}`;
  const said = `User: ${principal.arn} is not authorized to perform: ${action}${where} ${verdict.because}`;
  if (service === "ec2") {
    const encoded = encodeFailure(request, verdict);
    const message = `You are not authorized to perform this operation. ${said}. Encoded authorization failure message: ${encoded}`;
    return new AwsError("UnauthorizedOperation", message, { status: 403 });
  }
  return withException.has(service)
    ? new AwsError("AccessDeniedException", said, { status: 400 })
    : new AwsError("AccessDenied", said, { status: 403 });
}
