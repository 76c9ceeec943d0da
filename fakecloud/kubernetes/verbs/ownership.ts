import type { RequestContext } from "../context.ts";
import { type Core, nowText } from "../core.ts";
import { ApplyError, applyPatch, type OtherVersions, trackUpdate } from "../library.ts";
import { type KubeObject, withMeta } from "../object.ts";
import type { Registry } from "../registry/registry.ts";
import type { Resource } from "../registry/resource.ts";
import { failure } from "../status.ts";

/** How the other served versions of a kind look; managers that wrote through them are compared there. */
function otherVersions(registry: Registry, resource: Resource): OtherVersions {
  return (apiVersion) => {
    const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
    const other = registry.find(resource.group, version, resource.plural);
    if (other === undefined) return undefined;
    return {
      schema: other.openApi,
      convert: (object) =>
        resource.conversion.convert([object as KubeObject], apiVersion)[0] ?? object,
    };
  };
}

/** What is written through a scale is recorded without a time. */
function timeOf(core: Core, { subresource }: RequestContext): string | undefined {
  return subresource === "scale" ? undefined : nowText(core);
}

/** The written object with a record of who owns which field of it. */
export function withOwners(
  core: Core,
  context: RequestContext,
  write: {
    readonly live: KubeObject | undefined;
    readonly updated: KubeObject;
    readonly manager: string;
  },
): KubeObject {
  const { resource } = context;
  const managedFields = trackUpdate({
    ...write,
    schema: resource.openApi,
    subresource: context.subresource,
    apiVersion: resource.apiVersion,
    time: timeOf(core, context),
    ...(resource.custom ? { versions: otherVersions(core.state.registry, resource) } : {}),
  });
  if (managedFields === write.updated.metadata.managedFields) return write.updated;
  return withMeta(write.updated, { managedFields });
}

export interface ApplyWrite {
  readonly live: KubeObject | undefined;
  readonly config: KubeObject;
  readonly manager: string;
  readonly force: boolean;
}

/** The live object with a configuration merged into it, as server-side apply defines; throws conflicts. */
export function applied(core: Core, context: RequestContext, write: ApplyWrite): KubeObject {
  const { resource } = context;
  try {
    const result = applyPatch({
      ...write,
      schema: resource.openApi,
      subresource: context.subresource,
      apiVersion: resource.apiVersion,
      time: timeOf(core, context),
      ...(resource.custom ? { versions: otherVersions(core.state.registry, resource) } : {}),
    });
    if ("object" in result) return result.object as unknown as KubeObject;
    throw conflicts(result.conflicts);
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error;
    const { code, message } = error;
    throw failure({ code, reason: code === 400 ? "BadRequest" : "", message });
  }
}

interface FieldConflict {
  /** As it is printed: `"name" using apps/v1`. */
  readonly manager: string;
  readonly field: string;
}

function conflicts(all: readonly FieldConflict[]): Error {
  return failure({
    code: 409,
    reason: "Conflict",
    message: conflictText(all),
    details: {
      causes: all.map(({ manager, field }) => ({
        reason: "FieldManagerConflict",
        message: `conflict with ${manager}`,
        field,
      })),
    },
  });
}

function conflictText(all: readonly FieldConflict[]): string {
  const [only, second] = all;
  if (only !== undefined && second === undefined) {
    return `Apply failed with 1 conflict: conflict with ${only.manager}: ${only.field}`;
  }
  const byManager = Map.groupBy(all, ({ manager }) => manager);
  const lines: string[] = [];
  for (const manager of [...byManager.keys()].sort()) {
    lines.push(`conflicts with ${manager}:`);
    for (const { field } of byManager.get(manager) ?? []) lines.push(`- ${field}`);
  }
  return `Apply failed with ${all.length} conflicts: ${lines.join("\n")}`;
}
