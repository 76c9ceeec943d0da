import { formatTime } from "../../kernel/clock.ts";
import { type FieldError, invalidValue, requiredValue, unsupportedValue } from "../field-error.ts";
import { deepEqual } from "../json.ts";
import { checkStructural } from "../library.ts";
import { dns1035Label, dnsSubdomain } from "../names.ts";
import { type JsonObject, type KubeObject, withField } from "../object.ts";
import type { Strategy } from "../registry/strategies/strategy.ts";
import { hasCondition, record, records, text, texts } from "./definition.ts";
import { markTerminating } from "./terminating.ts";

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

function nameErrors(crd: KubeObject, spec: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = record(spec["names"]);
  const [group, plural, kind] = [text(spec["group"]), text(names["plural"]), text(names["kind"])];
  if (crd.metadata.name !== `${plural}.${group}`) {
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
  if (plural === "") errors.push(requiredValue("spec.names.plural"));
  if (kind === "") errors.push(requiredValue("spec.names.kind"));
  else if (kind === names["listKind"]) {
    const why = "kind and listKind may not be the same";
    errors.push(invalidValue("spec.names.listKind", kind, why));
  }
  return errors;
}

function scopeErrors(spec: JsonObject): readonly FieldError[] {
  const { scope } = spec;
  if (scope === undefined || scope === "") return [requiredValue("spec.scope")];
  if (scope === "Cluster" || scope === "Namespaced") return [];
  return [unsupportedValue("spec.scope", scope, ["Cluster", "Namespaced"])];
}

function versionErrors(spec: JsonObject): readonly FieldError[] {
  const versions = records(spec["versions"]);
  const errors: FieldError[] = [];
  const names = versions.map(({ name }) => text(name));
  if (new Set(names).size < names.length) {
    errors.push(invalidValue("spec.versions", versions, "must contain unique version names"));
  }
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    const why = "must have exactly one version marked as storage version";
    errors.push(invalidValue("spec.versions", versions, why));
  }
  for (const [index, version] of versions.entries()) {
    const at = `spec.versions[${index}]`;
    const name = text(version["name"]);
    errors.push(...dns1035Label(name).map((why) => invalidValue(`${at}.name`, name, why)));
    errors.push(...schemaErrors(`${at}.schema.openAPIV3Schema`, version));
    errors.push(...selectableErrors(at, version));
  }
  return errors;
}

function schemaErrors(at: string, version: JsonObject): readonly FieldError[] {
  const schema = record(version["schema"])["openAPIV3Schema"];
  if (schema === undefined) return [requiredValue(at, "schemas are required")];
  return checkStructural(schema).map((error) => ({
    ...error,
    field: error.field === "" ? at : `${at}.${error.field}`,
  }));
}

const mostSelectable = 8;

function selectableErrors(at: string, version: JsonObject): readonly FieldError[] {
  const fields = records(version["selectableFields"]);
  if (fields.length <= mostSelectable) return [];
  return [
    {
      type: "TooMany",
      field: `${at}.selectableFields`,
      message: `Too many: ${fields.length}: must have at most ${mostSelectable} items`,
    },
  ];
}

function conversionErrors(spec: JsonObject): readonly FieldError[] {
  const { strategy, webhook } = record(spec["conversion"]);
  if (strategy === "None") return [];
  const at = "spec.conversion";
  if (strategy !== "Webhook") {
    return [unsupportedValue(`${at}.strategy`, strategy ?? "", ["None", "Webhook"])];
  }
  if (webhook === undefined) {
    return [requiredValue(`${at}.webhook`, "required when strategy is set to Webhook")];
  }
  const versions = texts(record(webhook)["conversionReviewVersions"]);
  if (versions.length === 0) return [requiredValue(`${at}.webhook.conversionReviewVersions`)];
  if (versions.includes("v1") || versions.includes("v1beta1")) return [];
  const why = "must include at least one of v1, v1beta1";
  return [invalidValue(`${at}.webhook.conversionReviewVersions`, versions, why)];
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
  prepareCreate: withDefaults,
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
      ...nameErrors(crd, spec),
      ...scopeErrors(spec),
      ...versionErrors(spec),
      ...conversionErrors(spec),
      ...approvalErrors(crd, spec),
      ...(live === undefined ? [] : changeErrors(crd, live)),
    ];
  },
};
