import { clientConfigErrors, reviewVersionErrors } from "./client-config.ts";
import { formatTime } from "../../kernel/clock.ts";
import { type FieldError, invalidValue, requiredValue, unsupportedValue } from "../field-error.ts";
import { deepEqual } from "../json.ts";
import { dns1035Label, dnsSubdomain } from "../names.ts";
import { type JsonObject, type KubeObject, withField } from "../object.ts";
import type { Strategy } from "../registry/strategies/strategy.ts";
import { hasCondition, record, records, text, texts } from "./definition.ts";
import { markTerminating } from "./terminating.ts";
import { versionErrors } from "./version-checks.ts";

/** A definition with what its author may leave out. */
function withDefaults(crd: KubeObject): KubeObject {
  const spec = record(crd["spec"]);
  const names = record(spec["names"]);
  const kind = text(names["kind"]);
  const completed = {
    ...names,
    singular: text(names["singular"]) || kind.toLowerCase(),
    listKind: text(names["listKind"]) || (kind === "" ? "" : `${kind}List`),
  };
  return withField(crd, "spec", {
    ...spec,
    names: completed,
    conversion: spec["conversion"] ?? { strategy: "None" },
  });
}

/** From the first moment on the storage version counts as one in which objects are stored. */
function withStoredVersions(crd: KubeObject): KubeObject {
  const stored = records(record(crd["spec"])["versions"])
    .filter(({ storage }) => storage === true)
    .map(({ name }) => text(name));
  if (stored.length === 0) return crd;
  return withField(crd, "status", {
    conditions: [],
    acceptedNames: { plural: "", kind: "" },
    storedVersions: stored,
  });
}

function nameErrors(
  crd: KubeObject,
  spec: JsonObject,
  live: KubeObject | undefined,
): readonly FieldError[] {
  const names = record(spec["names"]);
  const [group, plural] = [text(spec["group"]), text(names["plural"])];
  const errors: FieldError[] = [];
  if (live === undefined && crd.metadata.name !== `${plural}.${group}`) {
    const why = 'must be spec.names.plural+"."+spec.group';
    errors.push(invalidValue("metadata.name", crd.metadata.name ?? "", why));
  }
  if (group === "") errors.push(requiredValue("spec.group"));
  else {
    errors.push(...dnsSubdomain(group).map((why) => invalidValue("spec.group", group, why)));
    if (!group.includes(".")) {
      const why = "should be a domain with at least one dot";
      errors.push(invalidValue("spec.group", group, why));
    }
  }
  return [...errors, ...labelErrors(names)];
}

/** Each name must be there and fit into a path; kinds may use capitals. */
function labelErrors(names: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ["plural", "singular", "kind", "listKind"]) {
    const name = text(names[field]);
    const at = `spec.names.${field}`;
    if (name === "") errors.push(requiredValue(at));
    else {
      const checked = field === "kind" || field === "listKind" ? name.toLowerCase() : name;
      errors.push(...dns1035Label(checked).map((why) => invalidValue(at, name, why)));
    }
  }
  if (text(names["kind"]) !== "" && names["kind"] === names["listKind"]) {
    const why = "kind and listKind may not be the same";
    errors.push(invalidValue("spec.names.listKind", names["listKind"], why));
  }
  return errors;
}

function scopeErrors(spec: JsonObject): readonly FieldError[] {
  const { scope } = spec;
  if (scope === undefined || scope === "") return [requiredValue("spec.scope")];
  if (scope === "Cluster" || scope === "Namespaced") return [];
  return [unsupportedValue("spec.scope", scope, ["Cluster", "Namespaced"])];
}

