import { dryRunErrors, isTrue, query, queryInteger, type RequestContext } from "../context.ts";
import { type FieldError, invalid, invalidValue, unsupportedValue } from "../field-error.ts";
import { isObject } from "../object.ts";
import { badRequest } from "../status.ts";

export type PropagationPolicy = "Background" | "Foreground" | "Orphan";

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: PropagationPolicy;
  /** The old way of saying Orphan (true) or Background (false). */
  readonly orphanDependents?: boolean;
  readonly dryRun: boolean;
}

const policies = ["Foreground", "Background", "Orphan"];

/** Options come from the body if there is one, else from the query; the two are never merged. */
export function deleteOptions(context: RequestContext): DeleteOptions {
  const { body } = context.request;
  const raw = body === undefined || body === null ? fromQuery(context) : body;
  if (!isObject(raw)) throw badRequest("the DeleteOptions are no object");
  const errors = validate(raw);
  if (errors.length > 0) {
    throw invalid({ group: "meta.k8s.io", kind: "DeleteOptions", name: "" }, errors);
  }
  const { orphanDependents, dryRun } = raw;
  const { uid, resourceVersion } = isObject(raw["preconditions"]) ? raw["preconditions"] : {};
  return {
    ...graceOf(raw["gracePeriodSeconds"]),
    ...(typeof uid === "string" ? { uid } : {}),
    ...(typeof resourceVersion === "string" ? { resourceVersion } : {}),
    ...policyOf(raw["propagationPolicy"]),
    ...(typeof orphanDependents === "boolean" ? { orphanDependents } : {}),
    dryRun: Array.isArray(dryRun) && dryRun.length > 0,
  };
}

function graceOf(seconds: unknown): Pick<DeleteOptions, "gracePeriodSeconds"> {
  if (typeof seconds !== "number") return {};
  return { gracePeriodSeconds: seconds < 0 ? 1 : seconds };
}

function policyOf(policy: unknown): Pick<DeleteOptions, "propagationPolicy"> {
  if (typeof policy !== "string" || policy === "") return {};
  return { propagationPolicy: policy as PropagationPolicy };
}

function fromQuery(context: RequestContext): Readonly<Record<string, unknown>> {
  const grace = queryInteger(context, "gracePeriodSeconds");
  const policy = query(context, "propagationPolicy");
  const orphan = query(context, "orphanDependents");
  const { dryRun } = context.request.query;
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(policy === "" ? {} : { propagationPolicy: policy }),
    ...(orphan === "" ? {} : { orphanDependents: isTrue(orphan) }),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

function validate(raw: Readonly<Record<string, unknown>>): readonly FieldError[] {
  const { propagationPolicy, orphanDependents, dryRun } = raw;
  const errors: FieldError[] = [];
  if (typeof propagationPolicy === "string" && propagationPolicy !== "") {
    if (typeof orphanDependents === "boolean") {
      errors.push(
        invalidValue(
          "propagationPolicy",
          propagationPolicy,
          "orphanDependents and deletionPropagation cannot be both set",
        ),
      );
    }
    if (!policies.includes(propagationPolicy)) {
      errors.push(unsupportedValue("propagationPolicy", propagationPolicy, [...policies, "nil"]));
    }
  }
  errors.push(...dryRunErrors(dryRun as readonly string[] | undefined));
  return errors;
}
