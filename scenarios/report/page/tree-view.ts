import { formatClock } from "../format-time.ts";
import type { Playback } from "../playback.ts";
import { describeAt } from "../tree-at.ts";
import { element, requireElement } from "./dom.ts";

/** Around a status, so that it can be found again in the text of the tree. */
const mark = "\u0001";

/** The tree of each cluster at a moment that a slider or a selected event names. */
export class TreeView {
  readonly #playback: Playback;
  readonly #slider: HTMLInputElement;
  readonly #tree = requireElement("tree");
  readonly #title = requireElement("tree-time");

  constructor(playback: Playback, onMoment: (ms: number) => void) {
    this.#playback = playback;
    const { virtualMs } = playback.recording.run;
    this.#slider = element("input", {
      type: "range",
      min: 0,
      max: virtualMs,
      step: 1000,
      value: virtualMs,
      "aria-label": "Time at which the clusters are shown",
    });
    this.#slider.addEventListener("input", () => {
      const ms = Number(this.#slider.value);
      onMoment(ms);
      this.#show(
        playback.recording.events.atMs.findLastIndex((atMs) => atMs <= ms),
        ms,
      );
    });
    requireElement("tree-tools").append(this.#slider);
    this.#show(playback.length - 1, virtualMs);
  }

  select(event: number): void {
    const ms = this.#playback.atMs(event);
    this.#slider.value = String(ms);
    this.#show(event, ms);
  }

  #show(event: number, ms: number): void {
    this.#slider.setAttribute("aria-valuetext", formatClock(ms));
    this.#title.textContent = formatClock(ms);
    const text = describeAt(
      this.#playback,
      event,
      (part, status) => `${mark}${status}${mark}${part}${mark}`,
    );
    const parts = text.split(mark);
    this.#tree.replaceChildren();
    for (let index = 0; index < parts.length; index += 3) {
      this.#tree.append(parts[index] ?? "");
      const [status, shown] = [parts[index + 1], parts[index + 2]];
      if (status === undefined || shown === undefined) continue;
      const tone = status.endsWith("True") ? "good" : status.endsWith("False") ? "bad" : "unknown";
      this.#tree.append(element("span", { class: status === "" ? "" : tone }, shown));
    }
    if (text === "") this.#tree.append("There was no Cluster at that time.");
  }
}