/** The names of the fields in these complaints are those of the old API. */
function conversionErrors(spec: JsonObject): readonly FieldError[] {
  const { strategy, webhook } = record(spec["conversion"]);
  if (strategy === "None") return [];
  const at = "spec.conversion";
  if (strategy !== "Webhook") {
    return [unsupportedValue(`${at}.strategy`, strategy ?? "", ["None", "Webhook"])];
  }
  const { clientConfig, conversionReviewVersions } = record(webhook);
  const errors: FieldError[] = [];
  if (clientConfig === undefined) {
    const why = "required when strategy is set to Webhook";
    errors.push(requiredValue(`${at}.webhookClientConfig`, why));
  } else errors.push(...clientConfigErrors(`${at}.webhookClientConfig`, record(clientConfig)));
  const versions = texts(conversionReviewVersions);
  const inList = `${at}.conversionReviewVersions`;
  if (versions.length === 0) return [...errors, requiredValue(inList)];
  return [...errors, ...reviewVersionErrors(inList, versions)];
}

function preserveErrors(spec: JsonObject): readonly FieldError[] {
  if (spec["preserveUnknownFields"] !== true) return [];
  const why =
    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
  return [invalidValue("spec.preserveUnknownFields", true, why)];
}

const approval = "api-approved.kubernetes.io";

/** Groups that belong to the community need its approval. */
function approvalErrors(crd: KubeObject, spec: JsonObject): readonly FieldError[] {
  const group = text(spec["group"]);
  const isProtected = [".k8s.io", ".kubernetes.io"].some((suffix) => group.endsWith(suffix));
  const value = crd.metadata.annotations?.[approval] ?? "";
  if (!isProtected || value.startsWith("unapproved") || /^https?:\/\//.test(value)) return [];
  const at = `metadata.annotations[${approval}]`;
  const more = "see https://github.com/kubernetes/enhancements/pull/1111";
  if (value === "") {
    const why = `protected groups must have approval annotation "${approval}", ${more}`;
    return [requiredValue(at, why)];
  }
  return [
    invalidValue(
      at,
      value,
      `protected groups must have approval annotation "${approval}" with either a URL or a reason starting with "unapproved", ${more}`,
    ),
  ];
}

function changeErrors(crd: KubeObject, live: KubeObject): readonly FieldError[] {
  const [now, before] = [record(crd["spec"]), record(live["spec"])];
  const [names, oldNames] = [record(now["names"]), record(before["names"])];
  const immutable = (field: string, value: unknown, old: unknown) =>
    deepEqual(value, old) ? [] : [invalidValue(field, value ?? null, "field is immutable")];
  return [
    ...immutable("spec.group", now["group"], before["group"]),
    ...immutable("spec.scope", now["scope"], before["scope"]),
    ...immutable("spec.names.plural", names["plural"], oldNames["plural"]),
    ...(hasCondition(live, "Established")
      ? immutable("spec.names.kind", names["kind"], oldNames["kind"])
      : []),
    ...storedVersionErrors(crd),
  ];
}

/** A version in which objects may still be stored must stay. */
function storedVersionErrors(crd: KubeObject): readonly FieldError[] {
  const versions = records(record(crd["spec"])["versions"]).map(({ name }) => text(name));
  return texts(record(crd["status"])["storedVersions"]).flatMap((stored, index) => {
    if (versions.includes(stored)) return [];
    const why = `missing from spec.versions; ${stored} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${stored} and removes ${stored} from status.storedVersions`;
    return [invalidValue(`status.storedVersions[${index}]`, stored, why)];
  });
}

/** A definition that goes away first takes its objects with it: its own finalizer holds it until they are gone. */
export const definitions: Strategy = {
  prepareCreate: (crd) => withStoredVersions(withDefaults(crd)),
  prepareUpdate: withDefaults,
  prepareDelete: (live, { clock }) =>
    markTerminating(live, formatTime(clock.now()), {
      status: "True",
      reason: "InstanceDeletionPending",
      message:
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    }),
  validate: (crd, live) => {
    const spec = record(crd["spec"]);
    // What did not change was checked when it was written.
    if (live !== undefined && deepEqual(spec, live["spec"])) return storedVersionErrors(crd);
    return [
      ...nameErrors(crd, spec, live),
      ...scopeErrors(spec),
      ...versionErrors(spec),
      ...conversionErrors(spec),
      ...preserveErrors(spec),
      ...approvalErrors(crd, spec),
      ...(live === undefined ? [] : changeErrors(crd, live)),
    ];
  },
};
