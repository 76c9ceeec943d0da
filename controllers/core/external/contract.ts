import type { LegacyCondition, MachineAddress } from "../../api/generated/definitions.ts";
import type { ExternalObject } from "./external-objects.ts";

type Fields = Readonly<Record<string, unknown>>;

function statusOf({ object }: ExternalObject): Fields {
  return object.status ?? {};
}

function specOf({ object }: ExternalObject): Fields {
  return object.spec ?? {};
}

function initializationOf(external: ExternalObject): Fields {
  return (statusOf(external)["initialization"] ?? {}) as Fields;
}

/** Of an infrastructure cluster or machine. */
export function isProvisioned(external: ExternalObject): boolean {
  return external.contract === "v1beta1"
    ? statusOf(external)["ready"] === true
    : initializationOf(external)["provisioned"] === true;
}

/** Of a bootstrap configuration. */
export function isDataSecretCreated(external: ExternalObject): boolean {
  return external.contract === "v1beta1"
    ? statusOf(external)["ready"] === true
    : initializationOf(external)["dataSecretCreated"] === true;
}

/** Of a control plane. */
export function isControlPlaneInitialized(external: ExternalObject): boolean {
  return external.contract === "v1beta1"
    ? statusOf(external)["initialized"] === true
    : initializationOf(external)["controlPlaneInitialized"] === true;
}

export function dataSecretNameOf(external: ExternalObject): string | undefined {
  return textOf(statusOf(external)["dataSecretName"]);
}

export function providerIdOf(external: ExternalObject): string | undefined {
  return textOf(specOf(external)["providerID"]);
}

export function addressesOf(external: ExternalObject): MachineAddress[] {
  return (statusOf(external)["addresses"] as MachineAddress[] | undefined) ?? [];
}

export function interruptibleOf(external: ExternalObject): boolean {
  return statusOf(external)["interruptible"] === true;
}

/** Where the machine really is; older providers say it in their spec. */
export function failureDomainOf(external: ExternalObject): {
  readonly status?: string;
  readonly spec?: string;
} {
  const status = textOf(statusOf(external)["failureDomain"]);
  const spec = textOf(specOf(external)["failureDomain"]);
  return { ...(status === undefined ? {} : { status }), ...(spec === undefined ? {} : { spec }) };
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Undefined while it has no host or no port. */
export function endpointOf(external: ExternalObject): Endpoint | undefined {
  const { host, port } = (specOf(external)["controlPlaneEndpoint"] ?? {}) as Partial<Endpoint>;
  return host === undefined || host === "" || port === undefined || port === 0
    ? undefined
    : { host, port };
}

export interface FailureDomain {
  name: string;
  controlPlane?: boolean;
  attributes?: Record<string, string>;
}

/** Sorted by name; a list in the newer contract, a map in the older one. */
export function failureDomainsOf(external: ExternalObject): FailureDomain[] {
  const value = statusOf(external)["failureDomains"];
  const domains = Array.isArray(value)
    ? (value as FailureDomain[])
    : Object.entries((value ?? {}) as Record<string, Omit<FailureDomain, "name">>).map(
        ([name, domain]) => ({ name, ...domain }),
      );
  return domains.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export interface ReportedCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export function conditionOf(external: ExternalObject, type: string): ReportedCondition | undefined {
  const conditions = statusOf(external)["conditions"] as readonly ReportedCondition[] | undefined;
  return conditions?.find((condition) => condition.type === type);
}

/** The condition Ready as v1beta1 has it. */
export function externalReadyInV1beta1(external: ExternalObject): LegacyCondition | undefined {
  type Conditions = readonly LegacyCondition[] | undefined;
  const status = statusOf(external) as {
    readonly conditions?: Conditions;
    readonly deprecated?: { readonly v1beta1?: { readonly conditions?: Conditions } };
  };
  const conditions =
    external.contract === "v1beta1" ? status.conditions : status.deprecated?.v1beta1?.conditions;
  return conditions?.find(({ type }) => type === "Ready");
}

/** A failure that the older contract calls terminal: nobody repairs the machine, somebody replaces it. */
export function failureOf(
  external: ExternalObject,
): { readonly reason: string; readonly message: string } | undefined {
  const status = statusOf(external);
  const [reason, message] = [textOf(status["failureReason"]), textOf(status["failureMessage"])];
  return reason === undefined && message === undefined
    ? undefined
    : { reason: reason ?? "", message: message ?? "" };
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
