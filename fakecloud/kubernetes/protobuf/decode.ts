import { formatMicroTime, formatTime } from "../../kernel/clock.ts";
import { define } from "../patch/merge-patch.ts";
import { messageFields, type ProtobufField } from "./field-table.ts";
import { readFields, type WireField } from "./reader.ts";

/** The media type that kubectl creates with. */
const mediaType = "application/vnd.kubernetes.protobuf";

export function isProtobuf(contentType: string): boolean {
  return contentType === mediaType;
}

export type DecodedProtobuf = { readonly value: unknown } | { readonly error: string };

const magic = "k8s\u0000";
const mostNesting = 100;

/** A request body in Kubernetes' protobuf as the JSON that the same client would have sent. */
export function decodeProtobuf(bytes: Uint8Array): DecodedProtobuf {
  try {
    if (Buffer.from(bytes.subarray(0, 4)).toString("latin1") !== magic) {
      return {
        error:
          "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
      };
    }
    return { value: decodeEnvelope(bytes.subarray(4)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : "unreadable" };
  }
}

/** runtime.Unknown: the type and the bytes of an object. */
function decodeEnvelope(bytes: Uint8Array): unknown {
  const fields = readFields(bytes);
  const typeMeta = readFields(bytesOf(fields, 1));
  const apiVersion = textOf(bytesOf(typeMeta, 1));
  const kind = textOf(bytesOf(typeMeta, 2));
  const name = messageNameOf(apiVersion, kind);
  if (messageFields(name) === undefined) {
    throw new TypeError(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    );
  }
  return { kind, apiVersion, ...decodeMessage(bytesOf(fields, 2), name, 0) };
}

const metaKinds = new Set(["DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions"]);

function messageNameOf(apiVersion: string, kind: string): string {
  if (metaKinds.has(kind)) return `meta.v1.${kind}`;
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "core" : (apiVersion.slice(0, slash).split(".")[0] ?? "");
  return `${group}.${apiVersion.slice(slash + 1)}.${kind}`;
}

function bytesOf(fields: readonly WireField[], number: number): Uint8Array {
  const value = fields.findLast((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function numberOf(fields: readonly WireField[], number: number): bigint {
  const value = fields.findLast((field) => field.number === number)?.value;
  return typeof value === "bigint" ? BigInt.asIntN(64, value) : 0n;
}

type JsonRecord = Record<string, unknown>;

function decodeMessage(bytes: Uint8Array, name: string, depth: number): JsonRecord {
  const table = messageFields(name);
  if (table === undefined || depth > mostNesting) throw new TypeError(`cannot decode ${name}`);
  const record: JsonRecord = {};
  for (const { number, value } of readFields(bytes)) {
    const field = table.get(number);
    // Fields of newer clients are skipped, as protobuf does.
    if (field !== undefined) addField(record, field, value, depth);
  }
  return record;
}

function addField(
  record: JsonRecord,
  field: ProtobufField,
  wire: bigint | Uint8Array,
  depth: number,
): void {
  if (field.name === undefined) {
    Object.assign(record, decodeMessage(wire as Uint8Array, field.type, depth + 1));
    return;
  }
  if (field.shape === "list") {
    const list = (record[field.name] ??= []) as unknown[];
    list.push(decodeValue(field.type, wire, depth));
    return;
  }
  if (field.shape === "map") {
    const map = (record[field.name] ??= {}) as JsonRecord;
    const entry = readFields(wire as Uint8Array);
    const value = entry.find(({ number }) => number === 2)?.value ?? new Uint8Array();
    define(map, textOf(bytesOf(entry, 1)), decodeValue(field.type, value, depth));
    return;
  }
  const value = decodeValue(field.type, wire, depth);
  if (value === undefined || isLeftOut(field, value)) return;
  record[field.name] = value;
}

/** Go writes empty values into protobuf that it leaves out of JSON. */
function isLeftOut({ isPointer, isOmittedWhenEmpty }: ProtobufField, value: unknown): boolean {
  if (isPointer || !isOmittedWhenEmpty) return false;
  return value === "" || value === 0 || value === false;
}

function decodeValue(type: string, wire: bigint | Uint8Array, depth: number): unknown {
  const scalar = scalars[type];
  if (scalar !== undefined) return scalar(wire);
  if (!(wire instanceof Uint8Array)) throw new TypeError(`wrong wireType for ${type}`);
  return decodeMessage(wire, type, depth + 1);
}

type ScalarDecoder = (wire: bigint | Uint8Array) => unknown;

function requireBytes(wire: bigint | Uint8Array): Uint8Array {
  if (wire instanceof Uint8Array) return wire;
  throw new TypeError("wrong wireType");
}

const integer: ScalarDecoder = (wire) => Number(BigInt.asIntN(64, wire as bigint));

const scalars: Readonly<Record<string, ScalarDecoder>> = {
  bool: (wire) => wire !== 0n,
  bytes: (wire) => Buffer.from(requireBytes(wire)).toString("base64"),
  double: (wire) => Buffer.from(requireBytes(wire)).readDoubleLE(0),
  duration: (wire) => printDuration(numberOf(readFields(requireBytes(wire)), 1)),
  int32: integer,
  int64: integer,
  intstr: (wire) => {
    const fields = readFields(requireBytes(wire));
    return numberOf(fields, 1) === 0n ? Number(numberOf(fields, 2)) : textOf(bytesOf(fields, 3));
  },
  list: (wire) => readFields(requireBytes(wire)).map(({ value }) => textOf(requireBytes(value))),
  quantity: (wire) => {
    const text = textOf(bytesOf(readFields(requireBytes(wire)), 1));
    return text === "" ? "0" : text;
  },
  raw: (wire) => {
    const bytes = bytesOf(readFields(requireBytes(wire)), 1);
    return bytes.length === 0 ? undefined : (JSON.parse(textOf(bytes)) as unknown);
  },
  string: (wire) => textOf(requireBytes(wire)),
  time: (wire) => {
    const bytes = requireBytes(wire);
    if (bytes.length === 0) return undefined;
    const fields = readFields(bytes);
    const nanos = Number(numberOf(fields, 2));
    const ms = Number(numberOf(fields, 1)) * 1000 + Math.floor(nanos / 1e6);
    return nanos === 0 ? formatTime(ms) : formatMicroTime(ms);
  },
};

function printDuration(nanos: bigint): string {
  return `${Number(nanos) / 1e9}s`;
}
