import type {
  RequestLaunchTemplateData,
  RunInstancesRequest,
  TagSpecification,
} from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter } from "./errors.ts";
import type { LaunchTemplate, LaunchTemplateVersion } from "./records.ts";

interface Wanted {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

/** By id or name; both or neither is an error. */
export function findTemplate(region: Ec2Region, wanted: Wanted): LaunchTemplate {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = wanted;
  if ((id === undefined) === (name === undefined)) {
    const message =
      "Either the launch template ID or the launch template name must be specified, but not both.";
    throw ec2Error(id === undefined ? "MissingParameter" : "InvalidParameterCombination", message);
  }
  if (id !== undefined) return region.launchTemplates.require(id);
  const found = region.launchTemplates.visible().find((one) => one.name === name);
  if (found !== undefined) return found;
  const message = `The specified launch template, with template name ${name}, does not exist.`;
  throw ec2Error("InvalidLaunchTemplateName.NotFoundException", message);
}

/** "3", "$Latest", "$Default"; nothing means the default. */
export function findVersion(
  template: LaunchTemplate,
  wanted: string | undefined,
): LaunchTemplateVersion | undefined {
  if (wanted === "$Latest") return versionOf(template, template.latestVersion);
  if (wanted === undefined || wanted === "" || wanted === "$Default") {
    return versionOf(template, template.defaultVersion);
  }
  if (!/^\d+$/.test(wanted)) {
    throw invalidParameter(`Invalid launch template version: ${wanted}`);
  }
  return versionOf(template, Number(wanted));
}

function versionOf(template: LaunchTemplate, version: number): LaunchTemplateVersion | undefined {
  return template.versions.find((one) => one.version === version);
}

export function requireVersion(
  template: LaunchTemplate,
  wanted: string | undefined,
): LaunchTemplateVersion {
  const found = findVersion(template, wanted);
  if (found !== undefined) return found;
  const message = `Could not find the specified version ${wanted} for the launch template with ID ${template.launchTemplateId}.`;
  throw ec2Error("InvalidLaunchTemplateId.VersionNotFound", message);
}

/** The request of a launch with what its template says; what the request says itself wins, tags key by key. */
export function withTemplate(region: Ec2Region, input: RunInstancesRequest): RunInstancesRequest {
  const { LaunchTemplate: wanted, ...own } = input;
  if (wanted === undefined) return input;
  const template = findTemplate(region, wanted);
  const { data } = requireVersion(template, wanted.Version);
  const { TagSpecifications: ownTags, ...rest } = own;
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const merged = {
    ...(data as Partial<RunInstancesRequest>),
    ...said,
    TagSpecifications: joinTags(data, ownTags),
  };
  return { ...merged, MinCount: input.MinCount, MaxCount: input.MaxCount };
}

function joinTags(
  data: RequestLaunchTemplateData,
  own: readonly TagSpecification[] | undefined,
): TagSpecification[] {
  const byType = new Map<string, Map<string, string>>([["instance", new Map()]]);
  for (const { ResourceType: type = "", Tags: tags = [] } of [
    ...((data.TagSpecifications ?? []) as TagSpecification[]),
    ...(own ?? []),
  ]) {
    const known = byType.get(type) ?? new Map<string, string>();
    for (const { Key: key = "", Value: value = "" } of tags) known.set(key, value);
    byType.set(type, known);
  }
  return [...byType].map(([type, tags]) => ({
    ResourceType: type as "instance",
    Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
  }));
}

/** The tags that AWS puts on instances of a template by itself. */
export function templateTags(
  region: Ec2Region,
  input: RunInstancesRequest,
): readonly (readonly [string, string])[] {
  if (input.LaunchTemplate === undefined) return [];
  const template = findTemplate(region, input.LaunchTemplate);
  const { version } = requireVersion(template, input.LaunchTemplate.Version);
  return [
    ["aws:ec2launchtemplate:id", template.launchTemplateId],
    ["aws:ec2launchtemplate:version", `${version}`],
  ];
}
