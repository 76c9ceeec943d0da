import { absent, type ConformanceCase, mergePatch, serverSideApply } from "../case.ts";

const widgets = "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets";
const apply = (manager: string, spec: unknown, more: Readonly<Record<string, string>> = {}) => ({
  method: "PATCH" as const,
  path: `${widgets}/a`,
  query: { fieldManager: manager, ...more },
  type: serverSideApply,
  body: {
    apiVersion: "conformance.seatrial.dev/v1",
    kind: "Widget",
    metadata: { name: "a" },
    spec,
  },
});

/** Server-side apply: §5 of the behaviour reference. */
export const applyCases: readonly ConformanceCase[] = [
  {
    title: "an apply to a missing name creates it, and the applier owns what it named",
    needs: ["widgets"],
    steps: [
      {
        send: apply("one", { color: "red" }),
        expect: {
          status: 201,
          body: {
            metadata: {
              generation: 1,
              managedFields: [
                {
                  manager: "one",
                  operation: "Apply",
                  fieldsV1: { "f:spec": { "f:color": {}, "f:replicas": absent } },
                },
              ],
            },
            spec: { color: "red", replicas: 1 },
          },
        },
      },
    ],
  },
  {
    title: "a second manager that wants another value conflicts, unless it uses force",
    needs: ["widgets"],
    steps: [
      { send: apply("one", { color: "red" }) },
      {
        send: apply("two", { color: "green" }),
        expect: {
          status: 409,
          reason: "Conflict",
          message: 'Apply failed with 1 conflict: conflict with "one": .spec.color',
          body: {
            details: {
              causes: [
                {
                  reason: "FieldManagerConflict",
                  message: 'conflict with "one"',
                  field: ".spec.color",
                },
              ],
            },
          },
        },
      },
      {
        send: apply("two", { color: "green" }, { force: "true" }),
        expect: {
          status: 200,
          body: {
            spec: { color: "green" },
            metadata: { managedFields: [{ manager: "two", operation: "Apply" }] },
          },
        },
      },
    ],
  },
  {
    title: "a field that its only applier no longer names goes away",
    needs: ["widgets"],
    steps: [
      { send: apply("one", { color: "red", name: "abc" }) },
      {
        send: apply("one", { color: "red" }),
        expect: { status: 200, body: { spec: { color: "red", name: absent } } },
      },
    ],
  },
  {
    title: "what two managers agree on belongs to both, and stays when one lets go",
    needs: ["widgets"],
    steps: [
      { send: apply("one", { color: "red" }) },
      { send: apply("two", { color: "red" }), expect: { status: 200 } },
      {
        send: apply("one", {}),
        expect: { status: 200, body: { spec: { color: "red" } } },
      },
    ],
  },
  {
    title: "items of a keyed list are owned one by one",
    needs: ["widgets"],
    steps: [
      { send: apply("one", { parts: [{ name: "a", size: 1 }] }) },
      {
        send: apply("two", { parts: [{ name: "b", size: 2 }] }),
        expect: {
          status: 200,
          body: {
            spec: {
              parts: [
                { name: "a", size: 1 },
                { name: "b", size: 2 },
              ],
            },
          },
        },
      },
      {
        send: apply("one", {}),
        expect: { status: 200, body: { spec: { parts: [{ name: "b", size: 2 }] } } },
      },
    ],
  },
  {
    title: "an apply that changes nothing leaves the version alone",
    needs: ["widgets"],
    steps: [
      { send: apply("one", { color: "red" }), save: { version: "metadata.resourceVersion" } },
      { waitMs: 2000 },
      {
        send: apply("one", { color: "red" }),
        expect: { status: 200, body: { metadata: { resourceVersion: "${version}" } } },
      },
    ],
  },
  {
    title: "a field that another client updates changes hands",
    needs: ["widgets"],
    steps: [
      { send: apply("one", { color: "red" }) },
      {
        send: {
          method: "PATCH",
          path: `${widgets}/a`,
          query: { fieldManager: "two" },
          type: mergePatch,
          body: { spec: { color: "green" } },
        },
        expect: {
          status: 200,
          body: {
            metadata: {
              managedFields: [
                {
                  manager: "two",
                  operation: "Update",
                  apiVersion: "conformance.seatrial.dev/v1",
                  fieldsV1: { "f:spec": { "f:color": {} } },
                },
              ],
            },
          },
        },
      },
      {
        send: apply("one", { color: "red" }),
        expect: {
          status: 409,
          message:
            'Apply failed with 1 conflict: conflict with "two" using conformance.seatrial.dev/v1: .spec.color',
        },
      },
    ],
  },
  {
    title: "an apply must not bring managed fields, and must name its own kind",
    needs: ["widgets"],
    steps: [
      {
        send: {
          ...apply("one", {}),
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "a", managedFields: [] },
          },
        },
        expect: { status: 400, message: "metadata.managedFields must be nil" },
      },
    ],
  },
  {
    title: "a status is applied through its own endpoint only",
    needs: ["widgets"],
    steps: [
      { send: apply("one", { color: "red" }) },
      {
        send: {
          ...apply("one", {}),
          path: `${widgets}/a/status`,
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "a" },
            spec: { color: "green" },
            status: { phase: "x" },
          },
        },
        expect: {
          status: 200,
          body: {
            spec: { color: "red" },
            status: { phase: "x" },
            metadata: {
              managedFields: [
                { manager: "one", operation: "Apply", subresource: absent },
                {
                  manager: "one",
                  operation: "Apply",
                  subresource: "status",
                  fieldsV1: { "f:status": { "f:phase": {} }, "f:spec": absent },
                },
              ],
            },
          },
        },
      },
      {
        send: {
          ...apply("one", {}),
          path: `${widgets}/missing/status`,
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "missing" },
            status: {},
          },
        },
        expect: { status: 404, reason: "NotFound" },
      },
    ],
  },
];
