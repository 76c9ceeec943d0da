import type { Filter } from "@aws-sdk/client-ec2";
import { isLiteral } from "./filter-pattern.ts";
import { ec2Error, invalidParameter } from "./errors.ts";
import { applyFilters, type FilterTable, type WireFilters } from "./filters.ts";
import type { Resource, ResourceTable } from "./resource-table.ts";

export interface DescribeInput {
  readonly ids?: readonly string[] | undefined;
  readonly filters?: readonly Filter[] | undefined;
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly NextToken?: string;
}

const standardLimits = { min: 5, max: 1000 };

/** What every Describe call does: ids (unknown ones are an error), filters, pages. */
export function describe<T extends Resource>(
  table: ResourceTable<T>,
  input: DescribeInput & { readonly wire?: WireFilters<T> },
  filters: FilterTable<T>,
  limits: { readonly min: number; readonly max: number } = standardLimits,
): Page<T> {
  const { ids = [] } = input;
  const chosen =
    ids.length > 0 ? ids.map((id) => table.require(id)) : table.visible(onlyVpc(input.filters));
  const found = applyFilters([...new Set(chosen)], input.filters, filters, input.wire);
  return paginate(found, input, limits);
}

/** The one VPC that the answer can be from, if a filter says so: then nothing else has to be looked at. */
function onlyVpc(filters: readonly Filter[] | undefined): string | undefined {
  const values = filters?.find(({ Name: name }) => name === "vpc-id")?.Values;
  const [vpcId] = values ?? [];
  return values?.length === 1 && vpcId !== undefined && isLiteral(vpcId) ? vpcId : undefined;
}

export function paginate<T>(
  all: readonly T[],
  input: DescribeInput,
  limits: { readonly min: number; readonly max: number } = standardLimits,
): Page<T> {
  const { maxResults, nextToken } = input;
  if (maxResults === undefined && nextToken === undefined) return { items: all };
  if (maxResults !== undefined && (maxResults < limits.min || maxResults > limits.max)) {
    const message = `Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value between ${limits.min} and ${limits.max}.`;
    throw invalidParameter(message);
  }
  const from = nextToken === undefined ? 0 : readToken(nextToken);
  const to = from + (maxResults ?? limits.max);
  const items = all.slice(from, to);
  return to < all.length ? { items, NextToken: makeToken(to) } : { items };
}

function makeToken(index: number): string {
  return Buffer.from(`seatrial/${index}`).toString("base64");
}

function readToken(token: string): number {
  const index = /^seatrial\/(\d+)$/.exec(Buffer.from(token, "base64").toString())?.[1];
  if (index !== undefined) return Number(index);
  throw ec2Error("InvalidNextToken", "The specified NextToken is not valid.");
}
