import { expect } from "vitest";
import type { Kubectl } from "../kubectl.ts";
import { eventually, type KubectlCase } from "../kubectl-case.ts";
import { boat, type Boat } from "./boats.ts";

function launch(kubectl: Kubectl, ...boats: readonly Boat[]): Promise<string> {
  return kubectl.ok("create -f -", { input: boats.map(boat).join("\n") });
}

const name = "boat.harbour.example.com/pilot";
const crew = (kubectl: Kubectl) => kubectl.ok("get boat pilot -o jsonpath={.spec.crew}");

/** A boat and its two dinghies: one holds it back while it is deleted in the foreground, one does not. */
async function family(kubectl: Kubectl): Promise<void> {
  await launch(kubectl, { name: "mother" });
  const uid = await kubectl.ok("get boat mother -o jsonpath={.metadata.uid}");
  const owner = { apiVersion: "harbour.example.com/v1", kind: "Boat", name: "mother", uid };
  await launch(
    kubectl,
    { name: "one", ownerReferences: [{ ...owner, blockOwnerDeletion: true }] },
    { name: "two", ownerReferences: [owner] },
  );
}

const moored = ["harbour.example.com/moored"];
const release = '{"metadata":{"finalizers":null}}';
const names = (kubectl: Kubectl) => kubectl.ok("get boats -o jsonpath={.items[*].metadata.name}");

