import type { MachineDeployment } from "@seatrial/controllers/api/core/v1beta2.ts";
import type { Scene, Verdict, Write } from "./invariant.ts";

/** How many Machines more and how many fewer than wanted a rollout may have; from the API's documentation. */
export function boundsOf(deployment: MachineDeployment): {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
} {
  const { replicas = 1, rollout } = deployment.spec;
  const { maxSurge = 1, maxUnavailable = 0 } = rollout?.strategy?.rollingUpdate ?? {};
  return {
    maxSurge: scaled(maxSurge, replicas, Math.ceil),
    maxUnavailable: scaled(maxUnavailable, replicas, Math.floor),
  };
}

function scaled(value: number | string, total: number, round: (value: number) => number): number {
  if (typeof value === "number") return value;
  return round((Number(value.replace("%", "")) / 100) * total);
}

/** How long a controller may act on a spec that somebody has just changed. */
const visibleMs = 10_000;

/** What replicas each MachineDeployment has asked for lately: nobody can obey a spec that it has not seen yet. */
export class ReplicaWindow {
  readonly #scene: Scene;
  readonly #past = new Map<string, { readonly replicas: number; readonly untilMs: number }[]>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  note(write: Write): Verdict {
    const before = write.before as unknown as MachineDeployment | undefined;
    const now = write.object as unknown as MachineDeployment;
    const replicas = before?.spec.replicas ?? 1;
    if (before === undefined || replicas === (now.spec.replicas ?? 1)) return undefined;
    const uid = now.metadata.uid ?? "";
    const untilMs = this.#scene.nowMs() + visibleMs;
    this.#past.set(uid, [...(this.#past.get(uid) ?? []), { replicas, untilMs }]);
    return undefined;
  }

  highest(deployment: MachineDeployment): number {
    return Math.max(...this.#visible(deployment));
  }

  lowest(deployment: MachineDeployment): number {
    return Math.min(...this.#visible(deployment));
  }

  #visible({ metadata, spec }: MachineDeployment): readonly number[] {
    const nowMs = this.#scene.nowMs();
    const past = (this.#past.get(metadata.uid ?? "") ?? []).filter(
      ({ untilMs }) => untilMs >= nowMs,
    );
    return [spec.replicas ?? 1, ...past.map(({ replicas }) => replicas)];
  }
}
