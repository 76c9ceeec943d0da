import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResult,
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  GetLaunchTemplateDataRequest,
  GetLaunchTemplateDataResult,
  LaunchTemplate as WireTemplate,
  LaunchTemplateVersion as WireVersion,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
  RequestLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import type { CallContext } from "../service.ts";
import { describe, paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, missingParameter, required } from "./errors.ts";
import { applyFilters } from "./filters.ts";
import { findTemplate, findVersion, requireVersion } from "./launch-template-data.ts";
import type { LaunchTemplate, LaunchTemplateVersion } from "./records.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function createLaunchTemplate(
  region: Ec2Region,
  input: CreateLaunchTemplateRequest,
  call: CallContext,
): CreateLaunchTemplateResult {
  const name = required(input.LaunchTemplateName, "LaunchTemplateName");
  if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) {
    const message = `The launch template name '${name}' is invalid. A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.`;
    throw ec2Error("InvalidLaunchTemplateName.MalformedException", message);
  }
  const data = requireData(input.LaunchTemplateData);
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateLaunchTemplate", token, asked, () => {
    if (region.launchTemplates.some((one) => one.name === name)) {
      const message = "Launch template name already in use.";
      throw ec2Error("InvalidLaunchTemplateName.AlreadyExistsException", message);
    }
    const launchTemplateId = region.newId("lt", name);
    const made = { createdAtMs: region.now(), createdBy: call.principal.arn };
    region.launchTemplates.add(launchTemplateId, {
      launchTemplateId,
      name,
      ...made,
      defaultVersion: 1,
      latestVersion: 1,
      versions: [{ version: 1, description: input.VersionDescription, ...made, data }],
      tags: tagsFor(input.TagSpecifications, "launch-template"),
    });
    return launchTemplateId;
  });
  const template = region.launchTemplates.peek(id);
  return template === undefined ? {} : { LaunchTemplate: templateToWire(template) };
}

function requireData(data: RequestLaunchTemplateData | undefined): RequestLaunchTemplateData {
  if (data === undefined || Object.keys(data).length === 0) {
    throw missingParameter("LaunchTemplateData");
  }
  return data;
}

function templateToWire(template: LaunchTemplate): WireTemplate {
  return {
    LaunchTemplateId: template.launchTemplateId,
    LaunchTemplateName: template.name,
    CreateTime: toDate(template.createdAtMs),
    CreatedBy: template.createdBy,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.latestVersion,
    Tags: tagsToWire(template.tags),
  };
}

function versionToWire(template: LaunchTemplate, version: LaunchTemplateVersion): WireVersion {
  return {
    LaunchTemplateId: template.launchTemplateId,
    LaunchTemplateName: template.name,
    VersionNumber: version.version,
    ...(version.description === undefined ? {} : { VersionDescription: version.description }),
    CreateTime: toDate(version.createdAtMs),
    CreatedBy: version.createdBy,
    DefaultVersion: version.version === template.defaultVersion,
    LaunchTemplateData: version.data,
  };
}

/** With a source version, what is not said is taken from there. */
export function createLaunchTemplateVersion(
  region: Ec2Region,
  input: CreateLaunchTemplateVersionRequest,
  call: CallContext,
): CreateLaunchTemplateVersionResult {
  const template = findTemplate(region, input);
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateLaunchTemplateVersion", token, asked, () => {
    const base =
      input.SourceVersion === undefined
        ? undefined
        : requireVersion(template, input.SourceVersion).data;
    const data = requireData({ ...base, ...input.LaunchTemplateData });
    const version = template.latestVersion + 1;
    const made = { createdAtMs: region.now(), createdBy: call.principal.arn };
    const fresh = { version, description: input.VersionDescription, ...made, data };
    template.versions = [...template.versions, fresh];
    template.latestVersion = version;
    return `${version}`;
  });
  return { LaunchTemplateVersion: versionToWire(template, requireVersion(template, id)) };
}

export function describeLaunchTemplates(
  region: Ec2Region,
  input: DescribeLaunchTemplatesRequest,
): DescribeLaunchTemplatesResult {
  const names = input.LaunchTemplateNames ?? [];
  const byName = names.map((name) => findTemplate(region, { LaunchTemplateName: name }));
  const ids = [
    ...(input.LaunchTemplateIds ?? []),
    ...byName.map(({ launchTemplateId }) => launchTemplateId),
  ];
  const { items, ...token } = describe(
    region.launchTemplates,
    {
      ids,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "create-time": ({ createdAtMs }) => toDate(createdAtMs).toISOString(),
      "launch-template-name": ({ name }) => name,
    },
    { min: 1, max: 200 },
  );
  return { LaunchTemplates: items.map(templateToWire), ...token };
}

/** Without a template only the newest or the default versions of all of them can be asked for. */
export function describeLaunchTemplateVersions(
  region: Ec2Region,
  input: DescribeLaunchTemplateVersionsRequest,
): DescribeLaunchTemplateVersionsResult {
  const { Versions: wanted = [], LaunchTemplateId: id, LaunchTemplateName: name } = input;
  const entries =
    id === undefined && name === undefined
      ? versionsOfAll(region, wanted)
      : versionsOfOne(findTemplate(region, input), input);
  const filtered = applyFilters(
    entries.map((entry) => ({ ...entry, tags: entry.template.tags })),
    input.Filters,
    {
      "create-time": ({ version }) => toDate(version.createdAtMs).toISOString(),
      "image-id": ({ version }) => version.data.ImageId,
      "instance-type": ({ version }) => version.data.InstanceType,
      "is-default-version": ({ template, version }) => version.version === template.defaultVersion,
    },
  );
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(filtered, page, { min: 1, max: 200 });
  return {
    LaunchTemplateVersions: items.map(({ template, version }) => versionToWire(template, version)),
    ...token,
  };
}

