import {
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  type EC2Client,
  type Image,
} from "@aws-sdk/client-ec2";
import { TerminalError } from "../../runtime/errors.ts";

/** Who publishes Cluster API's images, as upstream looks them up. */
const publisher = "819546954734";
const defaultBaseOs = "ubuntu-24.04";
const defaultFormat = "capa-ami-{{.BaseOS}}-?{{.K8sVersion}}-*";

export interface ImageLookup {
  /** Kubernetes version with its leading v. */
  readonly version: string | undefined;
  readonly instanceType: string;
  readonly format?: string | undefined;
  readonly org?: string | undefined;
  readonly baseOs?: string | undefined;
}

/** Nobody has published such an image; what was looked for is told where it is missed. */
export class NoImageError extends Error {
  override readonly name = "NoImageError";
  readonly sought: {
    readonly baseOs: string;
    readonly architecture: string;
    readonly version: string;
  };

  constructor(message: string, sought: NoImageError["sought"]) {
    super(message);
    this.sought = sought;
  }
}

/** The newest image for the Kubernetes version and the architecture of the instance type. */
export async function findImage(ec2: EC2Client, lookup: ImageLookup): Promise<string> {
  const { version, org = publisher } = lookup;
  if (version === undefined) {
    throw new TerminalError(
      "neither the Machine's version nor spec.ami.id says which image to use",
    );
  }
  const name = imageName(lookup, version);
  const architecture = await architectureOf(ec2, lookup.instanceType);
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({
      Filters: [
        { Name: "owner-id", Values: [org] },
        { Name: "name", Values: [name] },
        { Name: "architecture", Values: [architecture] },
        { Name: "state", Values: ["available"] },
        { Name: "virtualization-type", Values: ["hvm"] },
      ],
    }),
  );
  // Of two images of one date the ID decides, so that every pass finds the same one.
  const rank = ({ CreationDate = "", ImageId = "" }: Image) => `${CreationDate} ${ImageId}`;
  const [newest] = Images.toSorted((a, b) => (rank(a) > rank(b) ? -1 : 1));
  if (newest?.ImageId === undefined) {
    const sought = { baseOs: lookup.baseOs ?? defaultBaseOs, architecture, version };
    throw new NoImageError(`no image of account ${org} is named ${name} (${architecture})`, sought);
  }
  return newest.ImageId;
}

function imageName(lookup: ImageLookup, version: string): string {
  return (lookup.format ?? defaultFormat)
    .replaceAll("{{.BaseOS}}", lookup.baseOs ?? defaultBaseOs)
    .replaceAll("{{.K8sVersion}}", version.replace(/^v/, ""));
}

async function architectureOf(ec2: EC2Client, instanceType: string): Promise<string> {
  const { InstanceTypes = [] } = await ec2.send(
    new DescribeInstanceTypesCommand({ InstanceTypes: [instanceType as never] }),
  );
  const supported: readonly string[] =
    InstanceTypes[0]?.ProcessorInfo?.SupportedArchitectures ?? [];
  if (supported.includes("x86_64")) return "x86_64";
  if (supported.includes("arm64")) return "arm64";
  throw new Error(`instance type ${instanceType} is of no architecture that has images`);
}

/** Name and size of an image's root device. */
export async function describeRootDevice(
  ec2: EC2Client,
  imageId: string,
): Promise<{ readonly name: string; readonly snapshotSize?: number }> {
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
  const [image] = Images;
  const name = image?.RootDeviceName;
  if (name === undefined) throw new Error(`image ${imageId} has no root device`);
  const root = image?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === name);
  const snapshotSize = root?.Ebs?.VolumeSize;
  return { name, ...(snapshotSize === undefined ? {} : { snapshotSize }) };
}
