/** Services with a gateway endpoint, and addresses of theirs: few, real ones of the published ranges. */
export const servicePrefixes: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ["52.94.24.0/23", "52.119.240.0/21"],
  s3: ["52.92.0.0/17", "52.218.0.0/17", "3.5.64.0/21"],
};

/** Services with an interface endpoint: those that nodes and controllers talk to. */
export const interfaceServices: readonly string[] = [
  "autoscaling",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "elasticloadbalancing",
  "kms",
  "logs",
  "s3",
  "secretsmanager",
  "ssm",
  "ssmmessages",
  "sts",
];
