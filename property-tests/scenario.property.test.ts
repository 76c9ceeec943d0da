import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { loadScenario } from "seatrial/runner/load-scenario.ts";
import { runScenario } from "seatrial/runner/run-scenario.ts";
import type { LoadedScenario, Step } from "seatrial/runner/scenario.ts";
import { expect, test } from "vitest";

const file = fileURLToPath(
  new URL("../scenarios/availability/worker-remediation.yaml", import.meta.url),
);
const base = loadScenario(file);
const full = process.env["SEATRIAL_FULL"] !== undefined;

const workers = "machinedeployment/my-cluster-md-0";
const masters = "kubeadmcontrolplane/my-cluster-control-plane";
const cluster = "cluster/my-cluster";

/** What people and the environment do in one go; each step says how many seconds after the first. */
type Deed = readonly (Omit<Step, "at"> & { readonly plus: number })[];

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc
    .integer({ min: 0, max: 4 })
    .map((replicas): Deed => [{ plus: 0, scale: { target: workers, replicas } }]),
  fc.constant<Deed>([
    { plus: 0, patch: { target: workers, set: { "spec.template.spec.version": "v1.35.0" } } },
    { plus: 1, patch: { target: masters, set: { "spec.version": "v1.35.0" } } },
  ]),
  fc.constant<Deed>([{ plus: 0, terminateInstance: { where: "!m.controlPlane", pick: "random" } }]),
  fc.constant<Deed>([{ plus: 0, deleteMachine: { where: "!m.controlPlane", pick: "random" } }]),
  fc.integer({ min: 1, max: 900 }).map((plus): Deed => [
    { plus: 0, pause: { target: cluster } },
    { plus, unpause: { target: cluster } },
  ]),
  fc
    .constantFrom("1s", "8s", "90s")
    .map((after): Deed => [{ plus: 0, restartControllers: { after } }]),
  fc
    .constantFrom("RunInstances", "Describe*", "*")
    .map((cloud): Deed => [
      { plus: 0, fault: { call: { cloud }, chance: 0.3, for: "3m", do: { loseResponse: {} } } },
    ]),
);

interface Life {
  readonly deeds: readonly { readonly atSeconds: number; readonly deed: Deed }[];
  readonly deletedAtSeconds: number | undefined;
}

const life: fc.Arbitrary<Life> = fc.record({
  deeds: fc.array(fc.record({ atSeconds: fc.integer({ min: 60, max: 1_800 }), deed }), {
    minLength: 1,
    maxLength: 6,
  }),
  deletedAtSeconds: fc.option(fc.integer({ min: 60, max: 1_800 }), { nil: undefined, freq: 3 }),
});

function scenarioOf({ deeds, deletedAtSeconds = Infinity }: Life): LoadedScenario {
  const { steps: _steps, expect: _expect, ...rest } = base.scenario;
  const steps = deeds
    .filter(({ deed: parts }, index) => !isPause(parts) || index === firstPause(deeds))
    .filter(({ atSeconds }) => atSeconds < deletedAtSeconds)
    .flatMap(({ atSeconds, deed: parts }) =>
      parts.map(({ plus, ...step }): Step => ({ ...step, at: `${atSeconds + plus}s` })),
    );
  if (deletedAtSeconds !== Infinity) {
    steps.push({ at: `${deletedAtSeconds}s`, delete: { target: cluster } });
  }
  const world = { ...rest.world, edit: [...(rest.world.edit ?? []), unlimited] };
  return { ...base, scenario: { ...rest, world, steps } };
}

/** However many workers are ill: nobody is to wait for a person. */
const unlimited = {
  target: "machinehealthcheck/my-cluster-md-0",
  set: { "spec.remediation": null },
};

const isPause = (parts: Deed): boolean => parts.some(({ pause }) => pause !== undefined);

/** One pause is enough: what is unpaused may be gone before it is unpaused once more. */
const firstPause = (deeds: Life["deeds"]): number =>
  deeds.findIndex(({ deed: parts }) => isPause(parts));

// Red when the preflight checks of a MachineSet let everything pass: CPL-6b names the worker that came before its control plane.
test("whatever is done to a cluster at whatever time, no promise is broken, and in calm it converges", async () => {
  await fc.assert(
    fc.asyncProperty(life, fc.integer({ min: 1, max: 1_000_000 }), async (one, seed) => {
      const result = await runScenario(scenarioOf(one), { seed: `${seed}`, awsWire: false });
      expect(result.violations).toEqual([]);
    }),
    full ? { numRuns: 100 } : { numRuns: 3, seed: 11, endOnFailure: true },
  );
});
