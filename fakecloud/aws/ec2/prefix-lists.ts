import { hash } from "node:crypto";
import type {
  AddPrefixListEntry,
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  ManagedPrefixList,
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult,
} from "@aws-sdk/client-ec2";
import { parseCidr } from "./cidr.ts";
import { paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { dependencyViolation, ec2Error, invalidParameter, required } from "./errors.ts";
import { applyFilters } from "./filters.ts";
import type { PrefixList } from "./records.ts";
import { servicePrefixes } from "./tables/endpoint-services.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

interface Listed extends PrefixList {
  readonly ownerId: string;
  readonly arn: string;
}

/** Lists that AWS keeps for its own services: the same in every account of a region. */
function awsLists(region: string): readonly Listed[] {
  return Object.entries(servicePrefixes).map(([service, cidrs]) => {
    const name = `com.amazonaws.${region}.${service}`;
    const prefixListId = `pl-${hash("sha256", name, "hex").slice(0, 8)}`;
    return {
      prefixListId,
      name,
      addressFamily: "IPv4",
      maxEntries: cidrs.length,
      version: 1,
      entries: cidrs.map((cidr) => ({ cidr, description: undefined })),
      tags: new Map(),
      ownerId: "AWS",
      arn: `arn:aws:ec2:${region}:aws:prefix-list/${prefixListId}`,
    };
  });
}

/** The list of a service that has a gateway endpoint. */
export function servicePrefixListId(region: string, serviceName: string): string | undefined {
  return awsLists(region).find(({ name }) => name === serviceName)?.prefixListId;
}

export function cidrsOf(region: Ec2Region, prefixListId: string): readonly string[] | undefined {
  const own = region.prefixLists.peek(prefixListId);
  const list = own ?? awsLists(region.region).find((one) => one.prefixListId === prefixListId);
  return list?.entries.map(({ cidr }) => cidr);
}

function allLists(region: Ec2Region): readonly Listed[] {
  const own = region.prefixLists.visible().map((list) => listed(region, list));
  return [...awsLists(region.region), ...own];
}

function listed(region: Ec2Region, list: PrefixList): Listed {
  const arn = region.arn("prefix-list", list.prefixListId);
  return { ...list, ownerId: region.accountId, arn };
}

/** Those of the ids, an unknown one is an error; all without ids. */
function choose(region: Ec2Region, ids: readonly string[] = []): readonly Listed[] {
  const all = allLists(region);
  if (ids.length === 0) return all;
  return ids.map((id) => {
    const found = all.find(({ prefixListId }) => prefixListId === id);
    if (found !== undefined) return found;
    region.prefixLists.checkId(id);
    throw ec2Error("InvalidPrefixListID.NotFound", `The prefix list ID '${id}' does not exist`);
  });
}

export function describeManagedPrefixLists(
  region: Ec2Region,
  input: DescribeManagedPrefixListsRequest,
): DescribeManagedPrefixListsResult {
  const chosen = applyFilters(choose(region, input.PrefixListIds), input.Filters, {
    "owner-id": ({ ownerId }) => ownerId,
    "prefix-list-id": ({ prefixListId }) => prefixListId,
    "prefix-list-name": ({ name }) => name,
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(chosen, page, { min: 1, max: 100 });
  return { PrefixLists: items.map(toWire), ...token };
}

function toWire(list: Listed): ManagedPrefixList {
  return {
    PrefixListId: list.prefixListId,
    PrefixListName: list.name,
    PrefixListArn: list.arn,
    AddressFamily: list.addressFamily,
    OwnerId: list.ownerId,
    State: "create-complete",
    ...(list.ownerId === "AWS" ? {} : { MaxEntries: list.maxEntries, Version: list.version }),
    Tags: tagsToWire(list.tags),
  };
}

/** The older call, which knows AWS's own lists only. */
export function describePrefixLists(
  region: Ec2Region,
  input: DescribePrefixListsRequest,
): DescribePrefixListsResult {
  const aws = choose(region, input.PrefixListIds).filter(({ ownerId }) => ownerId === "AWS");
  const chosen = applyFilters(aws, input.Filters, {
    "prefix-list-id": ({ prefixListId }) => prefixListId,
    "prefix-list-name": ({ name }) => name,
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(chosen, page);
  return {
    PrefixLists: items.map(({ prefixListId, name, entries }) => ({
      PrefixListId: prefixListId,
      PrefixListName: name,
      Cidrs: entries.map(({ cidr }) => cidr),
    })),
    ...token,
  };
}

export function getManagedPrefixListEntries(
  region: Ec2Region,
  input: GetManagedPrefixListEntriesRequest,
): GetManagedPrefixListEntriesResult {
  const [list] = choose(region, [required(input.PrefixListId, "prefixListId")]);
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(list?.entries ?? [], page, { min: 1, max: 100 });
  return {
    Entries: items.map(({ cidr, description }) => ({
      Cidr: cidr,
      ...(description === undefined ? {} : { Description: description }),
    })),
    ...token,
  };
}

function parseEntries(entries: readonly AddPrefixListEntry[] = []): PrefixList["entries"] {
  return entries.map(({ Cidr, Description }) => ({
    cidr: parseCidr(required(Cidr, "cidr"), "cidr").text,
    description: Description,
  }));
}

function checkSize(entries: PrefixList["entries"], maxEntries: number): void {
  if (entries.length <= maxEntries) return;
  const message = `The number of entries (${entries.length}) exceeds the maximum number of entries (${maxEntries}) of the prefix list.`;
  throw ec2Error("PrefixListMaxEntriesExceeded", message);
}

export function createManagedPrefixList(
  region: Ec2Region,
  input: CreateManagedPrefixListRequest,
): CreateManagedPrefixListResult {
  const name = required(input.PrefixListName, "prefixListName");
  const maxEntries = required(input.MaxEntries, "maxEntries");
  if (name.startsWith("com.amazonaws")) {
    throw invalidParameter("The prefix list name must not start with com.amazonaws");
  }
  const entries = parseEntries(input.Entries);
  checkSize(entries, maxEntries);
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateManagedPrefixList", token, asked, () => {
    const prefixListId = region.newId("pl", name);
    region.prefixLists.add(prefixListId, {
      prefixListId,
      name,
      addressFamily: required(input.AddressFamily, "addressFamily"),
      maxEntries,
      version: 1,
      entries,
      tags: tagsFor(input.TagSpecifications, "prefix-list"),
    });
    return prefixListId;
  });
  return { PrefixList: toWire(listed(region, region.prefixLists.own(id))) };
}

/** A change of entries needs the version that it was made for. */
export function modifyManagedPrefixList(
  region: Ec2Region,
  input: ModifyManagedPrefixListRequest,
): ModifyManagedPrefixListResult {
  const list = region.prefixLists.require(required(input.PrefixListId, "prefixListId"));
  const { AddEntries, RemoveEntries, CurrentVersion: current } = input;
  if (AddEntries !== undefined || RemoveEntries !== undefined) {
    if (current !== list.version) {
      const message = `The prefix list has the incorrect version number: ${current}`;
      throw ec2Error("PrefixListVersionMismatch", message);
    }
    const removed = new Set((RemoveEntries ?? []).map(({ Cidr }) => Cidr));
    const added = parseEntries(AddEntries);
    const replaced = new Set(added.map(({ cidr }) => cidr));
    const kept = list.entries.filter(({ cidr }) => !removed.has(cidr) && !replaced.has(cidr));
    checkSize([...kept, ...added], input.MaxEntries ?? list.maxEntries);
    list.entries = [...kept, ...added];
    list.version += 1;
  }
  list.maxEntries = input.MaxEntries ?? list.maxEntries;
  list.name = input.PrefixListName ?? list.name;
  const [changed] = choose(region, [list.prefixListId]);
  return changed === undefined ? {} : { PrefixList: toWire(changed) };
}

export function deleteManagedPrefixList(
  region: Ec2Region,
  input: DeleteManagedPrefixListRequest,
): DeleteManagedPrefixListResult {
  const { prefixListId } = region.prefixLists.require(required(input.PrefixListId, "prefixListId"));
  const isUsed =
    region.securityGroups.some(({ rules }) =>
      rules.some((rule) => rule.prefixListId === prefixListId),
    ) ||
    region.routeTables.some(({ routes }) =>
      routes.some(({ destination }) => destination === prefixListId),
    );
  if (isUsed) {
    throw dependencyViolation(`The prefix list ${prefixListId} is in use and cannot be deleted.`);
  }
  const [list] = choose(region, [prefixListId]);
  region.prefixLists.delete(prefixListId);
  return list === undefined ? {} : { PrefixList: { ...toWire(list), State: "delete-complete" } };
}