interface Entry {
  readonly template: LaunchTemplate;
  readonly version: LaunchTemplateVersion;
}

function versionsOfAll(region: Ec2Region, wanted: readonly string[]): readonly Entry[] {
  const allowed = ["$Latest", "$Default"];
  if (wanted.length === 0 || wanted.some((one) => !allowed.includes(one))) {
    throw missingParameter("LaunchTemplateId or LaunchTemplateName");
  }
  return region.launchTemplates
    .visible()
    .flatMap((template) =>
      wanted.map((one) => ({ template, version: requireVersion(template, one) })),
    );
}

function versionsOfOne(
  template: LaunchTemplate,
  input: DescribeLaunchTemplateVersionsRequest,
): readonly Entry[] {
  const { Versions: wanted = [], MinVersion, MaxVersion } = input;
  const min = MinVersion === undefined ? 0 : Number(MinVersion);
  const max = MaxVersion === undefined ? Number.POSITIVE_INFINITY : Number(MaxVersion);
  const chosen =
    wanted.length > 0
      ? [...new Set(wanted.map((one) => requireVersion(template, one)))]
      : template.versions.filter(({ version }) => version >= min && version <= max);
  // Newest first, as the real one lists them.
  return chosen.toSorted((a, b) => b.version - a.version).map((version) => ({ template, version }));
}

export function modifyLaunchTemplate(
  region: Ec2Region,
  input: ModifyLaunchTemplateRequest,
): ModifyLaunchTemplateResult {
  const template = findTemplate(region, input);
  const version = requireVersion(template, required(input.DefaultVersion, "SetDefaultVersion"));
  template.defaultVersion = version.version;
  return { LaunchTemplate: templateToWire(template) };
}

export function deleteLaunchTemplate(
  region: Ec2Region,
  input: DeleteLaunchTemplateRequest,
): DeleteLaunchTemplateResult {
  const template = findTemplate(region, input);
  region.launchTemplates.delete(template.launchTemplateId);
  return { LaunchTemplate: templateToWire(template) };
}

const maxDeleted = 200;

/** Each version succeeds or fails by itself; the default one cannot go. */
export function deleteLaunchTemplateVersions(
  region: Ec2Region,
  input: DeleteLaunchTemplateVersionsRequest,
): DeleteLaunchTemplateVersionsResult {
  const template = findTemplate(region, input);
  const wanted = input.Versions ?? [];
  if (wanted.length === 0 || wanted.length > maxDeleted) throw missingParameter("Versions");
  const { launchTemplateId, name } = template;
  const describeItem = (version: string) => ({
    LaunchTemplateId: launchTemplateId,
    LaunchTemplateName: name,
    VersionNumber: Number(version),
  });
  const failures = new Map<
    string,
    {
      readonly Code: "unexpectedError" | "launchTemplateVersionDoesNotExist";
      readonly Message: string;
    }
  >();
  for (const one of wanted) {
    const version = findVersion(template, one);
    if (version === undefined) {
      const Message = `Could not find launch template version ${one} for launch template ${launchTemplateId}`;
      failures.set(one, { Code: "launchTemplateVersionDoesNotExist", Message });
    } else if (version.version === template.defaultVersion) {
      const Message = "The default version of a launch template cannot be deleted.";
      failures.set(one, { Code: "unexpectedError", Message });
    }
  }
  const gone = wanted.filter((one) => !failures.has(one));
  const numbers = gone.map((one) => findVersion(template, one)?.version);
  template.versions = template.versions.filter(({ version }) => !numbers.includes(version));
  return {
    SuccessfullyDeletedLaunchTemplateVersions: gone.map(describeItem),
    UnsuccessfullyDeletedLaunchTemplateVersions: [...failures].map(([version, ResponseError]) => ({
      ...describeItem(version),
      ResponseError,
    })),
  };
}

/** A template as a running instance would need it. */
export function getLaunchTemplateData(
  region: Ec2Region,
  input: GetLaunchTemplateDataRequest,
): GetLaunchTemplateDataResult {
  const instance = region.instances.require(required(input.InstanceId, "InstanceId"));
  if (instance.state === "terminated") {
    throw invalidParameter(`Instance ${instance.instanceId} is terminated`);
  }
  return {
    LaunchTemplateData: {
      ImageId: instance.imageId,
      InstanceType: instance.instanceType as "m5.large",
      ...(instance.keyName === undefined ? {} : { KeyName: instance.keyName }),
      ...(instance.userData === "" ? {} : { UserData: instance.userData }),
      EbsOptimized: instance.ebsOptimized,
      DisableApiTermination: instance.disableApiTermination,
      TagSpecifications: [{ ResourceType: "instance", Tags: tagsToWire(instance.tags) }],
    },
  };
}
