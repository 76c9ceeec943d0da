import type { KubeadmConfig, KubeadmConfigTemplate } from "../generated/bootstrap-v1beta2.ts";
import type { KubeadmConfigSpec } from "../generated/definitions.ts";
import { type FieldError, invalid, required } from "./field-error.ts";
import { refuseIfSet } from "./gates.ts";

type Errors = readonly FieldError[];

export function validateKubeadmConfig({ spec }: KubeadmConfig): Errors {
  return spec === undefined ? [] : validateKubeadmConfigSpec(spec, "spec");
}

export function validateKubeadmConfigTemplate({ spec }: KubeadmConfigTemplate): Errors {
  const inner = spec?.template.spec;
  return inner === undefined ? [] : validateKubeadmConfigSpec(inner, "spec.template.spec");
}

export function validateKubeadmConfigSpec(spec: KubeadmConfigSpec, field: string): Errors {
  return [
    ...validateFiles(spec.files, `${field}.files`),
    ...validateUsers(spec.users, `${field}.users`),
    ...validateIgnition(spec, field),
    ...validateDisks(spec.diskSetup, `${field}.diskSetup`),
    ...validateDiscovery(spec.joinConfiguration, `${field}.joinConfiguration`),
    ...validateTimeouts(spec, field),
  ];
}

function validateFiles(files: KubeadmConfigSpec["files"], field: string): Errors {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  for (const [index, file] of (files ?? []).entries()) {
    const at = `${field}[${index}]`;
    if (file.content !== undefined && file.contentFrom !== undefined) {
      errors.push(
        invalid(
          at,
          file.path,
          "only one of content or contentFrom may be specified for a single file",
        ),
      );
    }
    const secret = file.contentFrom?.secret;
    if (secret?.name === "") {
      errors.push(
        required(
          `${at}.contentFrom.secret.name`,
          "secret file source must specify non-empty secret name",
        ),
      );
    }
    if (secret?.key === "") {
      errors.push(
        required(
          `${at}.contentFrom.secret.key`,
          "secret file source must specify non-empty secret key",
        ),
      );
    }
    if (paths.has(file.path)) {
      errors.push(invalid(`${at}.path`, file.path, "path property must be unique among all files"));
    }
    paths.add(file.path);
  }
  return errors;
}

function validateUsers(users: KubeadmConfigSpec["users"], field: string): Errors {
  return (users ?? []).flatMap((user, index) => {
    const errors: FieldError[] = [];
    const at = `${field}[${index}]`;
    if (user.passwd !== undefined && user.passwdFrom !== undefined) {
      errors.push(
        invalid(
          at,
          user.name,
          "only one of passwd or passwdFrom may be specified for a single user",
        ),
      );
    }
    if (user.passwdFrom?.secret.name === "") {
      errors.push(
        required(
          `${at}.passwdFrom.secret.name`,
          "secret file source must specify non-empty secret name",
        ),
      );
    }
    return errors;
  });
}

function validateIgnition(spec: KubeadmConfigSpec, field: string): Errors {
  const format = spec.format === "ignition" ? spec.format : undefined;
  return [
    ...refuseIfSet(`${field}.format`, format, "KubeadmBootstrapFormatIgnition"),
    ...refuseIfSet(`${field}.ignition`, spec.ignition, "KubeadmBootstrapFormatIgnition"),
  ];
}

function validateDisks(disks: KubeadmConfigSpec["diskSetup"], field: string): Errors {
  return (disks?.partitions ?? []).flatMap(({ diskLayout = [] }, index) => {
    const sum = diskLayout.reduce((total, { percentage }) => total + percentage, 0);
    return sum <= 100
      ? []
      : [
          invalid(
            `${field}.partitions[${index}].diskLayout`,
            sum,
            "the sum of all partition percentages must not be greater than 100",
          ),
        ];
  });
}

function validateDiscovery(join: KubeadmConfigSpec["joinConfiguration"], field: string): Errors {
  const kubeConfig = join?.discovery?.file?.kubeConfig;
  if (kubeConfig === undefined) return [];
  const at = `${field}.discovery.file.kubeConfig.user`;
  const { authProvider, exec } = kubeConfig.user;
  if (authProvider !== undefined && exec !== undefined) {
    return [invalid(at, "", "either authProvider or exec must be defined")];
  }
  return authProvider === undefined && exec === undefined
    ? [required(at, "at least one of authProvider or exec must be defined")]
    : [];
}

/** kubeadm has one timeout for both; v1beta1 of this API has even just one field. */
function validateTimeouts(spec: KubeadmConfigSpec, field: string): Errors {
  const name = "controlPlaneComponentHealthCheckSeconds";
  const init = spec.initConfiguration?.timeouts?.[name];
  const join = spec.joinConfiguration?.timeouts?.[name];
  if (init === undefined || join === undefined || init === join) return [];
  return [
    invalid(
      `${field}.initConfiguration.timeouts.${name}`,
      init,
      `must be equal to ${field}.joinConfiguration.timeouts.${name}`,
    ),
  ];
}
