import type { Commit } from "@seatrial/fakecloud/kubernetes/store.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { computePatch, type Json, type JsonObject } from "./patch.ts";
import type { RecordedObject, RecordedRevision } from "./recording.ts";

interface Known {
  readonly index: number;
  state: Json | undefined;
}

/** Every object of every cluster through all its revisions. */
export class ObjectLog {
  readonly objects: RecordedObject[] = [];
  readonly revisions: RecordedRevision[] = [];
  readonly #known = new Map<string, Known>();
  /** By cluster and resourceVersion. */
  readonly #byVersion = new Map<string, number>();

  add(write: { readonly cluster: string; readonly event: number; readonly commit: Commit }): void {
    const { cluster, event, commit } = write;
    const { type, entry } = commit.change;
    const known = this.#knownAt(cluster, commit);
    const state = hideSecrets(entry.object as unknown as JsonObject);
    const revision = this.revisions.length;
    // The object keeps its last state; that it is gone is in the type.
    const patch = computePatch(known.state, state);
    this.revisions.push({ event, object: known.index, type, patch });
    known.state = type === "DELETED" ? undefined : state;
    this.#byVersion.set(`${cluster} ${entry.revision}`, revision);
  }

  /** Index of the revision with this resourceVersion. */
  find(cluster: string, resourceVersion: string | undefined): number | undefined {
    return this.#byVersion.get(`${cluster} ${resourceVersion}`);
  }

  #knownAt(cluster: string, { table, change }: Commit): Known {
    const { namespace, name, object } = change.entry;
    const place = `${cluster} ${table} ${namespace}/${name}`;
    let known = this.#known.get(place);
    if (known === undefined) {
      known = { index: this.objects.length, state: undefined };
      this.#known.set(place, known);
      const kind = typeof object["kind"] === "string" ? object["kind"] : "";
      this.objects.push({ cluster, table, kind, namespace, name });
    }
    return known;
  }
}
