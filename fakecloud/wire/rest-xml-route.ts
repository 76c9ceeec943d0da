import type { Operation, ServiceModel } from "./service-model.ts";
import type { WireRequest } from "./contract.ts";
import { WireError } from "./wire-error.ts";

/** Where a request to S3 goes, by its host ("b.s3.…", "b.localhost") or the first segment of its path. */
export interface S3Target {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/** Host-style names: "b.s3.eu-west-1.amazonaws.com", "b.s3.dualstack.…", "b.localhost:4566". */
const hostStyle = /^(.+)\.(?:s3[.-](?:.+\.)?amazonaws\.com(?:\.cn)?|(?:s3\.)?localhost)$/;

export function s3Target(request: WireRequest): S3Target {
  const host = request.host.replace(/:\d+$/, "");
  const path = request.path.replace(/^\//, "");
  const bucket = hostStyle.exec(host)?.[1];
  if (bucket !== undefined && bucket !== "s3") return target(bucket, path);
  const slash = path.indexOf("/");
  if (path === "") return { bucket: undefined, key: undefined };
  return slash === -1 ? target(path, "") : target(path.slice(0, slash), path.slice(slash + 1));
}

function target(bucket: string, key: string): S3Target {
  return { bucket: decode(bucket), key: key === "" ? undefined : decode(key) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new WireError("InvalidURI", "Couldn't parse the specified URI.");
  }
}

interface Route {
  readonly operation: Operation;
  readonly method: string;
  readonly level: "bucket" | "object" | "service";
  /** Parts of the query that must be there, as the operation's own and of its required members. */
  readonly query: readonly (readonly [name: string, value: string | undefined])[];
  readonly headers: readonly string[];
}

const routes = new WeakMap<ServiceModel, readonly Route[]>();

function routesOf(model: ServiceModel): readonly Route[] {
  const known = routes.get(model);
  if (known !== undefined) return known;
  const made = [...model.operations.values()].flatMap((operation) => routeOf(operation) ?? []);
  routes.set(model, made);
  return made;
}

function routeOf(operation: Operation): Route | undefined {
  if (operation.http === undefined) return undefined;
  const { method, uri } = operation.http;
  const [path = "", literals = ""] = uri.split("?", 2);
  if (path !== "/" && path !== "/{Key+}") return undefined;
  const schema = operation.input.getSchema() as unknown as readonly unknown[];
  const names = ((schema[4] ?? []) as readonly string[]).slice(0, (schema[6] ?? 0) as number);
  const bindings = names.map(
    (name) =>
      operation.input.getMemberSchema(name).getMergedTraits() as {
        httpHeader?: string;
        httpQuery?: string;
      },
  );
  const own = [...new URLSearchParams(literals)]
    .filter(([name]) => name !== "x-id")
    .map(([name, value]) => [name, value === "" ? undefined : value] as const);
  const needed = bindings.flatMap(({ httpQuery }) =>
    httpQuery === undefined ? [] : [[httpQuery, undefined] as const],
  );
  const isService = path === "/" && !names.includes("Bucket");
  return {
    operation,
    method,
    level: isService ? "service" : path === "/" ? "bucket" : "object",
    query: [...own, ...needed],
    headers: bindings.flatMap(({ httpHeader }) =>
      httpHeader === undefined ? [] : [httpHeader.toLowerCase()],
    ),
  };
}

/** The operation that fits best: the one that has most of its marks in the request. */
export function routeRestXml(
  model: ServiceModel,
  request: WireRequest,
): { readonly operation: Operation; readonly target: S3Target } {
  const found = s3Target(request);
  const level =
    found.bucket === undefined ? "service" : found.key === undefined ? "bucket" : "object";
  const fitting = routesOf(model)
    .filter((route) => route.method === request.method && route.level === level)
    .filter((route) => fits(route, request))
    .toSorted((a, b) => weight(b) - weight(a));
  const [best] = fitting;
  if (best !== undefined) {
    const wanted = request.query["x-id"];
    const named = fitting.find(
      (route) => route.operation.name === wanted && weight(route) === weight(best),
    );
    return { operation: (named ?? best).operation, target: found };
  }
  const message = "The specified method is not allowed against this resource.";
  throw new WireError("MethodNotAllowed", message, 405);
}

function weight({ query, headers }: Route): number {
  return query.length + headers.length;
}

function fits({ query, headers }: Route, request: WireRequest): boolean {
  return (
    query.every(([name, value]) => {
      const given = request.query[name];
      return given !== undefined && (value === undefined || given === value);
    }) && headers.every((name) => request.headers[name] !== undefined)
  );
}
