import { parseQuantity, printQuantity, type Quantity } from "../../types/quantities.ts";
import { CelValueError, type Functions } from "./register.ts";

const unit = 1_000_000_000n;

/** A resource quantity in a rule: `quantity("1.5Gi")`. */
export class QuantityValue {
  readonly quantity: Quantity;

  constructor(quantity: Quantity) {
    this.quantity = quantity;
  }

  get nanos(): bigint {
    return this.quantity.nanos;
  }

  toString(): string {
    return printQuantity(this.quantity);
  }
}

function parse(text: string): QuantityValue {
  const quantity = parseQuantity(text);
  if (quantity === undefined) {
    throw new CelValueError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  return new QuantityValue(quantity);
}

function order(a: QuantityValue, b: QuantityValue): bigint {
  if (a.nanos === b.nanos) return 0n;
  return a.nanos < b.nanos ? -1n : 1n;
}

function sum(a: QuantityValue, nanos: bigint): QuantityValue {
  return new QuantityValue({ ...a.quantity, nanos: a.nanos + nanos });
}

const isWhole = (value: QuantityValue) => value.nanos % unit === 0n;

export const quantityFunctions: Functions = {
  "quantity(string): Quantity": parse,
  "string(Quantity): string": (value: QuantityValue) => value.toString(),
  "isQuantity(string): bool": (text: string) => parseQuantity(text) !== undefined,
  "Quantity.sign(): int": (value: QuantityValue) => {
    if (value.nanos === 0n) return 0n;
    return value.nanos < 0n ? -1n : 1n;
  },
  "Quantity.isGreaterThan(Quantity): bool": (a: QuantityValue, b: QuantityValue) =>
    order(a, b) > 0n,
  "Quantity.isLessThan(Quantity): bool": (a: QuantityValue, b: QuantityValue) => order(a, b) < 0n,
  "Quantity.compareTo(Quantity): int": order,
  "Quantity.asApproximateFloat(): double": (value: QuantityValue) => Number(value.nanos) / 1e9,
  "Quantity.isInteger(): bool": isWhole,
  "Quantity.asInteger(): int": (value: QuantityValue) => {
    if (!isWhole(value)) throw new CelValueError("cannot convert value to integer");
    return value.nanos / unit;
  },
  "Quantity.add(Quantity): Quantity": (a: QuantityValue, b: QuantityValue) => sum(a, b.nanos),
  "Quantity.add(int): Quantity": (a: QuantityValue, b: bigint) => sum(a, b * unit),
  "Quantity.sub(Quantity): Quantity": (a: QuantityValue, b: QuantityValue) => sum(a, -b.nanos),
  "Quantity.sub(int): Quantity": (a: QuantityValue, b: bigint) => sum(a, -b * unit),
};
