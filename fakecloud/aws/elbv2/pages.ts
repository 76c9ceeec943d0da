import { invalid } from "./errors.ts";

const maxPage = 400;

/** The marker is the ARN that the next page begins with. */
export function page<T extends { readonly arn: string }>(
  items: readonly T[],
  input: { readonly PageSize?: number | undefined; readonly Marker?: string | undefined },
): { readonly items: readonly T[]; readonly NextMarker?: string } {
  const { PageSize: size = maxPage, Marker: marker } = input;
  if (size < 1 || size > maxPage) throw invalid(`PageSize must be between 1 and ${maxPage}`);
  const from = marker === undefined ? 0 : items.findIndex((item) => item.arn === marker);
  if (from < 0) throw invalid(`Marker '${marker ?? ""}' is not valid`);
  const next = items[from + size];
  const shown = items.slice(from, from + size);
  return next === undefined ? { items: shown } : { items: shown, NextMarker: next.arn };
}
