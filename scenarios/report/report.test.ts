import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadScenario } from "../runner/load-scenario.ts";
import { beliefsBehind } from "./belief.ts";
import { Playback } from "./playback.ts";
import { formatClock, formatPrecise } from "./format-time.ts";
import type { Recording } from "./recording.ts";
import { addTwin, recordRun, twinOf } from "./record-run.ts";
import { renderReport } from "./render-report.ts";
import { Browser, type BrowserPage, findChromium, type Look } from "./test-browser.ts";
import { carelessControllers } from "./test-careless.ts";

const chromium = findChromium();
const small = fileURLToPath(new URL("../../examples/small.yaml", import.meta.url));
const directory = mkdtempSync(path.join(tmpdir(), "report-"));
const markup = "</script><script>document.title='taken over'</script><img src=x onerror=alert(1)>";

/** Three workers; one of them is deleted, and a controller acts on what it saw before that. The world's other text is markup. */
const story = `apiVersion: seatrial/v1
kind: Scenario
metadata: { name: careless, summary: "a controller acts on what <b>was</b>" }
clock: { horizon: 2h, settle: 1h }
world:
  manifests: ["${small}"]
  edit:
    - target: machinedeployment/small-md-0
      set: { spec.replicas: 3, metadata.annotations: { note: "${markup}" } }
steps:
  - id: tidying
    when: { expr: "deployments.all(d, d.available == 3) && machines.size() == 4", plus: 20s }
    deleteMachine: { where: "!m.controlPlane", pick: oldest }
faults:
  inject:
    - { at: 4m, do: { consistencyLag: 2s }, for: 3m }
expect:
  except: { REP-4: "nobody asks here" }
`;

let recording: Recording;
let file = "";
let browser: Browser | undefined;

beforeAll(async () => {
  const scenario = path.join(directory, "careless.yaml");
  writeFileSync(scenario, story);
  const title = { name: "careless", version: "0.0.0", replay: `seatrial run ${scenario} --seed 5` };
  const options = { seed: "5", extraControllers: carelessControllers };
  ({ recording } = await recordRun(loadScenario(scenario), options, title));
  file = path.join(directory, "careless.html");
  writeFileSync(file, renderReport(recording));
  if (chromium !== undefined) browser = await Browser.start(chromium);
});

afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(look: Look = {}): Promise<BrowserPage> {
  if (browser === undefined) throw new Error("there is no Chromium");
  return browser.open(file, look);
}

const believed =
  "It had read 4 objects; 1 had changed since, and 1 more had come that it had not heard of.";

const violation = () => {
  const [first] = recording.run.violations;
  if (first?.event === undefined) throw new Error("no write broke anything");
  return { ...first, event: first.event };
};

test("a recording holds every revision of every object, and no secret", () => {
  const playback = new Playback(recording);
  const secrets = playback.objectsOf("secrets").map((object) => {
    const [first = 0] = playback.revisionsOf(object);
    return JSON.stringify(playback.state(first));
  });
  expect(secrets.length).toBeGreaterThan(5);
  expect(secrets.join()).toContain("(hidden, ");
  // Keys in base64 and as they are, and bootstrap tokens of kubeadm; certificates may be seen by anybody.
  const leaks = [
    /LS0tLS1CRUdJTi[A-Za-z0-9+/]*UFJJVkFURS/,
    /PRIVATE KEY/,
    /"[a-z0-9]{6}\.[a-z0-9]{16}"/,
  ];
  const text = JSON.stringify(recording);
  expect(leaks.filter((leak) => leak.test(text))).toEqual([]);
  const written = playback
    .eventsOf("kube.write")
    .filter(({ index }) => playback.writtenAt(index) === undefined);
  expect(written).toEqual([]);
});

test("a broken promise names the write, the reconcile and what its author believed beside the truth", () => {
  const beliefs = beliefsBehind(new Playback(recording), violation().event) ?? [];
  const told = beliefs.map(({ object, believed, isStale }) => {
    const { kind } = recording.objects[object] ?? { kind: "" };
    return `${kind} ${believed === undefined ? "unheard of" : "read"}${isStale ? ", not so any more" : ""}`;
  });
  // One of the three workers is gone by now, and its successor came after the list had been read.
  expect(told.toSorted()).toEqual([
    "Machine read",
    "Machine read",
    "Machine read",
    "Machine read, not so any more",
    "Machine unheard of, not so any more",
  ]);
});

