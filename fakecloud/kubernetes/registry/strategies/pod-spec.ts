import { record, records, text } from "../../crds/definition.ts";
import {
  duplicateValue,
  type FieldError,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from "../../field-error.ts";
import { dnsLabel } from "../../names.ts";
import type { JsonObject } from "../../object.ts";

const pullPolicies = ["Always", "IfNotPresent", "Never"];
const protocols = ["TCP", "UDP", "SCTP"];
const restartPolicies = ["Always", "OnFailure", "Never"];

/** What is wrong with the spec of a pod, or of a template for pods, at `path`. */
export function podSpecErrors(
  path: string,
  spec: JsonObject,
  allowedRestarts: readonly string[] = restartPolicies,
): readonly FieldError[] {
  const volumes = records(spec["volumes"]).map(({ name }) => text(name));
  return [
    ...volumeErrors(`${path}.volumes`, volumes),
    ...containerErrors(`${path}.containers`, records(spec["containers"]), volumes),
    ...listErrors(`${path}.initContainers`, records(spec["initContainers"]), volumes),
    ...restartErrors(`${path}.restartPolicy`, spec["restartPolicy"], allowedRestarts),
  ];
}

function restartErrors(
  field: string,
  policy: unknown,
  allowed: readonly string[],
): readonly FieldError[] {
  return policy === undefined || allowed.includes(text(policy))
    ? []
    : [unsupportedValue(field, policy, allowed)];
}

function nameErrors(field: string, name: unknown): readonly FieldError[] {
  if (text(name) === "") return [requiredValue(field)];
  return dnsLabel(text(name)).map((why) => invalidValue(field, name, why));
}

function volumeErrors(path: string, names: readonly string[]): readonly FieldError[] {
  return names.flatMap((name, index) => [
    ...nameErrors(`${path}[${index}].name`, name),
    ...(name !== "" && names.indexOf(name) < index
      ? [duplicateValue(`${path}[${index}].name`, name)]
      : []),
  ]);
}

function containerErrors(
  path: string,
  containers: readonly JsonObject[],
  volumes: readonly string[],
): readonly FieldError[] {
  return containers.length === 0 ? [requiredValue(path)] : listErrors(path, containers, volumes);
}

function listErrors(
  path: string,
  containers: readonly JsonObject[],
  volumes: readonly string[],
): readonly FieldError[] {
  const names = containers.map(({ name }) => text(name));
  return containers.flatMap((container, index) => {
    const at = `${path}[${index}]`;
    const isRepeated = names.indexOf(text(container["name"])) < index;
    return [
      ...oneContainerErrors(at, container),
      ...(isRepeated ? [duplicateValue(`${at}.name`, container["name"])] : []),
      ...records(container["ports"]).flatMap((port, place) =>
        portErrors(`${at}.ports[${place}]`, port),
      ),
      ...records(container["volumeMounts"]).flatMap((mount, place) =>
        mountErrors(`${at}.volumeMounts[${place}]`, mount, volumes),
      ),
    ];
  });
}

function oneContainerErrors(at: string, container: JsonObject): readonly FieldError[] {
  const { name, image, imagePullPolicy } = container;
  return [
    ...nameErrors(`${at}.name`, name),
    ...(text(image) === "" ? [requiredValue(`${at}.image`)] : []),
    ...(imagePullPolicy === undefined || pullPolicies.includes(text(imagePullPolicy))
      ? []
      : [unsupportedValue(`${at}.imagePullPolicy`, imagePullPolicy, pullPolicies)]),
  ];
}

function portErrors(at: string, { containerPort, protocol }: JsonObject): readonly FieldError[] {
  const isPort = typeof containerPort === "number" && containerPort > 0 && containerPort < 65_536;
  const field = `${at}.containerPort`;
  return [
    ...(isPort
      ? []
      : containerPort === undefined || containerPort === 0
        ? [requiredValue(field)]
        : [invalidValue(field, containerPort, "must be between 1 and 65535, inclusive")]),
    ...(protocol === undefined || protocols.includes(text(protocol))
      ? []
      : [unsupportedValue(`${at}.protocol`, protocol, protocols)]),
  ];
}

function mountErrors(
  at: string,
  { name, mountPath }: JsonObject,
  volumes: readonly string[],
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (text(name) === "") errors.push(requiredValue(`${at}.name`));
  if (text(mountPath) === "") errors.push(requiredValue(`${at}.mountPath`));
  if (text(name) !== "" && !volumes.includes(text(name))) {
    errors.push({
      type: "NotFound",
      field: `${at}.name`,
      message: `Not found: ${JSON.stringify(name)}`,
    });
  }
  return errors;
}

/** The same for the template in a workload. */
export function templateErrors(
  path: string,
  template: unknown,
  allowedRestarts?: readonly string[],
): readonly FieldError[] {
  return podSpecErrors(`${path}.spec`, record(record(template)["spec"]), allowedRestarts);
}
