/** Public parameters that name an image, and the name of the image that they mean. Sources: the publishers' own lists. */
export const publishedImageNames: ReadonlyMap<string, string> = new Map([
  ...(["x86_64", "arm64"] as const).flatMap((architecture): [string, string][] => [
    [
      `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
      `al2023-ami-2023.7.20250609.0-kernel-6.1-${architecture}`,
    ],
    [
      `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-${architecture}`,
      `al2023-ami-2023.7.20250609.0-kernel-6.1-${architecture}`,
    ],
  ]),
  ...(["amd64", "arm64"] as const).flatMap((architecture): [string, string][] => [
    [
      `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`,
      `ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${architecture}-server-20250610`,
    ],
    [
      `/aws/service/canonical/ubuntu/server/22.04/stable/current/${architecture}/hvm/ebs-gp2/ami-id`,
      `ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-${architecture}-server-20250516`,
    ],
  ]),
]);
