import { expect } from "vitest";
import type { KubectlCase } from "../kubectl-case.ts";
import { boat, definitionOf } from "./boats.ts";

const apply = "apply -f -";
const managers = "-o=jsonpath={range .metadata.managedFields[*]}{.manager}:{.operation};{end}";

const conflict = `error: Apply failed with 1 conflict: conflict with "kubectl-patch" using harbour.example.com/v1: .spec.crew
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

const barge = JSON.stringify({
  apiVersion: "harbour.example.com/v1",
  kind: "Barge",
  metadata: { name: "b" },
  spec: { home: "Kiel" },
});
const definitionAndBarge = `${JSON.stringify(definitionOf("barges", "Barge"))}\n${barge}`;

export const applyCases: readonly KubectlCase[] = [
  {
    title: "apply creates, leaves alone what is the same, and changes what is not",
    run: async (kubectl) => {
      const name = "boat.harbour.example.com/pilot";
      const first = { name: "pilot", crew: 2, sails: ["main", "jib"] };
      expect(await kubectl.ok(apply, { input: boat(first) })).toBe(`${name} created`);
      expect(await kubectl.ok(apply, { input: boat(first) })).toBe(`${name} unchanged`);
      await kubectl.ok('patch boat pilot --type=merge -p {"metadata":{"labels":{"by":"hand"}}}');
      const second = { name: "pilot", crew: 3 };
      expect(await kubectl.ok(apply, { input: boat(second) })).toBe(`${name} configured`);
      const jsonPath = "{.spec.crew},{.spec.sails},{.metadata.labels.by}";
      expect(await kubectl.ok(`get boat pilot -o jsonpath=${jsonPath}`)).toBe("3,,hand");
    },
  },
  {
    title: "apply merges the containers of a Deployment by name",
    run: async (kubectl) => {
      const deployment = (...containers: readonly object[]) =>
        JSON.stringify({
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "web" },
          spec: {
            selector: { matchLabels: { app: "web" } },
            template: { metadata: { labels: { app: "web" } }, spec: { containers } },
          },
        });
      const web = { name: "web", image: "web:1" };
      await kubectl.ok(apply, { input: deployment(web, { name: "log", image: "log:1" }) });
      await kubectl.ok("set image deployment/web web=web:2");
      const input = deployment({ ...web, env: [{ name: "A", value: "b" }] });
      expect(await kubectl.ok(apply, { input })).toBe("deployment.apps/web configured");
      const path = "{.spec.template.spec.containers[*].name},{..containers[0].image}";
      expect(await kubectl.ok(`get deployment web -o jsonpath=${path}`)).toBe("web,web:1");
    },
  },
  {
    title: "apply --server-side names whom it conflicts with, and takes over when forced",
    run: async (kubectl) => {
      const name = "boat.harbour.example.com/pilot";
      const input = boat({ name: "pilot", crew: 2 });
      const ssa = "apply --server-side -f -";
      expect(await kubectl.ok(ssa, { input })).toBe(`${name} serverside-applied`);
      await kubectl.ok('patch boat pilot --type=merge -p {"spec":{"crew":9}}');
      expect(await kubectl.refused(ssa, { input })).toBe(conflict);
      await kubectl.ok(`${ssa} --force-conflicts`, { input });
      expect(await kubectl.ok("get boat pilot -o jsonpath={.spec.crew}")).toBe("2");
    },
  },
  {
    title: "apply --server-side takes over from client-side apply, with what it used to set",
    run: async (kubectl) => {
      await kubectl.ok(apply, { input: boat({ name: "pilot", crew: 2, sails: ["main"] }) });
      await kubectl.ok("apply --server-side -f -", { input: boat({ name: "pilot", crew: 4 }) });
      const found = await kubectl.run(["get", "boat", "pilot", "--show-managed-fields", managers]);
      expect(found.out.split(";").toSorted()).toEqual([
        "",
        "kubectl-last-applied:Apply",
        "kubectl:Apply",
      ]);
      expect(await kubectl.ok("get boat pilot -o jsonpath={.spec}")).toBe(
        '{"crew":4,"home":"Kiel"}',
      );
    },
  },
  {
    title: "a definition and its first object arrive in one command",
    run: async (kubectl) => {
      // apply looks for all kinds before it sends anything: kubectl says so to every server.
      expect(await kubectl.refused(apply, { input: definitionAndBarge })).toContain(
        'no matches for kind "Barge" in version "harbour.example.com/v1"\nensure CRDs are installed first',
      );
      expect(await kubectl.ok(apply, { input: definitionAndBarge })).toBe(
        "customresourcedefinition.apiextensions.k8s.io/barges.harbour.example.com unchanged\nbarge.harbour.example.com/b created",
      );
      await kubectl.ok("delete crd barges.harbour.example.com");
      expect(await kubectl.ok("create -f -", { input: definitionAndBarge })).toBe(
        "customresourcedefinition.apiextensions.k8s.io/barges.harbour.example.com created\nbarge.harbour.example.com/b created",
      );
      await kubectl.ok("delete crd barges.harbour.example.com");
    },
  },
  {
    title: "diff shows what apply would change, and nothing once it has",
    run: async (kubectl) => {
      const input = boat({ name: "pilot", crew: 2 });
      await kubectl.ok(apply, { input });
      expect(await kubectl.run(["diff", "-f", "-"], { input })).toEqual({
        code: 0,
        out: "",
        err: "",
      });
      const changed = await kubectl.run(["diff", "-f", "-"], {
        input: boat({ name: "pilot", crew: 5 }),
      });
      expect(changed.code).toBe(1);
      const lines = changed.out.split("\n").filter((line) => /^[-+] /.test(line));
      expect(lines).toEqual(["-  generation: 1", "+  generation: 2", "-  crew: 2", "+  crew: 5"]);
    },
  },
  {
    title: "a manifest with unknown fields or wrong values is refused in the server's words",
    run: async (kubectl) => {
      const unknown = boat({ name: "pilot" }).replace('"spec":{', '"spec":{"mast":1,');
      expect(await kubectl.refused(apply, { input: unknown })).toBe(
        'Error from server (BadRequest): error when creating "STDIN": Boat in version "v1" cannot be handled as a Boat: strict decoding error: unknown field "spec.mast"',
      );
      expect(await kubectl.refused(apply, { input: boat({ name: "pilot", crew: -1 }) })).toBe(
        'The Boat "pilot" is invalid: \n* spec.crew: Invalid value: -1: spec.crew in body should be greater than or equal to 0\n* .spec.crew: Invalid value: -1: should be a non-negative integer',
      );
    },
  },
];
