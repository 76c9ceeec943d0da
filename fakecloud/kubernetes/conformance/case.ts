/**
 * One promise of the API server, as data: requests in order, and what each must answer. `${name}` in texts stands for a
 * value that an earlier step has saved; `${ns}` for the namespace that the case has to itself.
 */
export interface ConformanceCase {
  readonly title: string;
  /** Definitions that must be served before the case begins. */
  readonly needs?: readonly "widgets"[];
  /**
   * What the suite's own HTTPS webhook answers, by path; `${webhook}` stands for its URL, `${caBundle}` for its authority. An
   * API server elsewhere must be able to reach it on the loopback address.
   */
  readonly hooks?: Readonly<Record<string, Hook>>;
  readonly steps: readonly Step[];
  /** What must go again, whatever has become of the case. */
  readonly after?: readonly Request[];
}

/** Answers one review: with the whole body, or text that is no review, or undefined for silence. */
export type Hook = (request: Review) => unknown;

/** The `request` of an AdmissionReview or a ConversionReview. */
export type Review = Readonly<Record<string, unknown>>;

export interface Step {
  readonly send?: Request;
  readonly expect?: Expected;
  /** Names for values of the answer: `{ version: "metadata.resourceVersion", tag: "headers.etag" }`. */
  readonly save?: Readonly<Record<string, string>>;
  /** The reviews that the webhook must have had since the last step that looked: path and body, in order. */
  readonly asked?: readonly Asked[] | "anything";
  /** Lets this much time pass, for what happens on its own. */
  readonly waitMs?: number;
  /** Opens a watch, collects as many events as are expected, and closes it. */
  readonly watch?: { readonly path: string; readonly query?: Query };
  readonly events?: readonly ExpectedEvent[];
}

export interface Asked {
  readonly path: string;
  readonly review: unknown;
}

export type Query = Readonly<Record<string, string>>;

export interface Request {
  readonly method: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  readonly path: string;
  readonly query?: Query;
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Expected {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string | RegExp;
  /** What the body must contain: a part of it; `absent` where there must be nothing. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | RegExp>>;
}

export interface ExpectedEvent {
  readonly type: string;
  readonly object?: unknown;
}

/** In an expected body: a field that must not be there. */
export const absent = Symbol("absent");

export const mergePatch = "application/merge-patch+json";
export const jsonPatch = "application/json-patch+json";
export const strategicMergePatch = "application/strategic-merge-patch+json";
export const serverSideApply = "application/apply-patch+yaml";
