import { conditionsHold, type RequestContext } from "./conditions.ts";
import { parsePolicy, type Statement } from "./documents.ts";
import type { IamAccount, PolicyHolder } from "./iam-account.ts";
import type { Principal } from "./principal.ts";
import { matchesWildcard } from "./wildcard.ts";

export interface AccessRequest {
  readonly principal: Principal;
  /** "ec2:RunInstances". */
  readonly action: string;
  /** ARNs, or "*" for actions that are about no resource in particular. All of them must be allowed. */
  readonly resources: readonly string[];
  readonly context: RequestContext;
}

export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** A statement denies; otherwise none allows. */
      readonly explicit: boolean;
      readonly resource: string;
      readonly because: string;
    };

/**
 * Identity policies as IAM evaluates them: an explicit denial anywhere wins; then every layer that there is (the
 * identity's own policies, its permissions boundary, the policy of its session) must allow.
 */
export function evaluate(account: IamAccount | undefined, request: AccessRequest): Verdict {
  const layers = layersOf(account, request.principal);
  if (layers === "everything") return { allowed: true };
  for (const resource of request.resources.length === 0 ? ["*"] : request.resources) {
    const verdict = evaluateResource(layers, request, resource);
    if (!verdict.allowed) return verdict;
  }
  return { allowed: true };
}

interface Layer {
  readonly name: string;
  readonly statements: readonly Statement[];
}

function layersOf(
  account: IamAccount | undefined,
  principal: Principal,
): readonly Layer[] | "everything" {
  const { source } = principal;
  if (source.kind === "root") return "everything";
  const holder =
    source.kind === "role"
      ? account?.roles.get(source.roleName)
      : account?.users.get(source.userName);
  const name = "identity-based policy";
  // A session whose role was deleted may do nothing.
  if (account === undefined || holder === undefined) return [{ name, statements: [] }];
  const layers: Layer[] = [{ name, statements: statementsOf(account, holder) }];
  if (holder.boundaryArn !== undefined) {
    const statements = parsePolicy(defaultDocument(account, holder.boundaryArn));
    layers.push({ name: "permissions boundary", statements });
  }
  if (source.kind === "role" && source.sessionPolicy !== undefined) {
    layers.push({ name: "session policy", statements: parsePolicy(source.sessionPolicy) });
  }
  return layers;
}

function statementsOf(account: IamAccount, holder: PolicyHolder): readonly Statement[] {
  const documents = [
    ...holder.inline.values(),
    ...[...holder.attached].map((arn) => defaultDocument(account, arn)),
  ];
  return documents.flatMap(parsePolicy);
}

function defaultDocument(account: IamAccount, arn: string): string {
  const policy = account.policy(arn);
  return policy.versions.get(policy.defaultVersionId)?.document ?? "";
}

function evaluateResource(
  layers: readonly Layer[],
  request: AccessRequest,
  resource: string,
): Verdict {
  const applies = (statement: Statement) => statementApplies(statement, request, resource);
  for (const { name, statements } of layers) {
    if (!statements.some((statement) => statement.effect === "Deny" && applies(statement)))
      continue;
    const article = /^[aeiou]/.test(name) ? "an" : "a";
    const because = `with an explicit deny in ${article} ${name}`;
    return { allowed: false, explicit: true, resource, because };
  }
  for (const { name, statements } of layers) {
    if (statements.some((statement) => statement.effect === "Allow" && applies(statement)))
      continue;
    const because = `because no ${name} allows the ${request.action} action`;
    return { allowed: false, explicit: false, resource, because };
  }
  return { allowed: true };
}

export function statementApplies(
  statement: Statement,
  request: Omit<AccessRequest, "principal" | "resources">,
  resource: string,
): boolean {
  const { actions, notActions, resources, notResources, conditions } = statement;
  const isAction = (pattern: string) => matchesWildcard(pattern, request.action, true);
  const isResource = (pattern: string) => matchesWildcard(pattern, resource);
  const actionFits = notActions.length > 0 ? !notActions.some(isAction) : actions.some(isAction);
  const resourceFits =
    notResources.length > 0 ? !notResources.some(isResource) : resources.some(isResource);
  return actionFits && resourceFits && conditionsHold(conditions, request.context);
}
