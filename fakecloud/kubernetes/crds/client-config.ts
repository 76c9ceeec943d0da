import { type FieldError, invalidValue, requiredValue } from "../field-error.ts";
import { dns1035Label, dnsSubdomain } from "../names.ts";
import type { JsonObject } from "../object.ts";
import { record, text } from "./definition.ts";

/** What is wrong with where a webhook is said to be. */
export function clientConfigErrors(at: string, config: JsonObject): readonly FieldError[] {
  const { url, service } = config;
  if ((url === undefined) === (service === undefined)) {
    return [requiredValue(at, "exactly one of url or service is required")];
  }
  return url === undefined
    ? serviceErrors(`${at}.service`, record(service))
    : urlErrors(`${at}.url`, text(url));
}

const form = "; desired format: https://host[/path]";

/** The parts of a URL, after RFC 3986, appendix B. */
const parts =
  /^(?:(?<scheme>[^:/?#]+):)?(?:\/\/(?:(?<user>[^@/?#]*)@)?(?<host>[^/?#]*))?[^?#]*(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?/s;

function urlErrors(at: string, url: string): readonly FieldError[] {
  const { scheme, user, host, query, fragment } = parts.exec(url)?.groups ?? {};
  const complaints: readonly (readonly [isWrong: boolean, value: unknown, why: string])[] = [
    [scheme !== "https", scheme, `'https' is the only allowed URL scheme${form}`],
    [isEmpty(host), host, `host must be specified${form}`],
    [user !== undefined, user, "user information is not permitted in the URL"],
    [!isEmpty(fragment), fragment, "fragments are not permitted in the URL"],
    [!isEmpty(query), query, "query parameters are not permitted in the URL"],
  ];
  return complaints.flatMap(([isWrong, value, why]) =>
    isWrong ? [invalidValue(at, value ?? "", why)] : [],
  );
}

function isEmpty(part: string | undefined): boolean {
  return part === undefined || part === "";
}

function serviceErrors(at: string, service: JsonObject): readonly FieldError[] {
  const { name, namespace, path, port } = service;
  const errors: FieldError[] = [];
  if (text(name) === "") errors.push(requiredValue(`${at}.name`));
  if (text(namespace) === "") errors.push(requiredValue(`${at}.namespace`));
  if (typeof port === "number" && (port < 1 || port > 65_535)) {
    const why = "port is not valid: must be between 1 and 65535, inclusive";
    errors.push(invalidValue(`${at}.port`, port, why));
  }
  return [...errors, ...pathErrors(`${at}.path`, text(path))];
}

function pathErrors(at: string, path: string): readonly FieldError[] {
  if (path === "" || path === "/") return [];
  if (path === "//") return [invalidValue(at, path, "segment[0] may not be empty")];
  const first = path.startsWith("/") ? [] : [invalidValue(at, path, "must start with a '/'")];
  const steps = path.slice(1).replace(/\/$/, "").split("/");
  const wrong = steps.flatMap((step, index) =>
    step === ""
      ? [invalidValue(at, path, `segment[${index}] may not be empty`)]
      : dnsSubdomain(step).map((why) => invalidValue(at, path, `segment[${index}]: ${why}`)),
  );
  return [...first, ...wrong];
}

/** Of the versions of reviews that a webhook says it understands, one must be known here. */
export function reviewVersionErrors(
  at: string,
  versions: readonly string[],
): readonly FieldError[] {
  if (versions.length === 0) return [requiredValue(at, "must specify one of v1, v1beta1")];
  const errors = versions.flatMap((each, index) =>
    versions.indexOf(each) < index
      ? [invalidValue(`${at}[${index}]`, each, "duplicate version")]
      : dns1035Label(each).map((why) => invalidValue(`${at}[${index}]`, each, why)),
  );
  if (versions.includes("v1") || versions.includes("v1beta1")) return errors;
  return [...errors, invalidValue(at, versions, "must include at least one of v1, v1beta1")];
}
