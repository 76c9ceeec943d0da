import type {
  DeleteParameterRequest,
  DeleteParametersRequest,
  DeleteParametersResult,
  DescribeParametersRequest,
  DescribeParametersResult,
} from "@aws-sdk/client-ssm";
import { ssmError } from "./errors.ts";
import { compileFilters } from "./filters.ts";
import { page } from "./pages.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { metadataOf } from "./read-parameters.ts";

export function deleteParameter(store: ParameterStore, input: DeleteParameterRequest) {
  if (!store.parameters.delete(input.Name ?? "")) throw ssmError("ParameterNotFound");
  return {};
}

export function deleteParameters(
  store: ParameterStore,
  input: DeleteParametersRequest,
): DeleteParametersResult {
  const names = input.Names ?? [];
  const deleted = names.filter((name) => store.parameters.delete(name));
  return {
    DeletedParameters: deleted,
    InvalidParameters: names.filter((name) => !deleted.includes(name)),
  };
}

export function describeParameters(
  store: ParameterStore,
  input: DescribeParametersRequest,
): DescribeParametersResult {
  if (input.Filters !== undefined) {
    // The older kind of filter: keys and values, always equal.
    const ParameterFilters = input.Filters.map(({ Key, Values }) => ({ Key, Values }));
    const { Filters: _, ...rest } = input;
    return describeParameters(store, { ...rest, ParameterFilters });
  }
  const keys = ["DataType", "KeyId", "Name", "Path", "Tier", "Type"];
  const holds = compileFilters(input.ParameterFilters, keys);
  const chosen = [...store.parameters.values()]
    .filter(holds)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { items, ...token } = page(chosen, input, { default: 50, max: 50 });
  return {
    Parameters: items.flatMap((record) => {
      const version = record.versions.at(-1);
      return version === undefined ? [] : [metadataOf(store, record, version)];
    }),
    ...token,
  };
}
