import type { PageData } from "../page-data.ts";
import { describeEvent } from "../describe-event.ts";
import { Playback } from "../playback.ts";
import { readSpot, writeSpot } from "./address.ts";
import { button, element, requireElement } from "./dom.ts";
import { EventList } from "./event-list.ts";
import { rowGroups } from "./groups.ts";
import { Inspector } from "./inspector.ts";
import { foldedScale, linearScale } from "./time-scale.ts";
import { Timeline } from "./timeline.ts";
import { TreeView } from "./tree-view.ts";
import { shifted } from "./view.ts";

async function readData(): Promise<PageData> {
  const text = (requireElement("data").textContent ?? "").trim();
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let index = 0; index < letters.length; index += 1) bytes[index] = letters.charCodeAt(index);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(plain).json()) as PageData;
}

/** The parts of the page, and what a key, a click or a link does to them. */
class Page {
  readonly #playback: Playback;
  readonly #timeline: Timeline;
  readonly #list: EventList;
  readonly #inspector: Inspector;
  readonly #tree: TreeView;
  readonly #dock = requireElement("dock");
  readonly #violations: readonly number[];
  #event: number | undefined;
  #isLinear: boolean;

  constructor(data: PageData) {
    const playback = new Playback(data.recording);
    const { violations, virtualMs } = data.recording.run;
    this.#playback = playback;
    this.#violations = violations.flatMap(({ event }) => (event === undefined ? [] : [event]));
    const spot = readSpot(location.hash);
    this.#isLinear = spot.isLinear === true;
    const [from, to] = spot.range ?? [0, 1];
    const onPick = (event: number) => this.select(event);
    this.#timeline = new Timeline({
      root: requireElement("rows"),
      groups: rowGroups(data, playback),
      happenings: data.happenings,
      violations,
      view: { scale: this.#isLinear ? linearScale(virtualMs) : foldedScale(playback), from, to },
      onPick,
      onView: () => this.#remember(),
    });
    this.#list = new EventList({ root: requireElement("events"), playback, onPick });
    const root = requireElement("inspector");
    this.#inspector = new Inspector({ root, playback, lanes: data.lanes, violations, onPick });
    this.#tree = new TreeView(playback, (ms) => this.#timeline.select(ms));
    this.#tools();
    this.#listen();
    if (spot.event !== undefined && spot.event < playback.length) this.select(spot.event);
  }

  select(event: number | undefined): void {
    this.#event = event;
    document.body.classList.toggle("docked", event !== undefined);
    this.#dock.hidden = event === undefined;
    if (event !== undefined) {
      this.#inspector.show(event);
      requireElement("announce").textContent = describeEvent(this.#playback.event(event));
      this.#tree.select(event);
    }
    this.#list.select(event);
    this.#timeline.select(event === undefined ? undefined : this.#playback.atMs(event));
    this.#remember();
  }

  #remember(): void {
    const { from, to } = this.#timeline.view;
    const event = this.#event;
    const spot = writeSpot({
      ...(event === undefined ? {} : { event }),
      range: [from, to],
      isLinear: this.#isLinear,
    });
    if (spot !== location.hash)
      history.replaceState(undefined, "", spot === "#" ? location.pathname : spot);
  }

  #fold(): void {
    this.#isLinear = !this.#isLinear;
    const { virtualMs } = this.#playback.recording.run;
    const scale = this.#isLinear ? linearScale(virtualMs) : foldedScale(this.#playback);
    this.#timeline.show({ ...shifted(this.#timeline.view, 0, 1), scale });
    requireElement("tools")
      .querySelector(".fold-tool")
      ?.setAttribute("aria-pressed", String(!this.#isLinear));
  }

  #tools(): void {
    const fold = button("quiet times folded", "Fold the times in which nothing changes (f)", () =>
      this.#fold(),
    );
    fold.className = "fold-tool";
    fold.setAttribute("aria-pressed", String(!this.#isLinear));
    requireElement("tools").append(
      button("−", "See more time (-)", () => this.#timeline.zoom(2)),
      button("+", "See less time (+)", () => this.#timeline.zoom(0.5)),
      button("all", "See the whole run (0)", () => this.#all()),
      fold,
      button("events", "Show the first event (j)", () => this.#step(1)),
      button("keys", "What keys do (?)", () => this.#help()),
    );
    requireElement("close").addEventListener("click", () => this.select(undefined));
  }

  #all(): void {
    this.#timeline.show(shifted(this.#timeline.view, 0, 1));
  }

  #step(step: 1 | -1): void {
    const next = this.#list.neighbour(step);
    if (next !== undefined) this.select(next);
  }

  #nextViolation(): void {
    const after =
      this.#violations.find((event) => event > (this.#event ?? -1)) ?? this.#violations[0];
    if (after !== undefined) this.select(after);
  }

  #help(): void {
    const help = requireElement("help");
    if (help instanceof HTMLDialogElement) {
      if (help.open) help.close();
      else help.showModal();
    }
  }

  #listen(): void {
    const keys: Readonly<Record<string, () => void>> = {
      j: () => this.#step(1),
      k: () => this.#step(-1),
      n: () => this.#nextViolation(),
      f: () => this.#fold(),
      "+": () => this.#timeline.zoom(0.5),
      "=": () => this.#timeline.zoom(0.5),
      "-": () => this.#timeline.zoom(2),
      "0": () => this.#all(),
      ArrowLeft: () => this.#timeline.pan(-0.2),
      ArrowRight: () => this.#timeline.pan(0.2),
      "/": () => this.#search(),
      "?": () => this.#help(),
      Escape: () => this.select(undefined),
    };
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target instanceof HTMLInputElement;
      if (document.querySelector("dialog[open]") !== null) return; // It closes itself.
      if (event.ctrlKey || event.metaKey || event.altKey || (isTyping && event.key !== "Escape"))
        return;
      const act = keys[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    });
    window.addEventListener("hashchange", () => {
      const { event } = readSpot(location.hash);
      if (event !== undefined && event !== this.#event && event < this.#playback.length)
        this.select(event);
    });
  }

  #search(): void {
    if (this.#event === undefined) this.#step(1);
    this.#list.focusSearch();
  }
}

/** The command that repeats the run, into the clipboard. */
function offerCopy(): void {
  const command = requireElement("replay-command");
  const copy = button("copy", "Copy the command", () => {
    navigator.clipboard.writeText(command.textContent ?? "").then(
      () => (copy.textContent = "copied"),
      () => getSelection()?.selectAllChildren(command),
    );
  });
  command.after(copy);
}

function openPage(data: PageData): Page {
  return new Page(data);
}

async function start(): Promise<void> {
  offerCopy();
  openPage(await readData());
  document.body.dataset["ready"] = "true";
  document.body.dataset["readyMs"] = String(performance.now());
}

start().catch((error: unknown) => {
  requireElement("rows").append(
    element("p", { class: "sorry" }, `The timeline can't be shown: ${String(error)}`),
  );
});
