import type { Ec2Cloud } from "../ec2/ec2-cloud.ts";
import { idOf, taggableTables } from "../ec2/tags.ts";
import type { ElbRegion } from "../elb/elb-region.ts";
import type { Elbv2Region } from "../elbv2/elbv2-region.ts";
import type { S3Store } from "../s3/s3-store.ts";
import type { SecretStore } from "../secretsmanager/secret-store.ts";
import type { PerRegion } from "../service.ts";
import type { ParameterStore } from "../ssm/parameter-store.ts";

/** A resource of any service that can have tags. */
export interface TaggedResource {
  readonly arn: string;
  /** "ec2:vpc", "elasticloadbalancing:loadbalancer", "s3". */
  readonly type: string;
  readonly tags: ReadonlyMap<string, string>;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export interface TaggedServices {
  readonly ec2: Pick<Ec2Cloud, "region">;
  readonly elb: PerRegion<ElbRegion>;
  readonly elbv2: PerRegion<Elbv2Region>;
  readonly secrets: PerRegion<SecretStore>;
  readonly parameters: PerRegion<ParameterStore>;
  readonly s3: S3Store;
}

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** Everything in an account and region that has tags. */
export function taggedResources(services: TaggedServices, place: Place): readonly TaggedResource[] {
  return [
    ...ec2Resources(services, place),
    ...balancers(services, place),
    ...[...services.secrets.of(place).secrets.values()].map(({ arn, tags }) =>
      fromMap(arn, "secretsmanager:secret", tags),
    ),
    ...[...services.parameters.of(place).parameters.values()].map(({ name, tags }) =>
      fromMap(services.parameters.of(place).arn(name), "ssm:parameter", tags),
    ),
    ...bucketResources(services.s3, place),
  ];
}

function fromMap(arn: string, type: string, tags: Map<string, string>): TaggedResource {
  return {
    arn,
    type,
    tags,
    set: (key, value) => tags.set(key, value),
    remove: (key) => tags.delete(key),
  };
}

function ec2Resources({ ec2 }: TaggedServices, place: Place): readonly TaggedResource[] {
  const region = ec2.region(place.accountId, place.region);
  return taggableTables(region).flatMap(([type, table]) => {
    // AWS's own images are no resources of the account.
    const own = table
      .visible()
      .filter((one) => !("ownerId" in one) || one.ownerId === place.accountId);
    return own.map((one) => fromMap(region.arn(type, idOf(table, one)), `ec2:${type}`, one.tags));
  });
}

function balancers({ elb, elbv2 }: TaggedServices, place: Place): readonly TaggedResource[] {
  const { accountId, region } = place;
  const modern = elbv2.of(place);
  return [
    ...[...elb.of(place).balancers.values()].map(({ name, tags }) =>
      fromMap(
        `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/${name}`,
        "elasticloadbalancing:loadbalancer",
        tags,
      ),
    ),
    ...[...modern.balancers.values()].map(({ arn, type, tags }) =>
      fromMap(
        arn,
        type === "network"
          ? "elasticloadbalancing:loadbalancer/net"
          : "elasticloadbalancing:loadbalancer/app",
        tags,
      ),
    ),
    ...[...modern.targetGroups.values()].map(({ arn, tags }) =>
      fromMap(arn, "elasticloadbalancing:targetgroup", tags),
    ),
    ...[...modern.listeners.values()].map(({ arn, tags }) =>
      fromMap(arn, "elasticloadbalancing:listener", tags),
    ),
  ];
}

interface TagSet {
  readonly TagSet: readonly { readonly Key?: string; readonly Value?: string }[];
}

function bucketResources(s3: S3Store, place: Place): readonly TaggedResource[] {
  const own = [...s3.buckets.values()].filter(
    (one) => one.accountId === place.accountId && one.region === place.region,
  );
  return own.map((bucket) => {
    const { TagSet = [] } = (bucket.settings.get("tagging") as TagSet | undefined) ?? {};
    const tags = new Map(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
    const store = () =>
      bucket.settings.set("tagging", {
        TagSet: [...tags].map(([Key, Value]) => ({ Key, Value })),
      });
    return {
      arn: `arn:aws:s3:::${bucket.name}`,
      type: "s3",
      tags,
      set: (key: string, value: string) => {
        tags.set(key, value);
        store();
      },
      remove: (key: string) => {
        tags.delete(key);
        store();
      },
    };
  });
}
