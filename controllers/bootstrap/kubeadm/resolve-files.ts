import type { File, KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import { Secret } from "../../api/kubernetes.ts";
import type { Client } from "../../runtime/client.ts";
import { fromBase64 } from "../certificates/cluster-certificates.ts";
import { toYaml } from "./kubeadm-documents.ts";

type User = NonNullable<KubeadmConfigSpec["users"]>[number];

/** The user's files with their contents: those in Secrets are read, templates rendered. */
export async function resolveFiles(
  client: Client,
  namespace: string,
  spec: KubeadmConfigSpec,
  controlPlaneVersion: string | undefined,
): Promise<readonly File[]> {
  const files: File[] = [];
  for (const { contentFrom, contentFormat, ...file } of spec.files ?? []) {
    const what = "Failed to read content from secrets for spec.files";
    const content =
      contentFrom === undefined
        ? (file.content ?? "")
        : await readSecret(client, namespace, { ...contentFrom.secret, what });
    files.push({
      ...file,
      content:
        contentFormat === "Template" ? renderTemplate(content, controlPlaneVersion) : content,
    });
  }
  const discovery = discoveryFile(spec);
  return discovery === undefined ? files : [...files, discovery];
}

export async function resolveUsers(
  client: Client,
  namespace: string,
  spec: KubeadmConfigSpec,
): Promise<readonly User[]> {
  const users: User[] = [];
  for (const { passwdFrom, ...user } of spec.users ?? []) {
    const what = "Failed to read password from secrets for spec.users";
    if (passwdFrom === undefined) users.push(user);
    else {
      const passwd = await readSecret(client, namespace, { ...passwdFrom.secret, what });
      users.push({ ...user, passwd });
    }
  }
  return users;
}

async function readSecret(
  client: Client,
  namespace: string,
  { name, key, what }: { readonly name: string; readonly key: string; readonly what: string },
): Promise<string> {
  const secret = await client.get(Secret, { namespace, name });
  const value = secret?.data?.[key];
  if (value !== undefined) return fromBase64(value);
  const problem = secret === undefined ? "does not exist" : `has no key ${key}`;
  throw new Error(`${what}: Secret ${namespace}/${name} ${problem}`);
}

/** The only datum that a template may ask for is the version of the control plane. */
function renderTemplate(content: string, controlPlaneVersion: string | undefined): string {
  return content.replaceAll(/\{\{-?\s*(.*?)\s*-?\}\}/g, (action, expression: string) => {
    if (expression !== ".controlPlane.version") {
      throw new Error(`file template: ${action} is not known; use {{ .controlPlane.version }}`);
    }
    return controlPlaneVersion ?? "";
  });
}

/** File discovery may come with the kubeconfig itself, which is then written where kubeadm will look for it. */
function discoveryFile(spec: KubeadmConfigSpec): File | undefined {
  const file = spec.joinConfiguration?.discovery?.file;
  if (file?.kubeConfig === undefined) return undefined;
  const { cluster, user } = file.kubeConfig;
  const content = toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "default",
        cluster: {
          server: cluster?.server,
          "certificate-authority-data": cluster?.certificateAuthorityData,
          "insecure-skip-tls-verify": cluster?.insecureSkipTLSVerify,
          "proxy-url": cluster?.proxyURL,
          "tls-server-name": cluster?.tlsServerName,
        },
      },
    ],
    users: [{ name: "default", user: { exec: user.exec, "auth-provider": user.authProvider } }],
    contexts: [{ name: "default", context: { cluster: "default", user: "default" } }],
    "current-context": "default",
  });
  return { path: file.kubeConfigPath, owner: "root:root", permissions: "0640", content };
}
