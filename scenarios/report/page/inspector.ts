import { describeEvent } from "../describe-event.ts";
import { describeObject } from "../describe-object.ts";
import { formatPrecise, formatSpan } from "../format-time.ts";
import type { Lane } from "../lanes.ts";
import type { Playback, PlayedEvent } from "../playback.ts";
import type { RecordedViolation } from "../recording.ts";
import { wrongOf } from "../verdict.ts";
import { beliefView } from "./belief-view.ts";
import { button, element } from "./dom.ts";
import { diffView, wholeView } from "./object-view.ts";

export interface InspectorOptions {
  readonly root: HTMLElement;
  readonly playback: Playback;
  readonly lanes: readonly Lane[];
  readonly violations: readonly RecordedViolation[];
  onPick(event: number): void;
}

/** One event in full: who and why, the object at that time, what changed, and what its author believed. */
export class Inspector {
  readonly #options: InspectorOptions;
  #showsWhole = false;

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  show(index: number): void {
    const { root, playback } = this.#options;
    const event = playback.event(index);
    root.replaceChildren(
      element("p", { class: "inspector-time" }, `${formatPrecise(event.atMs)} · event ${index}`),
      element("h2", { class: "inspector-title", tabindex: -1 }, describeEvent(event)),
      ...this.#broken(index),
      ...this.#cause(event),
      ...this.#detail(event),
      ...this.#object(event),
      ...this.#deeds(event),
    );
    root.scrollTop = 0;
  }

  #link(event: number, text: string): HTMLElement {
    const link = button(text, "Show this event", () => this.#options.onPick(event));
    link.className = "link";
    return link;
  }

  #broken(index: number): readonly HTMLElement[] {
    return this.#options.violations
      .filter(({ event }) => event === index)
      .map((violation) =>
        element(
          "p",
          { class: "broke" },
          element("strong", {}, `${violation.id} broken: `),
          wrongOf(this.#options.playback.recording, violation),
        ),
      );
  }

  /** The reconcile that it came out of. */
  #cause({ by, kind, atMs }: PlayedEvent): readonly HTMLElement[] {
    const reconcile = this.#options.playback.recording.reconciles[by];
    if (reconcile === undefined || kind === "reconcile") return [];
    const { controller, key, startedMs, end } = reconcile;
    const line = element(
      "p",
      { class: "cause" },
      `Out of the reconcile of ${key} by the ${controller} controller, ${formatSpan(atMs - startedMs)} after its begin`,
    );
    if (end >= 0) line.append(" ", this.#link(end, "how it ended"));
    else line.append("; it never ended");
    return [line];
  }

  #detail({ kind, detail, object }: PlayedEvent): readonly HTMLElement[] {
    const { playback, lanes } = this.#options;
    const parts: HTMLElement[] = [];
    const instance = object.startsWith("instance/") ? object.slice(9) : object;
    const facts = playback.recording.instances[instance];
    if (facts !== undefined) {
      const { machine, zone, type } = facts;
      parts.push(
        element("p", {}, `${type} in ${zone}${machine === "" ? "" : `, for Machine ${machine}`}`),
      );
    }
    const lane = lanes.find((one) => one.machine === (facts?.machine ?? object));
    if (lane !== undefined && kind !== "kube.write") {
      const born = lane.phases[0];
      if (born !== undefined)
        parts.push(element("p", {}, this.#link(born.event, `the beginning of ${lane.machine}`)));
    }
    if (detail !== undefined && kind !== "kube.write") {
      parts.push(element("pre", { class: "yaml" }, JSON.stringify(detail, undefined, 2)));
    }
    return parts;
  }

  #object({ index, kind }: PlayedEvent): readonly HTMLElement[] {
    const { playback } = this.#options;
    const revision = playback.writtenAt(index);
    if (kind !== "kube.write" || revision === undefined) return [];
    const { object, type } = playback.revision(revision);
    const about = playback.object(object);
    const glance = (at: number) => describeObject(about.kind, playback.state(at));
    const place = about.cluster === "management" ? "" : ` in ${about.cluster}`;
    const before = playback.previous(revision);
    const now = type === "DELETED" ? "gone with this write" : glance(revision);
    const was = before === undefined ? "" : glance(before);
    const glances =
      was === "" || was === now ? [now] : [now, element("span", {}, ` (before: ${was})`)];
    const body = this.#showsWhole
      ? wholeView(playback, revision)
      : diffView(
          before === undefined ? undefined : playback.state(before),
          type === "DELETED" ? undefined : playback.state(revision),
        );
    const belief = beliefView(playback, index);
    return [
      ...(belief === undefined ? [] : [belief]),
      element(
        "section",
        { class: "object" },
        element("h3", {}, `${about.kind} ${about.name}${place}`),
        element("p", { class: "glance" }, ...glances),
        this.#history(object, revision),
        body,
      ),
    ];
  }

  #history(object: number, revision: number): HTMLElement {
    const { playback } = this.#options;
    const all = playback.revisionsOf(object);
    const place = all.indexOf(revision);
    const go = (step: number, label: string, title: string) => {
      const target = all[place + step];
      const made = button(label, title, () => {
        if (target !== undefined) this.#options.onPick(playback.revision(target).event);
      });
      made.disabled = target === undefined;
      return made;
    };
    const toggle = button(
      this.#showsWhole ? "what changed" : "whole object",
      this.#showsWhole
        ? "Show only what this write changed"
        : "Show the whole object and who wrote which line",
      () => {
        this.#showsWhole = !this.#showsWhole;
        this.show(playback.revision(revision).event);
      },
    );
    return element(
      "div",
      { class: "history", role: "group", "aria-label": "History of this object" },
      go(-1, "‹", "The write before this one"),
      element("span", {}, `write ${place + 1} of ${all.length}`),
      go(1, "›", "The write after this one"),
      toggle,
    );
  }

  /** What a reconcile did, and what it had read. */
  #deeds({ index, kind, by }: PlayedEvent): readonly HTMLElement[] {
    const { playback } = this.#options;
    const reconcile = playback.recording.reconciles[by];
    if (kind !== "reconcile" || reconcile === undefined) return [];
    const { controller, key, startedMs, reads = [] } = reconcile;
    const took = formatSpan(playback.atMs(index) - startedMs);
    const parts: HTMLElement[] = [
      element("p", {}, `The ${controller} controller looked at ${key} for ${took}.`),
    ];
    const deeds = playback.recording.events.by.flatMap((one, event) =>
      one === by && event !== index ? [event] : [],
    );
    if (deeds.length > 0) parts.push(element("h3", {}, "What it did"), this.#list(deeds));
    const read = reads
      .filter((_, place) => place % 2 === 0)
      .map((revision) => playback.revision(revision).event);
    if (read.length > 0) {
      const seen = element(
        "details",
        {},
        element("summary", {}, `${read.length} objects that it read`),
      );
      seen.append(this.#list(read));
      parts.push(seen);
    }
    return parts;
  }

  #list(events: readonly number[]): HTMLElement {
    const { playback } = this.#options;
    const list = element("ul", { class: "deeds" });
    for (const event of events) {
      list.append(element("li", {}, this.#link(event, describeEvent(playback.event(event)))));
    }
    return list;
  }
}
