export interface BaseImage {
  readonly name: string;
  readonly description: string;
  readonly ownerId: string;
  readonly architecture: "arm64" | "x86_64";
  readonly createdAt: string;
  readonly rootDeviceName: string;
}

const canonical = "099720109477";
const amazon = "137112412989";

/** Images of operating systems that are looked for by name; owners are the publishers' real account numbers. */
export const baseImages: readonly BaseImage[] = [
  ...(["amd64", "arm64"] as const).flatMap((arch): readonly BaseImage[] => {
    const architecture = arch === "amd64" ? "x86_64" : "arm64";
    return [
      {
        name: `ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${arch}-server-20250610`,
        description: `Canonical, Ubuntu, 24.04, ${arch} noble image`,
        ownerId: canonical,
        architecture,
        createdAt: "2025-06-10T08:30:00.000Z",
        rootDeviceName: "/dev/sda1",
      },
      {
        name: `ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-${arch}-server-20250516`,
        description: `Canonical, Ubuntu, 22.04 LTS, ${arch} jammy image build on 2025-05-16`,
        ownerId: canonical,
        architecture,
        createdAt: "2025-05-16T08:30:00.000Z",
        rootDeviceName: "/dev/sda1",
      },
    ];
  }),
  ...(["x86_64", "arm64"] as const).map((architecture): BaseImage => ({
    name: `al2023-ami-2023.7.20250609.0-kernel-6.1-${architecture}`,
    description: `Amazon Linux 2023 AMI 2023.7.20250609.0 ${architecture} HVM kernel-6.1`,
    ownerId: amazon,
    architecture,
    createdAt: "2025-06-09T20:11:00.000Z",
    rootDeviceName: "/dev/xvda",
  })),
];
