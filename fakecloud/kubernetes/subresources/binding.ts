import { type RequestContext, writeOptions } from "../context.ts";
import { type Core, nowText } from "../core.ts";
import { record, records, text } from "../crds/definition.ts";
import { requiredValue, unsupportedValue } from "../field-error.ts";
import { type KubeObject, withField, withMeta } from "../object.ts";
import { badRequest, conflict, methodNotAllowed, success, untyped } from "../status.ts";
import { writeExisting } from "../verbs/write-existing.ts";
import type { SubresourceAnswer } from "./subresource.ts";

/** The scheduler's decision: this pod goes to that node. */
export async function bind(core: Core, context: RequestContext): Promise<SubresourceAnswer> {
  if (context.verb !== "create") throw methodNotAllowed();
  const options = writeOptions(context, "CreateOptions");
  const binding = record(context.request.body);
  const target = record(binding["target"]);
  const { name, annotations } = record(binding["metadata"]);
  if (name !== undefined && name !== "" && name !== context.name) {
    throw badRequest("name in URL does not match name in Binding object");
  }
  const errors = [
    ...(["", "Node"].includes(text(target["kind"]))
      ? []
      : [unsupportedValue("target.kind", target["kind"], ["Node", "<empty>"])]),
    ...(text(target["name"]) === "" ? [requiredValue("target.name")] : []),
  ];
  if (errors.length > 0) {
    const texts = errors.map(({ field, message }) => `${field}: ${message}`);
    throw untyped(texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`);
  }
  await writeExisting(core, context, {
    options,
    verb: "update",
    // The scheduler's writes are nobody's, and do not count as a change of the spec.
    tracked: true,
    change: (live) => bound(context, live, { target, annotations, now: nowText(core) }),
  });
  return { status: 201, object: { ...success(), code: 201 } };
}

interface Bind {
  readonly target: Readonly<Record<string, unknown>>;
  readonly annotations: unknown;
  readonly now: string;
}

function bound(context: RequestContext, pod: KubeObject, bind: Bind): KubeObject {
  const spec = record(pod["spec"]);
  const about = { group: "", plural: "pods/binding" };
  const name = pod.metadata.name ?? "";
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(
      about,
      context.name,
      `pod ${name} is being deleted, cannot be assigned to a host`,
    );
  }
  if (text(spec["nodeName"]) !== "") {
    throw conflict(
      about,
      context.name,
      `pod ${name} is already assigned to node ${JSON.stringify(spec["nodeName"])}`,
    );
  }
  const placed = withField(pod, "spec", { ...spec, nodeName: bind.target["name"] });
  const annotations = { ...pod.metadata.annotations, ...record(bind.annotations) };
  const annotated =
    Object.keys(annotations).length === 0
      ? placed
      : withMeta(placed, { annotations: annotations as Record<string, string> });
  const scheduled = {
    type: "PodScheduled",
    status: "True",
    lastTransitionTime: bind.now,
  };
  const others = records(record(pod["status"])["conditions"]).filter(
    ({ type }) => type !== scheduled.type,
  );
  return withField(annotated, "status", {
    ...record(pod["status"]),
    conditions: [...others, scheduled],
  });
}