test("beside its twin without faults a run says where both part and what each of them made", async () => {
  const loaded = loadScenario(path.join(directory, "careless.yaml"));
  const options = { seed: "5", extraControllers: carelessControllers };
  const { twin, ...alone } = await addTwin(loaded, recording, options);
  expect(alone).toEqual(recording);
  // The one fault begins after four minutes, and delays what is seen of the cloud.
  expect(twin?.divergence?.event).toBeGreaterThan(0);
  const parted = new Playback(recording).atMs(twin?.divergence?.event ?? 0);
  expect(parted).toBeGreaterThan(240_000);
  expect(parted).toBeLessThan(420_000);
  const kinds = new Map(twin?.kinds.map(({ kind, run, twin: other }) => [kind, { run, other }]));
  expect(kinds.get("Machine")).toEqual({
    run: { created: 6, deleted: 2, left: 4 },
    other: { created: 6, deleted: 2, left: 4 },
  });
  expect(kinds.get("Cluster")?.other.left).toBe(1);
  const html = renderReport({ ...recording, ...(twin === undefined ? {} : { twin }) });
  expect(html).toContain("Beside the same run without faults");
  expect(html).toContain("What is left in the end is the same, in number, of every kind.");
  expect(html).toContain("Promises were broken without faults, too.");
  const calm = twinOf(loaded);
  expect(() => twinOf(calm)).toThrow("--twin runs it again without its faults, and it has none");
});

