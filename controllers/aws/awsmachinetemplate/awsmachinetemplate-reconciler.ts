import { DescribeInstanceTypesCommand, type InstanceTypeInfo } from "@aws-sdk/client-ec2";
import { AWSCluster, AWSMachineTemplate } from "../../api/aws/v1beta2.ts";
import { ClusterNameLabel } from "../../api/constants.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import type { ObjectKey } from "../../runtime/client.ts";
import {
  type ControllerDeps,
  done,
  type Reconciler,
  type Result,
} from "../../runtime/controller.ts";
import { Draft } from "../../runtime/draft.ts";
import { messageOf } from "../../runtime/errors.ts";
import type { Principals } from "../identities/principals.ts";

export type AwsMachineTemplateDeps = ControllerDeps & { readonly principals: Principals };

/**
 * Tells in the status what a machine of this template would offer, for autoscalers that scale from zero. A failure is an event,
 * never an error: nothing waits for it. capa-behaviour 8.21.
 */
export class AWSMachineTemplateReconciler implements Reconciler {
  readonly #deps: AwsMachineTemplateDeps;

  constructor(deps: AwsMachineTemplateDeps) {
    this.#deps = deps;
  }

  async reconcile(key: ObjectKey): Promise<Result> {
    const { client, principals, recorder } = this.#deps;
    const template = await client.get(AWSMachineTemplate, key);
    if (template === undefined || template.metadata.deletionTimestamp !== undefined) return done; // Gone.
    if (template.status?.capacity !== undefined) return done; // The spec of a template never changes.
    const awsCluster = await this.#awsCluster(template);
    if (awsCluster === undefined) return done; // The owner reference to the Cluster is a change.
    const { instanceType } = template.spec?.template.spec ?? { instanceType: "" };
    try {
      const { ec2 } = await principals.clientsFor(awsCluster);
      const { InstanceTypes = [] } = await ec2.send(
        new DescribeInstanceTypesCommand({ InstanceTypes: [instanceType as "t3.large"] }),
      );
      const [info] = InstanceTypes;
      if (info !== undefined) await this.#record(template, info);
    } catch (error) {
      const text = `capacity of ${instanceType}: ${messageOf(error)}`;
      recorder.event(template, "Warning", "CapacityUnknown", text);
    }
    return done; // A resync tries what has failed again.
  }

  async #awsCluster({ metadata }: AWSMachineTemplate): Promise<AWSCluster | undefined> {
    const { client } = this.#deps;
    const { namespace = "", labels = {}, ownerReferences = [] } = metadata;
    const owner = ownerReferences.find(({ kind }) => kind === "Cluster")?.name;
    const name = owner ?? labels[ClusterNameLabel] ?? "";
    if (name === "") return undefined;
    const cluster = await client.get(Cluster, { namespace, name });
    const reference = cluster?.spec.infrastructureRef;
    if (reference?.kind !== "AWSCluster") return undefined;
    return client.get(AWSCluster, { namespace, name: reference.name });
  }

  async #record(template: AWSMachineTemplate, info: InstanceTypeInfo): Promise<void> {
    const draft = new Draft(this.#deps.client, AWSMachineTemplate, template);
    const architectures: readonly string[] = info.ProcessorInfo?.SupportedArchitectures ?? [];
    draft.value.status = {
      ...draft.value.status,
      capacity: {
        cpu: String(info.VCpuInfo?.DefaultVCpus ?? 0),
        memory: `${info.MemoryInfo?.SizeInMiB ?? 0}Mi`,
      },
      nodeInfo: {
        architecture: architectures.includes("x86_64") ? "amd64" : "arm64",
        operatingSystem: "linux",
      },
    };
    await draft.save();
  }
}