export const changeCases: readonly KubectlCase[] = [
  {
    title: "edit sends what the editor has left",
    run: async (kubectl) => {
      await launch(kubectl, { name: "pilot" });
      const edit = (script: string) =>
        kubectl.run(["edit", "boat", "pilot"], { env: { KUBE_EDITOR: `sed -i ${script}` } });
      expect(await edit("s/Kiel/Oslo/")).toMatchObject({ code: 0, out: `${name} edited\n` });
      expect(await edit("s/Oslo/Oslo/")).toMatchObject({
        code: 0,
        err: "Edit cancelled, no changes made.\n",
      });
      expect(await kubectl.ok("get boat pilot -o jsonpath={.spec.home}")).toBe("Oslo");
    },
  },
  {
    title: "patch takes three types, and the status by itself",
    run: async (kubectl) => {
      await launch(kubectl, { name: "pilot", crew: 1 });
      await kubectl.ok("create deployment web --image=web:1");
      const containers = '{"containers":[{"name":"log","image":"log:1"}]}';
      const [merged, , strategic] = await Promise.all([
        kubectl.ok('patch boat pilot --type=merge -p {"spec":{"crew":2}}'),
        kubectl.ok(
          'patch boat pilot --subresource=status --type=merge -p {"status":{"phase":"Sailing"},"spec":{"crew":7}}',
        ),
        kubectl.ok(`patch deployment web -p {"spec":{"template":{"spec":${containers}}}}`),
      ]);
      expect([merged, strategic]).toEqual([`${name} patched`, "deployment.apps/web patched"]);
      await kubectl.ok(
        'patch boat pilot --type=json -p [{"op":"test","path":"/spec/crew","value":2},{"op":"replace","path":"/spec/crew","value":3}]',
      );
      const path = "{.spec.template.spec.containers[*].name}";
      expect(
        await Promise.all([
          kubectl.ok("get boat pilot -o jsonpath={.spec.crew}{.status.phase}"),
          kubectl.ok(`get deployment web -o jsonpath=${path}`),
          kubectl.ok("patch boat pilot --type=merge -p {}"),
          kubectl.refused('patch boat pilot -p {"spec":{"crew":9}}'),
        ]),
      ).toEqual([
        "3Sailing",
        "log web",
        `${name} patched (no change)`,
        "error: application/strategic-merge-patch+json is not supported by harbour.example.com/v1, Kind=Boat: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
      ]);
    },
  },
  {
    title: "label and annotate set, protect, overwrite and remove",
    run: async (kubectl) => {
      await launch(kubectl, { name: "pilot" });
      expect(await kubectl.ok("label boat pilot hull=red")).toBe(`${name} labeled`);
      expect(await kubectl.refused("label boat pilot hull=blue")).toBe(
        "error: 'hull' already has a value (red), and --overwrite is false",
      );
      await kubectl.ok("label boat pilot hull=blue --overwrite");
      await kubectl.ok("annotate boat pilot note=x");
      expect(await kubectl.ok("get boat pilot -o jsonpath={.metadata.labels.hull}")).toBe("blue");
      expect(await kubectl.ok("label boat pilot hull-")).toBe(`${name} unlabeled`);
      expect(await kubectl.ok("annotate boat pilot note-")).toBe(`${name} annotated`);
      const path = "{.metadata.labels}{.metadata.annotations}";
      expect(await kubectl.ok(`get boat pilot -o jsonpath=${path}`)).toBe("");
    },
  },
  {
    title: "scale changes a custom object and a Deployment, unless it expects another number",
    run: async (kubectl) => {
      await launch(kubectl, { name: "pilot", crew: 1 });
      await kubectl.ok("create deployment web --image=web:1");
      expect(await kubectl.ok("scale boat pilot --replicas=6")).toBe(`${name} scaled`);
      expect(await kubectl.ok("scale deployment web --replicas=3")).toBe(
        "deployment.apps/web scaled",
      );
      expect(await kubectl.refused("scale boat pilot --replicas=2 --current-replicas=1")).toBe(
        "error: Expected replicas to be 1, was 6",
      );
      expect(await crew(kubectl)).toBe("6");
      expect(await kubectl.ok("get deployment web -o jsonpath={.spec.replicas}")).toBe("3");
    },
  },
  {
    title: "delete waits for finalizers, gives up when told to, and goes on waiting otherwise",
    run: async (kubectl) => {
      await launch(kubectl, { name: "mate", finalizers: moored });
      const tired = await kubectl.refused("delete boat mate --timeout=1s");
      // kubectl remarks before that on a watch that was as short as it had asked for.
      expect(tired.split("\n").at(-1)).toBe(
        "error: timed out waiting for the condition on boats/mate",
      );
      await kubectl.ok(`patch boat mate --type=merge -p ${release}`);

      await launch(kubectl, { name: "pilot", finalizers: moored });
      const waiting = kubectl.ok("delete boat pilot");
      const deletion = await eventually(
        () => kubectl.ok("get boat pilot -o jsonpath={.metadata.deletionTimestamp}"),
        (time) => time !== "",
      );
      expect(deletion).not.toBe("");
      const gone = kubectl.ok("wait boat pilot --for=delete --timeout=30s");
      await kubectl.ok(`patch boat pilot --type=merge -p ${release}`);
      expect(await waiting).toBe('boat.harbour.example.com "pilot" deleted');
      expect(["", `${name} condition met`]).toContain(await gone);
      expect(await names(kubectl)).toBe("");
    },
  },
  {
    title: "delete in the background takes the dependents along, after the owner",
    run: async (kubectl) => {
      await family(kubectl);
      await kubectl.ok("delete boat mother --cascade=background");
      expect(
        await eventually(
          () => names(kubectl),
          (left) => left === "",
        ),
      ).toBe("");
    },
  },
  {
    title: "delete in the foreground lets the owner wait for its dependents",
    run: async (kubectl) => {
      await family(kubectl);
      const hold = '{"metadata":{"finalizers":["harbour.example.com/moored"]}}';
      await kubectl.ok(`patch boat one --type=merge -p ${hold}`);
      await kubectl.ok("delete boat mother --cascade=foreground --wait=false");
      const left = await eventually(
        () => names(kubectl),
        (found) => found === "mother one",
      );
      expect(left).toBe("mother one");
      expect(await kubectl.ok("get boat mother -o jsonpath={.metadata.finalizers}")).toBe(
        '["foregroundDeletion"]',
      );
      await kubectl.ok('patch boat one --type=merge -p {"metadata":{"finalizers":null}}');
      expect(
        await eventually(
          () => names(kubectl),
          (found) => found === "",
        ),
      ).toBe("");
    },
  },
  {
    title: "delete --cascade=orphan leaves the dependents, without their owner",
    run: async (kubectl) => {
      await family(kubectl);
      await kubectl.ok("delete boat mother --cascade=orphan");
      expect(await names(kubectl)).toBe("one two");
      const path = "{.items[*].metadata.ownerReferences}";
      expect(await kubectl.ok(`get boats -o jsonpath=${path}`)).toBe("");
    },
  },
  {
    title: "wait returns when the condition, the value or the deletion is there",
    run: async (kubectl) => {
      await launch(kubectl, { name: "pilot" });
      const waits = Promise.all([
        kubectl.ok("wait boat pilot --for=condition=Ready --timeout=50s"),
        kubectl.ok("wait boat pilot --for=jsonpath={.status.phase}=Sailing --timeout=50s"),
      ]);
      const status = { phase: "Sailing", conditions: [{ type: "Ready", status: "True" }] };
      await kubectl.ok(
        `patch boat pilot --subresource=status --type=merge -p ${JSON.stringify({ status })}`,
      );
      expect(await waits).toEqual([`${name} condition met`, `${name} condition met`]);
      expect(
        await kubectl.refused("wait boat pilot --for=jsonpath={.status.phase}=Sunk --timeout=1s"),
      ).toBe("error: timed out waiting for the condition on boats/pilot");
    },
  },
  {
    title: "rollout status follows a Deployment whose status is written by hand",
    run: async (kubectl) => {
      await kubectl.ok("create deployment web --image=web:1 --replicas=2");
      const rollout = kubectl.ok("rollout status deployment web --timeout=50s");
      const report = (updated: number) => ({
        observedGeneration: 1,
        replicas: 2,
        updatedReplicas: updated,
        readyReplicas: updated,
        availableReplicas: updated,
      });
      for (const updated of [1, 2]) {
        const status = JSON.stringify({ status: report(updated) });
        await kubectl.ok(`patch deployment web --subresource=status --type=merge -p ${status}`);
      }
      const printed = (await rollout).split("\n");
      expect(printed.at(-1)).toBe('deployment "web" successfully rolled out');
    },
  },
];
