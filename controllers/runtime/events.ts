import { Event } from "../api/kubernetes.ts";
import type { Client, KubeObject } from "./client.ts";
import { type Clock, formatTime } from "./clock.ts";
import type { EventRecorder, Logger } from "./controller.ts";
import { isNotFound, messageOf } from "./errors.ts";
import type { Random } from "./random.ts";

// As client-go's correlator: repeats within ten minutes raise a count; one object may cause 25 at once, then one per 5 min.
const repeatWindowMs = 600_000;
const burstPerObject = 25;
const refillMs = 300_000;
const rememberedEvents = 4096;
const maxQueue = 1000;

export interface EventRecorderOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** `source.component` of the events. */
  readonly component: string;
}

interface Sent {
  readonly namespace: string;
  readonly name: string;
  count: number;
  lastMs: number;
}

interface Allowance {
  tokens: number;
  atMs: number;
}

/** Writes Events one after the other behind the reconcilers' backs: a lost event is logged, never an error of a reconcile. */
export class ApiEventRecorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #sent = new Map<string, Sent>();
  readonly #allowances = new Map<string, Allowance>();
  readonly #queue: (() => Promise<void>)[] = [];
  #sending = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  event(object: KubeObject, type: "Normal" | "Warning", reason: string, message: string): void {
    const nowMs = this.#options.clock.now();
    const about = object.metadata.uid ?? `${object.kind}/${object.metadata.name}`;
    const key = `${about} ${type} ${reason} ${message}`;
    const known = this.#sent.get(key);
    if (!this.#allows(about, nowMs) || this.#queue.length >= maxQueue) return;
    if (known !== undefined && nowMs - known.lastMs <= repeatWindowMs) {
      known.count += 1;
      known.lastMs = nowMs;
      const { count } = known;
      this.#enqueue(() => this.#raise(known, count, nowMs));
      return;
    }
    const suffix = Buffer.from(this.#options.random.bytes("event", key, 8)).toString("hex");
    const namespace = object.metadata.namespace ?? "default";
    const sent = { namespace, name: `${object.metadata.name}.${suffix}`, count: 1, lastMs: nowMs };
    this.#remember(key, sent);
    this.#enqueue(() => this.#create(sent, object, { type, reason, message, nowMs }));
  }

  async #create(
    sent: Sent,
    object: KubeObject,
    what: { type: string; reason: string; message: string; nowMs: number },
  ): Promise<void> {
    const { apiVersion, kind, metadata } = object;
    const time = formatTime(what.nowMs);
    const { uid, resourceVersion, namespace } = metadata;
    await this.#options.client.create(Event, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: sent.name, namespace: sent.namespace },
      involvedObject: {
        apiVersion,
        kind,
        name: metadata.name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      type: what.type,
      reason: what.reason,
      message: what.message.slice(0, 1024),
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      source: { component: this.#options.component },
      reportingComponent: this.#options.component,
      reportingInstance: "",
    });
  }

  async #raise(sent: Sent, count: number, nowMs: number): Promise<void> {
    const patch = { count, lastTimestamp: formatTime(nowMs) };
    try {
      await this.#options.client.mergePatch(Event, sent, patch);
    } catch (error) {
      // Events expire on the server; the next occurrence begins a new one.
      if (!isNotFound(error)) throw error;
      for (const [key, entry] of this.#sent) if (entry === sent) this.#sent.delete(key);
    }
  }

  #allows(about: string, nowMs: number): boolean {
    const known = this.#allowances.get(about) ?? { tokens: burstPerObject, atMs: nowMs };
    const tokens = Math.min(burstPerObject, known.tokens + (nowMs - known.atMs) / refillMs);
    if (tokens < 1) return false;
    this.#allowances.delete(about);
    this.#allowances.set(about, { tokens: tokens - 1, atMs: nowMs });
    forgetOldest(this.#allowances);
    return true;
  }

  #remember(key: string, sent: Sent): void {
    this.#sent.delete(key);
    this.#sent.set(key, sent);
    forgetOldest(this.#sent);
  }

  #enqueue(send: () => Promise<void>): void {
    this.#queue.push(send);
    if (!this.#sending) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    for (let send = this.#queue.shift(); send !== undefined; send = this.#queue.shift()) {
      try {
        await send();
      } catch (error) {
        this.#options.logger.info({ error: messageOf(error) }, "an event could not be recorded");
      }
    }
    this.#sending = false;
  }
}

function forgetOldest(memory: Map<string, unknown>): void {
  if (memory.size <= rememberedEvents) return;
  const [oldest] = memory.keys();
  if (oldest !== undefined) memory.delete(oldest);
}
