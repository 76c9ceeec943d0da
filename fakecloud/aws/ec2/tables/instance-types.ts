export interface InstanceTypeFacts {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly architecture: "arm64" | "x86_64";
  readonly burstable: boolean;
  readonly maxInterfaces: number;
  readonly ipsPerInterface: number;
}

interface Family {
  readonly architecture: InstanceTypeFacts["architecture"];
  /** GiB of memory for each vCPU. */
  readonly ratio: number;
}

const sizes: Readonly<Record<string, readonly [vcpus: number, interfaces: number, ips: number]>> = {
  medium: [1, 2, 4],
  large: [2, 3, 10],
  xlarge: [4, 4, 15],
  "2xlarge": [8, 4, 15],
  "4xlarge": [16, 8, 30],
  "8xlarge": [32, 8, 30],
  "12xlarge": [48, 8, 30],
  "16xlarge": [64, 15, 50],
  "24xlarge": [96, 15, 50],
};

const x86: readonly [string, number][] = [
  ["c5", 2],
  ["c5a", 2],
  ["c5d", 2],
  ["c6a", 2],
  ["c6i", 2],
  ["c7a", 2],
  ["c7i", 2],
  ["m5", 4],
  ["m5a", 4],
  ["m5d", 4],
  ["m6a", 4],
  ["m6i", 4],
  ["m7a", 4],
  ["m7i", 4],
  ["r5", 8],
  ["r5a", 8],
  ["r5d", 8],
  ["r6a", 8],
  ["r6i", 8],
  ["r7a", 8],
  ["r7i", 8],
];

const arm: readonly [string, number][] = [
  ["c6g", 2],
  ["c7g", 2],
  ["c8g", 2],
  ["m6g", 4],
  ["m7g", 4],
  ["m8g", 4],
  ["r6g", 8],
  ["r7g", 8],
  ["r8g", 8],
];

/** Types whose sizes do not follow the rule of their family, and the burstable ones. */
const exceptions: readonly (readonly [
  name: string,
  vcpus: number,
  memoryMiB: number,
  architecture: InstanceTypeFacts["architecture"],
  interfaces: number,
  ips: number,
])[] = [
  ["t2.nano", 1, 512, "x86_64", 2, 2],
  ["t2.micro", 1, 1024, "x86_64", 2, 2],
  ["t2.small", 1, 2048, "x86_64", 3, 4],
  ["t2.medium", 2, 4096, "x86_64", 3, 6],
  ["t2.large", 2, 8192, "x86_64", 3, 12],
  ["t2.xlarge", 4, 16_384, "x86_64", 3, 15],
  ["t2.2xlarge", 8, 32_768, "x86_64", 3, 15],
  ...(["t3", "t3a"] as const).flatMap((family) => burstable(family, "x86_64")),
  ...burstable("t4g", "arm64"),
  ["m4.large", 2, 8192, "x86_64", 2, 10],
  ["m4.xlarge", 4, 16_384, "x86_64", 4, 15],
  ["m4.2xlarge", 8, 32_768, "x86_64", 4, 15],
  ["m4.4xlarge", 16, 65_536, "x86_64", 8, 30],
];

function burstable(family: string, architecture: InstanceTypeFacts["architecture"]) {
  const rows: readonly (readonly [string, number, number, number, number])[] = [
    ["nano", 2, 512, 2, 2],
    ["micro", 2, 1024, 2, 2],
    ["small", 2, 2048, 3, 4],
    ["medium", 2, 4096, 3, 6],
    ["large", 2, 8192, 3, 12],
    ["xlarge", 4, 16_384, 4, 15],
    ["2xlarge", 8, 32_768, 4, 15],
  ];
  return rows.map(
    ([size, vcpus, memory, interfaces, ips]) =>
      [`${family}.${size}`, vcpus, memory, architecture, interfaces, ips] as const,
  );
}

function build(): ReadonlyMap<string, InstanceTypeFacts> {
  const types = new Map<string, InstanceTypeFacts>();
  for (const [name, vcpus, memoryMiB, architecture, maxInterfaces, ipsPerInterface] of exceptions) {
    const burst = name.startsWith("t");
    types.set(name, {
      vcpus,
      memoryMiB,
      architecture,
      burstable: burst,
      maxInterfaces,
      ipsPerInterface,
    });
  }
  const families: readonly (readonly [string, Family])[] = [
    ...x86.map(([name, ratio]) => [name, { architecture: "x86_64", ratio }] as const),
    ...arm.map(([name, ratio]) => [name, { architecture: "arm64", ratio }] as const),
  ];
  for (const [family, { architecture, ratio }] of families) {
    for (const [size, [vcpus, maxInterfaces, ipsPerInterface]] of Object.entries(sizes)) {
      // Medium sizes exist for Graviton and for the newest AMD families only.
      if (size === "medium" && architecture === "x86_64" && !family.endsWith("7a")) continue;
      const memoryMiB = vcpus * ratio * 1024;
      types.set(`${family}.${size}`, {
        vcpus,
        memoryMiB,
        architecture,
        burstable: false,
        maxInterfaces,
        ipsPerInterface,
      });
    }
  }
  return types;
}

/** vCPUs, memory and architecture as AWS publishes them, for the families that clusters run on. */
export const instanceTypes: ReadonlyMap<string, InstanceTypeFacts> = build();