describe.skipIf(chromium === undefined)("in Chromium (skipped where there is none)", () => {
  test("without JavaScript there are the verdict, the broken promise, the story and the command to repeat it", async () => {
    const page = await open({ hasScripts: false });
    const text = await page.text("body");
    expect(text).toContain("A promise was broken: REP-3.");
    expect(text).toContain("a controller acts on what <b>was</b>");
    expect(text).toContain(recording.run.replay);
    const when = formatPrecise(violation().atMs);
    expect(text).toContain(
      `Broken at ${when}: careless controller deleted machines/default/small-md-0-`,
    );
    expect(text).toContain(
      "It came out of the reconcile of default/workers by the careless controller, 1 min 30 s after its begin.",
    );
    expect(text).toContain(believed);
    expect(text).toMatch(
      /Machine small-md-0-\S+\s+Running, v1.34.2, Available, UpToDate\s+gone\s+1 min 30 s before/,
    );
    const sentences = text
      .slice(text.indexOf("What happened"), text.indexOf("Timeline"))
      .split("\n")
      .filter((line) => line.endsWith("."));
    expect(sentences.length).toBeGreaterThanOrEqual(5);
    expect(sentences.length).toBeLessThanOrEqual(10);
    expect(sentences[0]).toMatch(
      /^At 00:00:00 somebody applied small.yaml, which asks for KubeadmControlPlane/,
    );
    expect(sentences.join(" ")).toMatch(/At 00:0\d:\d\d somebody deleted a Machine \(small-md-0-/);
    expect(sentences.join(" ")).toMatch(
      /At 00:04:00 a fault began: reads of the cloud lag by up to 2s for 3 min/,
    );
  });

  test("the timeline has a lane for each Machine, and rows for people, faults, capacity, etcd, reconciles and promises", async () => {
    const page = await open();
    const rows = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.plot')].map((plot) => plot.getAttribute('aria-label'))",
    );
    const machines = recording.objects.filter(({ table }) => table === "machines.cluster.x-k8s.io");
    for (const { name } of machines) {
      const lane = rows.find((row) => row.startsWith(`Machine ${name}.`)) ?? "";
      expect(lane).toMatch(/Phases: .*Running from .*Instance: pending from .*Node: .*Ready from /);
    }
    for (const row of [
      /^applies small.yaml, 00:00:00$/,
      /^deletes a Machine, /,
      /^reads of the cloud lag by up to 2s, 00:04:00 to 00:07:00$/,
      /^Capacity of MachineDeployment small-md-0: 3 of 3 available at the end/,
      /^etcd of small. From 00:\d\d:\d\d 1 of 1 voters up; 0 may still fail/,
      /^machineset: \d+ reconciles/,
      /^REP-3, .*: broken at 00:0\d:\d\d/,
      /^REP-4, .*: excepted \(nobody asks here\)/,
      /^CPL-1, .*: kept/,
    ]) {
      expect(
        rows.filter((one) => row.test(one)),
        row.source,
      ).toHaveLength(1);
    }
    expect(await page.evaluate("document.querySelectorAll('.shade').length")).toBe(1);
  });

  test("a click on a bar shows the object at that time, what the write changed and the reconcile behind it", async () => {
    const page = await open();
    await page.click(".bar.phase-Running");
    await page.until("!document.getElementById('dock').hidden");
    expect(await page.text(".inspector-title")).toMatch(
      /^machine controller patched machines\/default\/small-control-plane-\S+ \(status\)$/,
    );
    expect(await page.text(".cause")).toMatch(
      /Out of the reconcile of default\/small-control-plane-\S+ by the machine controller/,
    );
    expect(await page.text(".glance")).toContain("Running, v1.34.2");
    expect(await page.text(".object .diff .added")).toMatch(/^\+ /);
    expect(await page.text(".glance")).toContain("before: Provisioned, v1.34.2");
    const changed = (await page.text(".object .diff")).split("\n");
    expect(changed).toEqual(
      expect.arrayContaining(["-   phase: Provisioned", "+   phase: Running"]),
    );
    await page.click(".history button:last-child");
    expect(await page.text(".whole")).toMatch(/kind: Machine\n/);
    expect(await page.text(".whole")).toMatch(/00:\d\d:\d\d machine +phase: Running/);
  });

  test("the broken promise is one key away, with what its author believed and the truth side by side", async () => {
    const page = await open();
    await page.press("n");
    await page.until("location.hash.startsWith('#e=')");
    expect(await page.text(".broke")).toMatch(
      /^REP-3 broken: MachineDeployment small-md-0 is left with \d available Machines, 3 have to be$/,
    );
    expect(await page.text(".belief-verdict")).toBe(believed);
    expect(await page.text(".belief")).toMatch(
      /believed\s+not there\s+true\s+Provisioning, v1.34.2/,
    );
  });

  test("keys go from event to event, and the address leads a colleague to the same spot", async () => {
    const page = await open();
    await page.press("j");
    await page.press("j");
    await page.until("location.hash === '#e=1'");
    await page.press("k");
    await page.until("location.hash === '#e=0'");
    await page.press("+");
    await page.until("/^#e=0&v=0.0000-0.5000$/.test(location.hash)");
    const other = await open({ fragment: `#e=${violation().event}&v=0.2000-0.6000` });
    expect(await other.text(".inspector-title")).toContain("careless controller deleted");
    expect(await other.evaluate("location.hash")).toContain("&v=0.2000-0.6000");
    await other.press("Escape");
    await other.until("document.getElementById('dock').hidden");
  });

  test("clusters are shown as the describe command shows them, at the end and at any other time", async () => {
    const plain = await open({ hasScripts: false });
    expect(await plain.text("#tree")).toMatch(/^NAME +REPLICAS +READY +STATUS/);
    const page = await open({ fragment: `#e=${violation().event}` });
    const during = await page.text("#tree");
    expect(await page.text("#tree-time")).toBe(formatClock(violation().atMs));
    expect(during).toMatch(/MachineDeployment\/small-md-0 +\d\/3 +[12] /);
    await page.evaluate(`(() => {
      const slider = document.querySelector("#tree-tools input");
      slider.value = slider.max;
      slider.dispatchEvent(new Event("input"));
    })()`);
    expect(await page.text("#tree")).toBe(await plain.text("#tree"));
    expect(await page.text("#tree")).toMatch(
      /MachineDeployment\/small-md-0 +3\/3 +3 +Available: True/,
    );
    expect(await page.text("#tree .good")).toContain("Available: True");
  });

  test("events are found by words, however many there are, and only those in sight are in the page", async () => {
    const page = await open({ fragment: "#e=0" });
    expect(await page.evaluate("document.querySelectorAll('.event').length")).toBeLessThan(60);
    const count = await page.evaluate<string>(`(() => {
      const search = document.querySelector('#events input');
      search.value = 'careless deleted';
      search.dispatchEvent(new Event('input'));
      return document.querySelector('.event-count').textContent;
    })()`);
    expect(count).toMatch(/^1 of [\d,]+ events$/);
  });

  test("text from manifests stays text: no markup of theirs runs or is drawn", async () => {
    const applied = recording.objects.findIndex(({ kind }) => kind === "MachineDeployment");
    const event = recording.revisions.find(({ object }) => object === applied)?.event ?? 0;
    const page = await open({ fragment: `#e=${event}` });
    expect(await page.text(".object .diff")).toContain(markup);
    expect(await page.evaluate("document.title")).toBe(
      "careless, seed 5: A promise was broken: REP-3.",
    );
    expect(await page.evaluate("document.images.length")).toBe(0);
    expect(await page.evaluate("document.scripts.length")).toBe(2);
  });

  test("a report asks nobody for anything and complains about nothing, in light and in dark", async () => {
    for (const isDark of [false, true]) {
      const page = await open({ isDark, fragment: `#e=${violation().event}` });
      await page.press("f");
      await page.press("0");
      expect(page.requests).toEqual([pathToFileURL(file).href]);
      expect(page.complaints).toEqual([]);
    }
  });
});
