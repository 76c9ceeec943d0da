import { once } from "node:events";
import { expect } from "vitest";
import type { Kubectl } from "../kubectl.ts";
import { type KubectlCase, withoutAges } from "../kubectl-case.ts";
import { boat } from "./boats.ts";

async function twoBoats(kubectl: Kubectl): Promise<void> {
  const input = [
    boat({ name: "pilot", crew: 2, labels: { class: "a" } }),
    boat({ name: "ferry", crew: 9, home: "Oslo", labels: { class: "b" } }),
  ].join("\n");
  await kubectl.ok("apply -f -", { input });
  const status = '{"status":{"phase":"Sailing"}}';
  await kubectl.ok(`patch boat pilot --subresource=status --type=merge -p ${status}`);
}

const tables: readonly (readonly [flags: string, expected: string])[] = [
  [
    "",
    "NAME    CREW   PHASE     AGE\nferry   9                <age>\npilot   2      Sailing   <age>",
  ],
  [
    "-o wide",
    "NAME    CREW   PHASE     HOME   AGE\nferry   9                Oslo   <age>\npilot   2      Sailing   Kiel   <age>",
  ],
  ["--no-headers -l class=b", "ferry   9           <age>"],
  [
    "--show-labels --sort-by=.spec.crew",
    "NAME    CREW   PHASE     AGE   LABELS\npilot   2      Sailing   <age>    class=a\nferry   9                <age>    class=b",
  ],
  [
    "-L class --field-selector=metadata.name=pilot",
    "NAME    CREW   PHASE     AGE   CLASS\npilot   2      Sailing   <age>    a",
  ],
  ["-o name", "boat.harbour.example.com/ferry\nboat.harbour.example.com/pilot"],
  ["-o jsonpath={.items[*].spec.home}", "Oslo Kiel"],
  ["-o custom-columns=N:.metadata.name,H:.spec.home", "N       H\nferry   Oslo\npilot   Kiel"],
  ["-o go-template={{range.items}}{{.metadata.name}};{{end}}", "ferry;pilot;"],
];

/** Reads what a kubectl that goes on prints until it has printed enough, then stops it. */
async function untilPrinted(
  kubectl: Kubectl,
  command: string,
  { lines, act }: { readonly lines: number; readonly act: () => Promise<void> },
): Promise<string> {
  const child = kubectl.start(command.split(" "));
  let text = "";
  let acted = false;
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (!acted) {
        acted = true;
        act().catch(reject);
      }
      // kubectl writes a line in pieces: it counts once it has ended.
      if (text.split("\n").length > lines) resolve();
    });
  });
  child.kill();
  if (child.exitCode === null) await once(child, "close");
  return text.trimEnd();
}

