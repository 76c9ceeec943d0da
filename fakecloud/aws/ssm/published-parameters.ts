import type { Ec2Region } from "../ec2/ec2-region.ts";
import { publishedImageId } from "../ec2/image-catalogue.ts";
import { regionNames } from "../ec2/tables/zones.ts";
import type { PublicParameters } from "./parameter-store.ts";
import { publishedImageNames } from "./tables/published-images.ts";

const regionsPath = "/aws/service/global-infrastructure/regions/";

/** AWS's own parameters: images by what they are for, and the regions. Values are those of EC2's catalogue. */
export function publishedParameters(region: () => Ec2Region): PublicParameters {
  return {
    find: (name) => {
      if (name.startsWith(regionsPath)) {
        const wanted = name.slice(regionsPath.length);
        return regionNames.includes(wanted) ? wanted : undefined;
      }
      const imageName = publishedImageNames.get(name) ?? eksImageName(name);
      return imageName === undefined ? undefined : publishedImageId(region(), imageName);
    },
    below: (path) => [
      ...[...publishedImageNames.keys()].filter((name) => name.startsWith(path)),
      ...regionNames.map((name) => `${regionsPath}${name}`).filter((name) => name.startsWith(path)),
    ],
  };
}

/** Images of the managed service by Kubernetes version: there is one for every minor. */
function eksImageName(name: string): string | undefined {
  const match =
    /^\/aws\/service\/eks\/optimized-ami\/(1\.\d+)\/(amazon-linux-2(?:-arm64|-gpu)?|amazon-linux-2023\/(?:x86_64|arm64)\/standard)\/recommended\/image_id$/.exec(
      name,
    );
  if (match === null) return undefined;
  const [, version = "", system = ""] = match;
  const architecture = system.includes("arm64") ? "arm64" : "x86_64";
  return system.startsWith("amazon-linux-2023")
    ? `amazon-eks-node-al2023-${architecture}-standard-${version}-v20260101`
    : `amazon-eks-${architecture === "arm64" ? "arm64-" : ""}node-${version}-v20260101`;
}
