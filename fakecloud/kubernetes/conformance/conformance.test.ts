import { env, pid } from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realClock } from "../../kernel/clock.ts";
import type { ConformanceCase } from "./case.ts";
import { embeddedSubject } from "./embedded-subject.ts";
import { remoteSubject } from "./remote-subject.ts";
import { runCase, type Subject } from "./runner.ts";
import { type StartedWebhook, startSuiteWebhook } from "./suite-webhook.ts";
import { applyCases } from "./tables/apply.ts";
import { conversionCases } from "./tables/conversion.ts";
import { openApiCases } from "./tables/openapi.ts";
import { orphanCases } from "./tables/orphans.ts";
import { ruleCases } from "./tables/rules.ts";
import { nodeCases } from "./tables/nodes.ts";
import { contractCases } from "./tables/contract.ts";
import { widgetsDefinition } from "./tables/definitions.ts";
import { kindCases } from "./tables/kinds.ts";
import { lifeCycleCases } from "./tables/life-cycle.ts";
import { readCases } from "./tables/reads.ts";
import { transcriptCases } from "./tables/transcript.ts";
import { admissionCases } from "./tables/admission.ts";
import { writeCases } from "./tables/writes.ts";

const cases: readonly ConformanceCase[] = [
  ...writeCases,
  ...applyCases,
  ...readCases,
  ...lifeCycleCases,
  ...kindCases,
  ...contractCases,
  ...admissionCases,
  ...conversionCases,
  ...openApiCases,
  ...nodeCases,
  ...orphanCases,
  ...ruleCases,
  ...transcriptCases,
];
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const namespaces = "/api/v1/namespaces";

let webhook: StartedWebhook;

beforeAll(async () => {
  webhook = await startSuiteWebhook();
});

afterAll(() => webhook.close());

function suite(name: string, subject: Subject): void {
  describe(name, () => {
    let isServed = false;
    let number = 0;

    async function prepare(one: ConformanceCase): Promise<string> {
      if (one.needs !== undefined && !isServed) {
        await subject.send({ method: "POST", path: definitions, body: widgetsDefinition });
        await subject.wait(5000);
        isServed = true;
      }
      number += 1;
      const namespace = `conformance-${pid}-${number}`;
      await subject.send({
        method: "POST",
        path: namespaces,
        body: { metadata: { name: namespace } },
      });
      // Elsewhere the default service account has to appear before pods can be created.
      await subject.wait(1000);
      return namespace;
    }

    test.each(cases.map((one) => [one.title, one] as const))("%s", async (_title, one) => {
      const namespace = await prepare(one);
      const problems = await runCase({ subject, webhook }, one, namespace);
      await subject.send({ method: "DELETE", path: `${namespaces}/${namespace}` });
      expect(problems).toEqual([]);
    });

    afterAll(async () => {
      const { name } = widgetsDefinition.metadata;
      await subject.send({ method: "DELETE", path: `${definitions}/${name}` });
    });
  });
}

suite("the embedded API server", embeddedSubject());

// Any other API server, a real one above all, can be held against the same promises.
const kubeconfig = env["SEATRIAL_CONFORMANCE_KUBECONFIG"];
if (kubeconfig !== undefined) {
  suite(`the API server of ${kubeconfig}`, remoteSubject(kubeconfig, realClock));
}
