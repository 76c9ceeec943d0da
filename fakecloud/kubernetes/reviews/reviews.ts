import type { Attributes } from "../authorization/rbac.ts";
import { managerOf, type RequestContext } from "../context.ts";
import type { UserInfo } from "../contract.ts";
import type { Core } from "../core.ts";
import { record, text, texts } from "../crds/definition.ts";
import { type FieldError, invalid, invalidValue } from "../field-error.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import { badRequest } from "../status.ts";
import { cannotBeHandled, decodeObject } from "../verbs/decode.ts";
import { withOwners } from "../verbs/ownership.ts";

/** Kinds that are questions: what is created is the question with its answer, and nothing is stored. */
export const reviewKinds: Readonly<Record<string, (core: Core, ask: Question) => KubeObject>> = {
  LocalSubjectAccessReview: reviewAccessOf,
  SelfSubjectAccessReview: reviewOwnAccess,
  SelfSubjectReview: reviewSelf,
  SelfSubjectRulesReview: reviewOwnRules,
  SubjectAccessReview: reviewAccessOf,
  TokenReview: reviewToken,
};

interface Question {
  readonly context: RequestContext;
  readonly review: KubeObject;
  readonly spec: JsonObject;
}

export function review(core: Core, context: RequestContext): KubeObject {
  const { kind } = context.resource;
  const asked = decodeObject(context, context.request.body, {
    validation: "Warn",
    strictError: (problems) => cannotBeHandled(context, problems),
  });
  const answer = reviewKinds[kind];
  if (answer === undefined) throw badRequest(`nobody answers a ${kind}`);
  const owned = withOwners(core, context, {
    live: undefined,
    updated: asked,
    manager: managerOf(context),
  });
  return answer(core, { context, review: owned, spec: record(asked["spec"]) });
}

function attributesFrom(spec: JsonObject, user: UserInfo): Attributes {
  const wanted = record(spec["resourceAttributes"]);
  const path = record(spec["nonResourceAttributes"]);
  const isPath = spec["nonResourceAttributes"] !== undefined;
  return {
    user,
    verb: text(isPath ? path["verb"] : wanted["verb"]),
    group: text(wanted["group"]),
    resource: isPath ? "" : text(wanted["resource"]),
    subresource: text(wanted["subresource"]),
    name: text(wanted["name"]),
    namespace: text(wanted["namespace"]),
    path: text(path["path"]),
  };
}

function attributeErrors(spec: JsonObject): readonly FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    return [
      invalidValue(
        "spec.nonResourceAttributes",
        nonResourceAttributes,
        "cannot be specified in combination with resourceAttributes",
      ),
    ];
  }
  if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return [];
  return [
    invalidValue(
      "spec.resourceAttributes",
      null,
      "exactly one of nonResourceAttributes or resourceAttributes must be specified",
    ),
  ];
}

/** The real server forgets the kind in these complaints. */
function requireValid({ context, review }: Question, errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const { group } = context.resource;
  throw invalid({ group, kind: "", name: review.metadata.name ?? "" }, errors);
}

function answered(core: Core, ask: Question, user: UserInfo): KubeObject {
  const { allowed, reason } = core.authorizer.authorize(attributesFrom(ask.spec, user));
  return { ...ask.review, status: { allowed, ...(reason === "" ? {} : { reason }) } };
}

function reviewOwnAccess(core: Core, ask: Question): KubeObject {
  requireValid(ask, attributeErrors(ask.spec));
  return answered(core, ask, ask.context.user);
}

function reviewAccessOf(core: Core, ask: Question): KubeObject {
  const { spec, context } = ask;
  const user = text(spec["user"]);
  const groups = texts(spec["groups"]);
  const errors = [...attributeErrors(spec)];
  if (user === "" && groups.length === 0) {
    errors.push(invalidValue("spec.user", "", "at least one of user or group must be specified"));
  }
  requireValid(ask, errors);
  const inNamespace = text(record(spec["resourceAttributes"])["namespace"]);
  if (context.resource.namespaced && inNamespace !== context.namespace) {
    throw badRequest(
      `spec.resourceAttributes.namespace must match namespace: ${context.namespace}`,
    );
  }
  return answered(core, ask, { username: user, groups });
}

function userInfo({ username, uid, groups, extra }: UserInfo): JsonObject {
  return {
    username,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
}

function reviewSelf(_core: Core, { context, review }: Question): KubeObject {
  return { ...review, status: { userInfo: userInfo(context.user) } };
}

function reviewOwnRules(core: Core, { context, review, spec }: Question): KubeObject {
  const namespace = text(spec["namespace"]);
  if (namespace === "") throw badRequest("no namespace on request");
  const rules = core.authorizer.rulesFor?.(context.user, namespace) ?? [
    {
      verbs: ["*"],
      apiGroups: ["*"],
      resources: ["*"],
      resourceNames: [],
      nonResourceURLs: ["*"],
    },
  ];
  return {
    ...review,
    spec: {},
    status: {
      resourceRules: rules
        .filter(({ resources }) => resources.length > 0)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({
          verbs,
          apiGroups,
          resources,
          ...(resourceNames.length === 0 ? {} : { resourceNames }),
        })),
      nonResourceRules: rules
        .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
    },
  };
}

/** Asks what a token stands for. The answer never repeats the token. */
function reviewToken(core: Core, { review, spec }: Question): KubeObject {
  const token = text(spec["token"]);
  const audiences = texts(spec["audiences"]);
  const found = core.tokens.authenticate(token, audiences);
  if (found === undefined) {
    const error = "invalid bearer token";
    return { ...review, status: { user: {}, ...(token === "" ? {} : { error }) } };
  }
  return {
    ...review,
    status: {
      authenticated: true,
      user: userInfo(found.user),
      audiences: found.audiences,
    },
  };
}
