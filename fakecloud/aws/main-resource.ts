/** Members that name what a call is about, most telling first. */
const naming = [
  "InstanceId",
  "InstanceIds",
  "LoadBalancerName",
  "LoadBalancerNames",
  "LoadBalancerArn",
  "TargetGroupArn",
  "SubnetId",
  "GroupId",
  "RouteTableId",
  "NatGatewayId",
  "InternetGatewayId",
  "AllocationId",
  "VpcId",
  "VpcIds",
  "SecretId",
  "Name",
  "RoleName",
  "InstanceProfileName",
  "Bucket",
  "Resources",
] as const;

/** What a call is about, for the trace: what it made if it made something, what it names otherwise. */
export function mainResource(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  output: unknown,
): string {
  if (output !== undefined && /^(Allocate|Create|Run)/.test(operation)) {
    const made = idIn(output as Record<string, unknown>);
    if (made !== undefined) return made;
  }
  for (const name of naming) {
    const value = input[name];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === "string") return first;
  }
  return "";
}

/** The first identifier in an answer, on its first or second level. */
function idIn(output: Readonly<Record<string, unknown>>): string | undefined {
  for (const value of [output, ...Object.values(output)].flat()) {
    if (typeof value !== "object" || value === null) continue;
    for (const name of naming) {
      const id = (value as Record<string, unknown>)[name];
      if (typeof id === "string") return id;
    }
  }
  return undefined;
}
