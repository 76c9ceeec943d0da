import { hash } from "node:crypto";
import type {
  CreateKeyPairRequest,
  DeleteKeyPairRequest,
  DeleteKeyPairResult,
  DescribeKeyPairsRequest,
  DescribeKeyPairsResult,
  ImportKeyPairRequest,
  ImportKeyPairResult,
  KeyPair as WireKeyPair,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { fixtureKeyPairs } from "../../kernel/fixture-key-pairs.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, required } from "./errors.ts";
import type { KeyPairRecord } from "./records.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

function add(
  region: Ec2Region,
  options: Pick<KeyPairRecord, "keyName" | "keyType" | "publicKey" | "tags">,
): KeyPairRecord {
  const { keyName, publicKey } = options;
  if (region.keyPairs.some((key) => key.keyName === keyName)) {
    throw ec2Error("InvalidKeyPair.Duplicate", `The keypair '${keyName}' already exists.`);
  }
  const keyPairId = region.newId("key", keyName);
  const digest = hash("sha1", publicKey, "hex");
  const fingerprint = (digest.match(/../g) ?? []).join(":");
  const key = { ...options, keyPairId, fingerprint, createdAtMs: region.now() };
  return region.keyPairs.add(keyPairId, key);
}

export function createKeyPair(region: Ec2Region, input: CreateKeyPairRequest): WireKeyPair {
  const keyName = required(input.KeyName, "keyName");
  const pair = fixtureKeyPairs(region.cloud.random).next(`ec2/${region.accountId}/${keyName}`);
  const key = add(region, {
    keyName,
    keyType: input.KeyType ?? "rsa",
    publicKey: pair.publicKeyPem,
    tags: tagsFor(input.TagSpecifications, "key-pair"),
  });
  return {
    KeyName: keyName,
    KeyPairId: key.keyPairId,
    KeyFingerprint: key.fingerprint,
    KeyMaterial: pair.privateKeyPem,
    Tags: tagsToWire(key.tags),
  };
}

export function importKeyPair(region: Ec2Region, input: ImportKeyPairRequest): ImportKeyPairResult {
  const publicKey = Buffer.from(input.PublicKeyMaterial ?? []).toString();
  if (!/^(ssh-|-----BEGIN|[A-Za-z0-9+/=\s]+$)/.test(publicKey)) {
    throw ec2Error("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  }
  const key = add(region, {
    keyName: required(input.KeyName, "keyName"),
    keyType: publicKey.startsWith("ssh-ed25519") ? "ed25519" : "rsa",
    publicKey,
    tags: tagsFor(input.TagSpecifications, "key-pair"),
  });
  return {
    KeyName: key.keyName,
    KeyPairId: key.keyPairId,
    KeyFingerprint: key.fingerprint,
    Tags: tagsToWire(key.tags),
  };
}

export function describeKeyPairs(
  region: Ec2Region,
  input: DescribeKeyPairsRequest,
): DescribeKeyPairsResult {
  const { items } = describe(
    region.keyPairs,
    { ids: input.KeyPairIds, filters: input.Filters },
    {
      fingerprint: (key) => key.fingerprint,
      "key-name": (key) => key.keyName,
      "key-pair-id": (key) => key.keyPairId,
    },
  );
  const names = input.KeyNames ?? [];
  for (const name of names) {
    if (items.some((key) => key.keyName === name)) continue;
    throw ec2Error("InvalidKeyPair.NotFound", `The key pair '${name}' does not exist`);
  }
  const chosen = names.length === 0 ? items : items.filter((key) => names.includes(key.keyName));
  return {
    KeyPairs: chosen.map((key) => ({
      KeyName: key.keyName,
      KeyPairId: key.keyPairId,
      KeyFingerprint: key.fingerprint,
      KeyType: key.keyType as "rsa",
      CreateTime: toDate(key.createdAtMs),
      ...(input.IncludePublicKey === true ? { PublicKey: key.publicKey } : {}),
      Tags: tagsToWire(key.tags),
    })),
  };
}

/** Deleting what does not exist succeeds. */
export function deleteKeyPair(region: Ec2Region, input: DeleteKeyPairRequest): DeleteKeyPairResult {
  const key = [...region.keyPairs.values()].find(
    (one) => one.keyName === input.KeyName || one.keyPairId === input.KeyPairId,
  );
  if (key === undefined) return { Return: true };
  region.keyPairs.delete(key.keyPairId);
  return { Return: true, KeyPairId: key.keyPairId };
}