export const readCases: readonly KubectlCase[] = [
  {
    title: "get shows boats in every form of output",
    run: async (kubectl) => {
      await twoBoats(kubectl);
      const printed = await Promise.all(
        tables.map(([flags]) => kubectl.ok(`get boats${flags === "" ? "" : ` ${flags}`}`)),
      );
      expect(printed.map(withoutAges)).toEqual(tables.map(([, expected]) => expected));
      const [yaml, json] = await Promise.all([
        kubectl.ok("get bo pilot -o yaml"),
        kubectl.ok("get boat pilot -o json"),
      ]);
      const { metadata } = JSON.parse(json) as { metadata: Record<string, string> };
      expect(yaml.split("\n").slice(-6)).toEqual([
        `  uid: ${metadata["uid"]}`,
        "spec:",
        "  crew: 2",
        "  home: Kiel",
        "status:",
        "  phase: Sailing",
      ]);
    },
  },
  {
    title: "get says what is not there, by name and by kind",
    run: async (kubectl) => {
      const [name, kind, none] = await Promise.all([
        kubectl.refused("get boat nope"),
        kubectl.refused("get spaceships"),
        kubectl.run(["get", "boats"]),
      ]);
      expect(name).toBe('Error from server (NotFound): boats.harbour.example.com "nope" not found');
      expect(kind).toBe('error: the server doesn\'t have a resource type "spaceships"');
      expect(none.err).toBe(`No resources found in ${kubectl.namespace} namespace.\n`);
    },
  },
  {
    title: "get -w shows each change as it comes",
    run: async (kubectl) => {
      await kubectl.ok("apply -f -", { input: boat({ name: "pilot", crew: 2 }) });
      const text = await untilPrinted(kubectl, "get boats -w --output-watch-events", {
        lines: 4,
        act: async () => {
          await kubectl.ok("scale boat pilot --replicas=6");
          await kubectl.ok("delete boat pilot --wait=false");
        },
      });
      expect(withoutAges(text).split("\n")).toEqual([
        "EVENT      NAME    CREW   PHASE   AGE",
        "ADDED      pilot   2              <age>",
        "MODIFIED   pilot   6              <age>",
        "DELETED    pilot   6              <age>",
      ]);
    },
  },
  {
    title: "describe shows the object and its events",
    run: async (kubectl) => {
      await kubectl.ok("apply -f -", { input: boat({ name: "pilot" }) });
      const uid = await kubectl.ok("get boat pilot -o jsonpath={.metadata.uid}");
      const event = {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "pilot.1" },
        involvedObject: {
          apiVersion: "harbour.example.com/v1",
          kind: "Boat",
          name: "pilot",
          namespace: kubectl.namespace,
          uid,
        },
        type: "Normal",
        reason: "Launched",
        message: "It floats.",
        source: { component: "shipyard" },
      };
      await kubectl.ok("create -f -", { input: JSON.stringify(event) });
      const lines = (await kubectl.ok("describe boat pilot")).split("\n");
      expect(lines.slice(0, 6)).toEqual([
        "Name:         pilot",
        `Namespace:    ${kubectl.namespace}`,
        "Labels:       <none>",
        "Annotations:  <none>",
        "API Version:  harbour.example.com/v1",
        "Kind:         Boat",
      ]);
      expect(lines.slice(-7)).toEqual([
        "Spec:",
        "  Crew:  1",
        "  Home:  Kiel",
        "Events:",
        "  Type    Reason    Age        From      Message",
        "  ----    ------    ----       ----      -------",
        "  Normal  Launched  <unknown>  shipyard  It floats.",
      ]);
    },
  },
  {
    title: "explain knows the fields of custom and of built-in kinds, to any depth",
    run: async (kubectl) => {
      const [recursive, one, builtin] = await Promise.all([
        kubectl.ok("explain boat --recursive"),
        kubectl.ok("explain boat.spec.crew"),
        kubectl.ok("explain deployment.spec.strategy.rollingUpdate"),
      ]);
      expect(recursive).toContain(
        "  spec\t<Object>\n    crew\t<integer>\n    home\t<string> -required-\n    sails\t<[]string>\n  status\t<Object>",
      );
      expect(one).toBe(
        "GROUP:      harbour.example.com\nKIND:       Boat\nVERSION:    v1\n\nFIELD: crew <integer>\n\n\nDESCRIPTION:\n    How many sail it.",
      );
      expect(builtin).toContain("  maxSurge\t<IntOrString>");
    },
  },
  {
    title: "api-resources and api-versions list what is served",
    run: async (kubectl) => {
      const [resources, versions] = await Promise.all([
        kubectl.ok("api-resources --api-group=harbour.example.com --no-headers"),
        kubectl.ok("api-versions"),
      ]);
      expect(resources).toMatch(/^boats +bo +harbour\.example\.com\/v1 +true +Boat$/m);
      expect(versions.split("\n")).toEqual(
        expect.arrayContaining(["apps/v1", "harbour.example.com/v1", "v1"]),
      );
    },
  },
  {
    title: "auth can-i answers by roles, for oneself and for others",
    run: async (kubectl) => {
      await kubectl.ok("create role reader --verb=get,list --resource=boats.harbour.example.com");
      await kubectl.ok("create rolebinding jane --role=reader --user=jane");
      const canI = (what: string) => kubectl.run(["auth", "can-i", ...what.split(" ")]);
      const answers = await Promise.all([
        canI("delete boats"),
        canI("list boats --as=jane"),
        canI("delete boats --as=jane"),
        kubectl.run(["get", "boats", "--as=jane"]),
        kubectl.run(["delete", "boat", "x", "--as=jane"]),
        kubectl.run(["auth", "whoami", "--as=jane", "-o", "jsonpath={.status.userInfo.username}"]),
      ]);
      expect(answers.map(({ code, out }) => `${code} ${out}`.trim())).toEqual([
        "0 yes",
        "0 yes",
        "1 no",
        "0",
        "1",
        "0 jane",
      ]);
      expect(answers[4]?.err).toBe(
        `Error from server (Forbidden): boats.harbour.example.com "x" is forbidden: User "jane" cannot delete resource "boats" in API group "harbour.example.com" in the namespace "${kubectl.namespace}"\n`,
      );
    },
  },
];
