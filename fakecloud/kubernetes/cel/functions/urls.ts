import { CelValueError, type Functions } from "./register.ts";

/** An absolute URL or absolute path, as Go's url.ParseRequestURI reads it. */
export class UrlValue {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly search: string;

  constructor(scheme: string, host: string, path: string, search: string) {
    this.scheme = scheme;
    this.host = host;
    this.path = path;
    this.search = search;
  }
}

const pattern = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^/?#@]*@)?([^/?#]*))?(\/[^?]*)?(?:\?(.*))?$/;

function parseUrl(text: string): UrlValue | undefined {
  const match = pattern.exec(text);
  if (match === null || text === "" || /[\s\p{Cc}]/u.test(text)) return undefined;
  const [, scheme = "", host = "", path = "", search = ""] = match;
  // Without a scheme only absolute paths are URLs.
  if (scheme === "" && path === "") return undefined;
  if (/%(?![\da-fA-F]{2})/.test(path) || !isHost(host)) return undefined;
  return new UrlValue(scheme.toLowerCase(), host, path, search);
}

function isHost(host: string): boolean {
  return /^(?:\[[\da-fA-F:.%]+\]|[^\s[\]:"<>\\^`{|}]*)(?::\d*)?$/.test(host);
}

function hostnameOf({ host }: UrlValue): string {
  return host.replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1");
}

function queryOf({ search }: UrlValue): Record<string, string[]> {
  const query: Record<string, string[]> = {};
  for (const [key, value] of new URLSearchParams(search)) (query[key] ??= []).push(value);
  return query;
}

export const urlFunctions: Functions = {
  "url(string): Url": (text: string) => {
    const url = parseUrl(text);
    if (url === undefined)
      throw new CelValueError(
        `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
      );
    return url;
  },
  "isURL(string): bool": (text: string) => parseUrl(text) !== undefined,
  "Url.getScheme(): string": (url: UrlValue) => url.scheme,
  "Url.getHost(): string": (url: UrlValue) => url.host,
  "Url.getHostname(): string": hostnameOf,
  "Url.getPort(): string": (url: UrlValue) => /:(\d*)$/.exec(url.host)?.[1] ?? "",
  "Url.getEscapedPath(): string": (url: UrlValue) => url.path,
  "Url.getQuery(): map<string, list<string>>": queryOf,
};
