import type { ApiRequest, UserInfo } from "../contract.ts";
import { badRequest } from "../status.ts";
import { type Authorizer, notAllowed } from "./authorize.ts";
import type { Attributes } from "./rbac.ts";

const serviceAccountPrefix = "system:serviceaccount:";

/** Who the request is carried out as: whoever it came from, or whom that user may stand in for. */
export function impersonated(request: ApiRequest, authorizer: Authorizer): UserInfo {
  const { headers, user } = request;
  if (!asksForIt(headers)) return user;
  const name = headers["impersonate-user"];
  const groups = listOf(headers["impersonate-group"]);
  const uid = headers["impersonate-uid"];
  const extra = extraOf(headers);
  if (name === undefined) {
    if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return user;
    throw badRequest("requested [] without impersonating a user");
  }
  for (const wanted of wantedRights({ name, groups, uid, extra })) {
    const attributes: Attributes = { ...wanted, user, verb: "impersonate", path: "" };
    const { allowed, reason } = authorizer.authorize(attributes);
    if (!allowed) throw notAllowed(attributes, reason);
  }
  return {
    username: name,
    groups: withImplied(name, groups),
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function asksForIt(headers: ApiRequest["headers"]): boolean {
  for (const header in headers) if (header.startsWith("impersonate-")) return true;
  return false;
}

type Right = Omit<Attributes, "path" | "user" | "verb">;

function right(resource: string, name: string, more: Partial<Right> = {}): Right {
  return { group: "", resource, subresource: "", name, namespace: "", ...more };
}

function wantedRights(wanted: {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid: string | undefined;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}): readonly Right[] {
  const { name, groups, uid, extra } = wanted;
  const group = "authentication.k8s.io";
  return [
    userRight(name),
    ...groups.map((each) => right("groups", each)),
    ...(uid === undefined ? [] : [right("uids", uid, { group })]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => right("userextras", value, { group, subresource: key })),
    ),
  ];
}

function userRight(name: string): Right {
  if (!name.startsWith(serviceAccountPrefix)) return right("users", name);
  const [namespace = "", account = ""] = name.slice(serviceAccountPrefix.length).split(":");
  return right("serviceaccounts", account, { namespace });
}

function withImplied(name: string, groups: readonly string[]): readonly string[] {
  const anonymous = name === "system:anonymous";
  const all = new Set(groups);
  if (groups.length === 0 && name.startsWith(serviceAccountPrefix)) {
    const [namespace = ""] = name.slice(serviceAccountPrefix.length).split(":");
    all.add("system:serviceaccounts").add(`system:serviceaccounts:${namespace}`);
  }
  all.add(anonymous ? "system:unauthenticated" : "system:authenticated");
  return [...all];
}

function listOf(header: string | undefined): readonly string[] {
  return header === undefined ? [] : header.split(",").map((each) => each.trim());
}

function extraOf(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly string[]>> {
  const prefix = "impersonate-extra-";
  const extra: Record<string, readonly string[]> = {};
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(prefix)) continue;
    extra[decodeURIComponent(header.slice(prefix.length))] = listOf(value);
  }
  return extra;
}
