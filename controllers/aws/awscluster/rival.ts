import { AWSCluster } from "../../api/aws/v1beta2.ts";
import type { Reader } from "../../runtime/client.ts";
import { deepEqual } from "../../runtime/json.ts";

/**
 * An older AWSCluster whose resources have the same names and tags: those of AWS know the name of the Cluster but not its namespace.
 * The younger one must touch nothing, or it would adopt the other's VPC and take it along when it goes (capa-bugs 42).
 */
export async function findRival(
  reader: Reader,
  awsCluster: AWSCluster,
): Promise<AWSCluster | undefined> {
  // Its network has been recorded already: it was there first, whatever the times of creation say.
  if ((awsCluster.spec?.network?.vpc?.id ?? "") !== "") return undefined;
  const name = clusterName(awsCluster);
  const others = await reader.list(AWSCluster);
  return others.find(
    (other) =>
      other.metadata.uid !== awsCluster.metadata.uid &&
      clusterName(other) === name &&
      other.spec?.region === awsCluster.spec?.region &&
      deepEqual(other.spec?.identityRef, awsCluster.spec?.identityRef) &&
      isOlder(other, awsCluster),
  );
}

function clusterName({ metadata }: AWSCluster): string | undefined {
  return metadata.ownerReferences?.find(({ kind }) => kind === "Cluster")?.name;
}

function isOlder(a: AWSCluster, b: AWSCluster): boolean {
  const key = ({ metadata }: AWSCluster) =>
    `${metadata.creationTimestamp ?? ""} ${metadata.uid ?? ""}`;
  return (a.spec?.network?.vpc?.id ?? "") !== "" || key(a) < key(b);
}
