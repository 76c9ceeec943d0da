import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { type ExecPlugin, PluginCredential } from "./exec-credential.ts";
import { HttpsTransport, type HttpsTransportOptions } from "./https-transport.ts";

interface NamedCluster {
  readonly name: string;
  readonly cluster: {
    readonly server: string;
    readonly "certificate-authority"?: string;
    readonly "certificate-authority-data"?: string;
    readonly "insecure-skip-tls-verify"?: boolean;
    readonly "tls-server-name"?: string;
  };
}

interface NamedUser {
  readonly name: string;
  readonly user: {
    readonly "client-certificate"?: string;
    readonly "client-certificate-data"?: string;
    readonly "client-key"?: string;
    readonly "client-key-data"?: string;
    readonly token?: string;
    readonly tokenFile?: string;
    readonly exec?: ExecPlugin;
    readonly "auth-provider"?: object;
  };
}

interface Kubeconfig {
  readonly "current-context"?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly clusters?: readonly NamedCluster[];
  readonly users?: readonly NamedUser[];
}

/** A kubeconfig that does not lead to an API server. */
export class KubeconfigError extends Error {
  override readonly name = "KubeconfigError";
}

/** A transport for the current context of a kubeconfig file. */
export function transportFromFile(file: string, userAgent?: string): HttpsTransport {
  return transportFromKubeconfig(readFileSync(file, "utf8"), {
    directory: dirname(file),
    ...(userAgent === undefined ? {} : { userAgent }),
  });
}

const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/** A transport for a pod's own cluster, or undefined outside of one. The kubelet rotates the token: it is read every time. */
export function transportInCluster(
  environment: Readonly<Record<string, string | undefined>>,
  directory = serviceAccount,
): HttpsTransport | undefined {
  const host = environment["KUBERNETES_SERVICE_HOST"];
  const port = environment["KUBERNETES_SERVICE_PORT"];
  if (host === undefined || port === undefined) return undefined;
  const name = host.includes(":") ? `[${host}]` : host;
  return new HttpsTransport({
    server: `https://${name}:${port}`,
    ca: readFileSync(resolve(directory, "ca.crt"), "utf8"),
    token: async () => readFileSync(resolve(directory, "token"), "utf8").trim(),
  });
}

/** A transport for the current context; paths in it are relative to `directory`. */
export function transportFromKubeconfig(
  text: string,
  options: { readonly directory?: string; readonly userAgent?: string } = {},
): HttpsTransport {
  const { directory = ".", userAgent } = options;
  const { cluster, user } = currentContext(parse(text) as Kubeconfig);
  const read = (data: string | undefined, file: string | undefined) => {
    if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
    return file === undefined ? undefined : readFileSync(resolve(directory, file), "utf8");
  };
  const certificate = read(user["client-certificate-data"], user["client-certificate"]);
  const privateKey = read(user["client-key-data"], user["client-key"]);
  const ca = read(cluster["certificate-authority-data"], cluster["certificate-authority"]);
  const serverName = cluster["tls-server-name"];
  return new HttpsTransport({
    server: cluster.server,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(cluster["insecure-skip-tls-verify"] === true ? { insecureSkipVerify: true } : {}),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...tokenOf({ user, cluster }, text, directory),
  });
}

function currentContext(config: Kubeconfig) {
  const name = config["current-context"];
  const context = config.contexts?.find((one) => one.name === name)?.context;
  const cluster = config.clusters?.find((one) => one.name === context?.cluster)?.cluster;
  const user = config.users?.find((one) => one.name === context?.user)?.user;
  if (cluster === undefined || user === undefined) {
    throw new KubeconfigError(
      `the kubeconfig's current-context ${JSON.stringify(name)} names no cluster and user that it has`,
    );
  }
  return { cluster, user };
}

/** Static tokens, token files that are read anew, and whatever a plug-in gives. */
function tokenOf(
  {
    user,
    cluster,
  }: { readonly user: NamedUser["user"]; readonly cluster: NamedCluster["cluster"] },
  text: string,
  directory: string,
): Pick<HttpsTransportOptions, "clientCertificate" | "onUnauthorized" | "token"> {
  const { token, tokenFile, exec } = user;
  if (tokenFile !== undefined) {
    return { token: async () => readFileSync(resolve(directory, tokenFile), "utf8").trim() };
  }
  if (token !== undefined) return { token: async () => token };
  if (exec !== undefined) {
    // As kubectl: a path is relative to the file, a bare name is looked up.
    const command = exec.command.includes("/") ? resolve(directory, exec.command) : exec.command;
    const plugin = new PluginCredential({ ...exec, command }, { cluster });
    return {
      token: async () => (await plugin.get()).token,
      clientCertificate: () => plugin.get(),
      onUnauthorized: () => plugin.refuse(),
    };
  }
  return user["auth-provider"] === undefined ? {} : { token: () => tokenFromProvider(text) };
}

/** The old providers are the client library's work; it is loaded only for those who have one. */
async function tokenFromProvider(text: string): Promise<string | undefined> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(text);
  const options: { headers?: Record<string, string> } = {};
  await config.applyToHTTPSOptions(options);
  return options.headers?.["Authorization"]?.replace(/^Bearer /, "");
}
