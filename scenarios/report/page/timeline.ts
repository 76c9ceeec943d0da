import { formatClock, formatPrecise, formatSpan } from "../format-time.ts";
import type { Happening } from "../happenings.ts";
import type { RecordedViolation } from "../recording.ts";
import { element, shape } from "./dom.ts";
import type { Row, RowGroup } from "./rows.ts";
import { ticksOf } from "./time-scale.ts";
import { msOf, panned, shifted, showing, type View, xOf, zoomed } from "./view.ts";

export interface TimelineOptions {
  readonly root: HTMLElement;
  readonly groups: readonly RowGroup[];
  readonly happenings: readonly Happening[];
  readonly violations: readonly RecordedViolation[];
  readonly view: Omit<View, "width">;
  onPick(event: number): void;
  onView(view: View): void;
}

interface DrawnRow {
  readonly row: Row;
  readonly plot: SVGSVGElement;
}

const axisHeight = 30;

/** Rows over one time axis: drawn again whenever the view changes, picked by clicks, zoomed by drags. */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #body = element("div", { class: "rows" });
  readonly #axis = shape("svg", { class: "axis-plot", height: axisHeight, "aria-hidden": "true" });
  readonly #behind = element("div", { class: "overlay behind", "aria-hidden": "true" });
  readonly #overlay = element("div", { class: "overlay", "aria-hidden": "true" });
  readonly #cursor = element("div", { class: "cursor" });
  readonly #rows: DrawnRow[] = [];
  #view: View;
  #selectedMs: number | undefined;
  #brush: { readonly fromX: number; readonly target: Element; moved: boolean } | undefined;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#view = { ...options.view, width: 600 };
    const corner = element("div", { class: "axis-label" }, "time since the start");
    const axis = element("div", { class: "axis" }, corner);
    axis.append(this.#axis);
    const groups = options.groups.map((group) => this.#group(group));
    this.#body.append(axis, this.#behind, ...groups, this.#overlay);
    options.root.append(this.#body);
    new ResizeObserver(() => this.#resize()).observe(this.#body);
    this.#listen();
    this.#resize();
  }

  get view(): View {
    return this.#view;
  }

  show(view: View): void {
    this.#view = view;
    this.#draw();
    this.#options.onView(view);
  }

  zoom(factor: number): void {
    const selected = this.#selectedMs;
    const x = selected === undefined ? undefined : xOf(this.#view, selected);
    const isSeen = x !== undefined && x >= 0 && x <= this.#view.width;
    this.show(isSeen ? zoomed(this.#view, factor, x) : zoomed(this.#view, factor));
  }

  pan(share: number): void {
    this.show(panned(this.#view, share));
  }

  select(ms: number | undefined): void {
    this.#selectedMs = ms;
    const view = ms === undefined ? this.#view : showing(this.#view, ms);
    if (view === this.#view) this.#drawOverlay();
    else this.show(view);
  }

  #group({ name, rows, isOpen }: RowGroup): HTMLElement {
    const summary = element(
      "summary",
      {},
      name,
      element("span", { class: "count" }, String(rows.length)),
    );
    const group = element("details", { class: "group", ...(isOpen ? { open: "" } : {}) }, summary);
    for (const row of rows) group.append(this.#row(row));
    group.addEventListener("toggle", () => this.#draw());
    return group;
  }

  #row(row: Row): HTMLElement {
    const plot = shape("svg", {
      class: "plot",
      role: "img",
      "aria-label": row.description,
      height: row.height,
    });
    this.#rows.push({ row, plot });
    const label = element(
      "div",
      { class: "row-label", title: `${row.title}${row.note === "" ? "" : ` · ${row.note}`}` },
      element("span", { class: "row-title" }, row.title),
      element("span", { class: "row-note" }, row.note),
    );
    const drawn = element("div", { class: "row", style: `height:${row.height}px` }, label);
    drawn.append(plot);
    return drawn;
  }

  #resize(): void {
    const width = Math.max(120, this.#axis.getBoundingClientRect().width);
    if (Math.abs(width - this.#view.width) < 0.5) return;
    this.#view = { ...this.#view, width };
    this.#draw();
  }

  #draw(): void {
    for (const { row, plot } of this.#rows) {
      // What is folded away is drawn when it is opened.
      if (plot.closest("details:not([open])") !== null) continue;
      fit(plot, this.#view.width, row.height);
      plot.replaceChildren(...row.draw(this.#view));
    }
    this.#drawAxis();
    this.#drawOverlay();
  }

  #drawAxis(): void {
    const view = this.#view;
    const ticks = ticksOf(view.scale, (ms) => xOf(view, ms), { width: view.width, apart: 84 });
    fit(this.#axis, view.width, axisHeight);
    this.#axis.replaceChildren(
      ...ticks.flatMap(({ ms, x }) => [
        shape("line", { x1: x, x2: x, y1: 22, y2: axisHeight, class: "axis-tick" }),
        shape(
          "text",
          { x, y: 16, class: "axis-text", "text-anchor": x < 24 ? "start" : "middle" },
          formatClock(ms),
        ),
      ]),
    );
  }

  #drawOverlay(): void {
    const view = this.#view;
    const percent = (px: number) => `${((px / view.width) * 100).toFixed(3)}%`;
    const strip = (fromMs: number, toMs: number, name: string) => {
      const [left, right] = [Math.max(0, xOf(view, fromMs)), Math.min(view.width, xOf(view, toMs))];
      if (right < left) return [];
      return [
        element("div", {
          class: name,
          style: `left:${percent(left)};width:max(1px, ${percent(right - left)})`,
        }),
      ];
    };
    const folds = view.scale.stretches
      .filter(({ isFolded }) => isFolded)
      .flatMap(({ fromMs, toMs }) =>
        strip(fromMs, toMs, "fold").map((fold) => {
          fold.append(element("span", {}, formatSpan(toMs - fromMs)));
          return fold;
        }),
      );
    const shades = this.#options.happenings
      .filter(({ who }) => who === "nature")
      .flatMap(({ fromMs, toMs }) => strip(fromMs, toMs, "shade"));
    const broken = this.#options.violations.flatMap(({ atMs }) => strip(atMs, atMs, "broken-line"));
    const selected = this.#selectedMs;
    const selection = selected === undefined ? [] : strip(selected, selected, "selection");
    this.#behind.replaceChildren(...folds, ...shades);
    this.#overlay.replaceChildren(...broken, ...selection, this.#cursor);
  }

  #listen(): void {
    const body = this.#body;
    body.addEventListener("pointerdown", (event) => {
      const x = this.#xOfPointer(event);
      if (event.button !== 0 || x === undefined || !(event.target instanceof Element)) return;
      this.#brush = { fromX: x, target: event.target, moved: false };
    });
    body.addEventListener("pointermove", (event) => this.#move(event));
    body.addEventListener("pointerleave", () => this.#cursor.classList.remove("seen"));
    window.addEventListener("pointerup", (event) => this.#release(event));
    body.addEventListener("dblclick", () => this.show(shifted(this.#view, 0, 1)));
    body.addEventListener(
      "wheel",
      (event) => {
        const x = this.#xOfPointer(event);
        if (
          x === undefined ||
          !(
            event.ctrlKey ||
            event.metaKey ||
            event.shiftKey ||
            Math.abs(event.deltaX) > Math.abs(event.deltaY)
          )
        )
          return;
        event.preventDefault();
        if (event.ctrlKey || event.metaKey) {
          this.show(zoomed(this.#view, Math.exp(event.deltaY / 300), x));
        } else {
          const moved = event.deltaX === 0 ? event.deltaY : event.deltaX;
          this.pan(moved / this.#view.width);
        }
      },
      { passive: false },
    );
  }

  #xOfPointer(event: MouseEvent): number | undefined {
    const x = event.clientX - this.#axis.getBoundingClientRect().left;
    return x < 0 || x > this.#view.width ? undefined : x;
  }

  #move(event: PointerEvent): void {
    const x = this.#xOfPointer(event);
    this.#cursor.classList.toggle("seen", x !== undefined);
    if (x === undefined) return;
    const brush = this.#brush;
    if (brush !== undefined && Math.abs(x - brush.fromX) > 5) brush.moved = true;
    const isBrushing = brush?.moved === true;
    const left = isBrushing ? Math.min(x, brush.fromX) : x;
    this.#cursor.style.left = `${left}px`;
    this.#cursor.style.width = isBrushing ? `${Math.abs(x - brush.fromX)}px` : "1px";
    this.#cursor.classList.toggle("brushing", isBrushing);
    this.#cursor.dataset["time"] = formatClock(msOf(this.#view, x));
  }

  #release(event: PointerEvent): void {
    const brush = this.#brush;
    this.#brush = undefined;
    this.#cursor.classList.remove("brushing");
    if (brush === undefined) return;
    const { left } = this.#axis.getBoundingClientRect();
    const x = Math.min(this.#view.width, Math.max(0, event.clientX - left));
    if (brush.moved) {
      const at = (px: number) =>
        this.#view.from + (px / this.#view.width) * (this.#view.to - this.#view.from);
      const [from, to] = [at(Math.min(x, brush.fromX)), at(Math.max(x, brush.fromX))];
      this.show(shifted(this.#view, from, Math.max(0.0004, to - from)));
      return;
    }
    const picked = this.#picked(brush.target, x);
    if (picked !== undefined) this.#options.onPick(picked);
  }

  #picked(target: Element, x: number): number | undefined {
    const marked = target.closest("[data-event]")?.getAttribute("data-event");
    if (marked !== null && marked !== undefined) return Number(marked);
    const plot = target.closest(".row")?.querySelector(".plot");
    const row = this.#rows.find((one) => one.plot === plot)?.row;
    return row?.pick?.(msOf(this.#view, x));
  }

  /** For the status line: what part of the time is seen. */
  describeView(): string {
    return `${formatPrecise(msOf(this.#view, 0))} to ${formatPrecise(msOf(this.#view, this.#view.width))}`;
  }
}

/** Drawn for the width of the screen; on paper it is squeezed into the width that there is. */
function fit(plot: SVGSVGElement, width: number, height: number): void {
  plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
  plot.setAttribute("preserveAspectRatio", "none");
}
