import type { RequestContext } from "../context.ts";
import type { ApiRequest, UserInfo } from "../contract.ts";
import { parseFieldSelector, selectedName } from "../field-selector.ts";
import { failure, qualified } from "../status.ts";
import type { Attributes, Decision, PolicyRule } from "./rbac.ts";

export interface Authorizer {
  authorize(attributes: Attributes): Decision;
  /** What a user may do in a namespace; absent where everybody may do everything. */
  rulesFor?(user: UserInfo, namespace: string): readonly PolicyRule[];
}

/** Everybody may do everything: clusters whose scenario is not about permissions. */
export const allowAll: Authorizer = { authorize: () => ({ allowed: true, reason: "" }) };

/** A request for a resource as roles see it. */
export function resourceAttributes(context: RequestContext): Attributes {
  const { resource, path, verb, subresource, user } = context;
  const fieldSelector = context.request.query["fieldSelector"]?.[0];
  return {
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    user,
    verb,
    group: resource.group,
    resource: resource.plural,
    subresource,
    name: verb === "create" && subresource === "" ? "" : nameOf(context),
    namespace: path.namespace,
    path: "",
  };
}

/** A collection that is narrowed to one name counts as a request for that name. */
function nameOf({ name, request, verb }: RequestContext): string {
  if (name !== "" || !["list", "watch", "deletecollection"].includes(verb)) return name;
  const selector = request.query["fieldSelector"]?.[0];
  if (selector === undefined || selector === "") return "";
  return selectedName(parseFieldSelector(selector)) ?? "";
}

export function pathAttributes(request: ApiRequest): Attributes {
  return {
    user: request.user,
    verb: request.method.toLowerCase(),
    group: "",
    resource: "",
    subresource: "",
    name: "",
    namespace: "",
    path: request.path,
  };
}

function escape(message: string): string {
  return message.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The refusal, in the words that `kubectl` users know by heart. */
export function notAllowed(attributes: Attributes, reason: string): Error {
  const { user, verb, group, resource, subresource, name, namespace, path } = attributes;
  const because = reason === "" ? "" : `: ${reason}`;
  const who = `User ${JSON.stringify(user.username)}`;
  if (resource === "") {
    return failure({
      code: 403,
      reason: "Forbidden",
      message: escape(`forbidden: ${who} cannot ${verb} path ${JSON.stringify(path)}${because}`),
      details: {},
    });
  }
  const subject = qualified({ group, plural: resource });
  const named = name === "" ? subject : `${subject} ${JSON.stringify(name)}`;
  const full = subresource === "" ? resource : `${resource}/${subresource}`;
  const where =
    namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
  const what = `cannot ${verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)}`;
  return failure({
    code: 403,
    reason: "Forbidden",
    message: escape(`${named} is forbidden: ${who} ${what} ${where}${because}`),
    details: {
      ...(name === "" ? {} : { name }),
      ...(group === "" ? {} : { group }),
      kind: resource,
    },
  });
}
