import { describeChange, describeEvent, isTrouble } from "../describe-event.ts";
import { formatPrecise } from "../format-time.ts";
import type { Playback, PlayedEvent } from "../playback.ts";
import { element } from "./dom.ts";

const rowHeight = 24;

export interface EventListOptions {
  readonly root: HTMLElement;
  readonly playback: Playback;
  onPick(event: number): void;
}

const kinds = [
  ["kube.write", "writes"],
  ["cloud", "cloud"],
  ["machine", "machines"],
  ["reconcile", "reconciles"],
  ["trouble", "faults and steps"],
] as const;
type KindName = (typeof kinds)[number][0];

/** All events, one line each; only those in sight are in the page, so that twenty thousand cost no more than twenty. */
export class EventList {
  readonly #options: EventListOptions;
  readonly #search = element("input", {
    type: "search",
    placeholder: "Filter: words, names, IDs",
    "aria-label": "Filter events by words",
    spellcheck: "false",
  });
  readonly #scroller = element("div", {
    class: "event-scroller",
    tabindex: 0,
    role: "listbox",
    "aria-label": "Events",
  });
  readonly #canvas = element("div", { class: "event-canvas" });
  readonly #count = element("span", { class: "event-count", role: "status" });
  readonly #hidden = new Set<KindName>();
  #shown: readonly number[] = [];
  #texts: readonly string[] | undefined;
  #selected: number | undefined;

  constructor(options: EventListOptions) {
    this.#options = options;
    const chips = element("div", {
      class: "chips",
      role: "group",
      "aria-label": "Kinds of events",
    });
    for (const [name, label] of kinds) chips.append(this.#chip(name, label));
    this.#search.addEventListener("input", () => this.#filter());
    this.#scroller.append(this.#canvas);
    this.#scroller.addEventListener("scroll", () => this.#draw());
    this.#scroller.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("[data-event]") : null;
      if (row !== null) options.onPick(Number(row.getAttribute("data-event")));
    });
    this.#scroller.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] as -1 | 1 | undefined;
      const next = step === undefined ? undefined : this.neighbour(step);
      if (next === undefined) return;
      event.preventDefault();
      options.onPick(next);
    });
    new ResizeObserver(() => this.#draw()).observe(this.#scroller);
    const head = element("div", { class: "event-head" }, this.#search, chips, this.#count);
    options.root.append(head, this.#scroller);
    this.#filter();
  }

  focusSearch(): void {
    this.#search.focus();
  }

  select(event: number | undefined): void {
    this.#selected = event;
    if (event !== undefined) this.#reveal(event);
    this.#draw();
  }

  /** The shown event before or after; the first one if none is selected. */
  neighbour(step: 1 | -1): number | undefined {
    const selected = this.#selected;
    if (selected === undefined) return this.#shown[0];
    return step === 1
      ? this.#shown.find((index) => index > selected)
      : this.#shown.findLast((index) => index < selected);
  }

  #chip(name: KindName, label: string): HTMLElement {
    const chip = element(
      "button",
      { type: "button", class: "chip", "aria-pressed": "true" },
      label,
    );
    chip.addEventListener("click", () => {
      if (!this.#hidden.delete(name)) this.#hidden.add(name);
      chip.setAttribute("aria-pressed", String(!this.#hidden.has(name)));
      this.#filter();
    });
    return chip;
  }

  #filter(): void {
    const { playback } = this.#options;
    const words = this.#search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length > 0) {
      this.#texts ??= Array.from({ length: playback.length }, (_, index) =>
        textOf(playback.event(index)),
      );
    }
    const { strings, events } = playback.recording;
    const isHidden = strings.map((kind) => this.#hidden.has(chipOf(kind)));
    this.#shown = [...events.kind.keys()].filter(
      (index) =>
        isHidden[events.kind[index] ?? -1] !== true &&
        words.every((word) => this.#texts?.[index]?.includes(word) === true),
    );
    const all = playback.length.toLocaleString("en-US");
    const shown = this.#shown.length.toLocaleString("en-US");
    this.#count.textContent = shown === all ? `${all} events` : `${shown} of ${all} events`;
    this.#canvas.style.height = `${this.#shown.length * rowHeight}px`;
    if (this.#selected !== undefined) this.#reveal(this.#selected);
    this.#draw();
  }

  #reveal(event: number): void {
    const place = this.#placeOf(event);
    const { scrollTop, clientHeight } = this.#scroller;
    const top = place * rowHeight;
    if (top >= scrollTop && top + rowHeight <= scrollTop + clientHeight) return;
    this.#scroller.scrollTop = top - clientHeight / 2 + rowHeight;
  }

  #placeOf(event: number): number {
    const place = this.#shown.findIndex((index) => index >= event);
    return place === -1 ? this.#shown.length - 1 : place;
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - 8);
    const last = Math.ceil((scrollTop + clientHeight) / rowHeight) + 8;
    const rows = this.#shown
      .slice(first, last)
      .map((index, offset) => this.#row(index, first + offset));
    this.#canvas.replaceChildren(...rows);
    const selected = this.#selected;
    if (selected === undefined) this.#scroller.removeAttribute("aria-activedescendant");
    else this.#scroller.setAttribute("aria-activedescendant", `event-${selected}`);
  }

  #change(index: number): Node | string {
    const { playback } = this.#options;
    const revision = playback.writtenAt(index);
    if (revision === undefined || playback.previous(revision) === undefined) return "";
    return element(
      "span",
      { class: "event-change" },
      describeChange(playback.revision(revision).patch),
    );
  }

  #row(index: number, place: number): HTMLElement {
    const event = this.#options.playback.event(index);
    const isSelected = index === this.#selected;
    const row = element(
      "div",
      {
        id: `event-${index}`,
        class: `event kind-${event.kind.replace(".", "-")}${isTrouble(event) ? " trouble" : ""}`,
        role: "option",
        "aria-selected": String(isSelected),
        "aria-setsize": this.#shown.length,
        "aria-posinset": place + 1,
        "data-event": index,
        style: `top:${place * rowHeight}px`,
      },
      element("time", {}, formatPrecise(event.atMs)),
      element("span", { class: "event-text" }, describeEvent(event), this.#change(index)),
    );
    return row;
  }
}

function textOf(event: PlayedEvent): string {
  return `${describeEvent(event)} ${event.kind} ${event.actor} ${event.verb} ${event.object}`.toLowerCase();
}

function chipOf(kind: string): KindName {
  if (kind === "kube.write" || kind === "machine" || kind === "reconcile") return kind;
  return kind.startsWith("cloud") ? "cloud" : "trouble";
}
