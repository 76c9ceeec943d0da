import { absent, type ConformanceCase, mergePatch } from "../case.ts";

const maps = "/api/v1/namespaces/${ns}/configmaps";
const widgets = "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets";
const create = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  method: "POST" as const,
  path: maps,
  body: { metadata: { name, labels } },
});
const named = (name: string) => ({ metadata: { name } });

/** Get, list, watch and selectors: §7 of the behaviour reference. */
export const readCases: readonly ConformanceCase[] = [
  {
    title: "a list has the kind of a list, the version of the world and no null items",
    steps: [
      {
        send: { method: "GET", path: `/api/v1/namespaces/\${ns}/secrets` },
        expect: {
          status: 200,
          body: {
            kind: "SecretList",
            apiVersion: "v1",
            metadata: { resourceVersion: /^\d+$/ },
            items: [],
          },
        },
      },
    ],
  },
  {
    title: "items of built-in lists do not repeat their kind, custom ones do",
    needs: ["widgets"],
    steps: [
      { send: create("a") },
      {
        send: { method: "GET", path: maps, query: { fieldSelector: "metadata.name=a" } },
        expect: {
          status: 200,
          body: { items: [{ kind: absent, apiVersion: absent, metadata: { name: "a" } }] },
        },
      },
      {
        send: {
          method: "POST",
          path: widgets,
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "a" },
          },
        },
      },
      {
        send: { method: "GET", path: widgets },
        expect: {
          status: 200,
          body: { items: [{ kind: "Widget", apiVersion: "conformance.seatrial.dev/v1" }] },
        },
      },
    ],
  },
  {
    title: "a long list comes in pages of one version",
    steps: [
      { send: create("a", { set: "pages" }) },
      { send: create("b", { set: "pages" }) },
      { send: create("c", { set: "pages" }) },
      {
        send: { method: "GET", path: maps, query: { limit: "2", labelSelector: "set=pages" } },
        expect: {
          status: 200,
          body: {
            metadata: { continue: /./, remainingItemCount: absent },
            items: [named("a"), named("b")],
          },
        },
        save: { token: "metadata.continue", version: "metadata.resourceVersion" },
      },
      { send: { method: "DELETE", path: `${maps}/c` } },
      {
        send: {
          method: "GET",
          path: maps,
          query: { limit: "2", labelSelector: "set=pages", continue: "${token}" },
        },
        expect: {
          status: 200,
          body: {
            metadata: { resourceVersion: "${version}", continue: absent },
            items: [named("c")],
          },
        },
      },
    ],
  },
  {
    title: "a version from the future is waited for in vain",
    steps: [
      {
        send: { method: "GET", path: maps, query: { resourceVersion: "999999999" } },
        expect: {
          status: 504,
          reason: "Timeout",
          message: /^Timeout: Too large resource version: 999999999, current: \d+$/,
          body: {
            details: {
              causes: [
                { reason: "ResourceVersionTooLarge", message: "Too large resource version" },
              ],
              retryAfterSeconds: 1,
            },
          },
        },
      },
    ],
  },
  {
    title: "options of a list that contradict each other are refused",
    steps: [
      {
        send: { method: "GET", path: maps, query: { resourceVersionMatch: "Exact" } },
        expect: {
          status: 422,
          message:
            'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
        },
      },
      {
        send: {
          method: "GET",
          path: maps,
          query: { resourceVersionMatch: "Exact", resourceVersion: "0" },
        },
        expect: { status: 422, message: /is forbidden for resourceVersion "0"$/ },
      },
      {
        send: { method: "GET", path: maps, query: { resourceVersion: "x" } },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: /strconv\.ParseUint: parsing "x": invalid syntax/,
        },
      },
      {
        send: { method: "GET", path: maps, query: { continue: "x" } },
        expect: {
          status: 400,
          message:
            "invalid continue token: continue key is not valid: illegal base64 data at input byte 0",
          reason: "BadRequest",
        },
      },
    ],
  },
  {
    title: "label selectors choose by equality, by sets and by presence",
    steps: [
      { send: create("a", { app: "x", tier: "1" }) },
      { send: create("b", { app: "y" }) },
      { send: create("c", { app: "z", tier: "2" }) },
      ...[
        ["app=x", ["a"]],
        ["app!=x,app", ["b", "c"]],
        ["app in (x,y)", ["a", "b"]],
        ["app notin (x),app in (x,y,z)", ["b", "c"]],
        ["tier", ["a", "c"]],
        ["!tier,app", ["b"]],
        ["tier>1", ["c"]],
      ].map(([labelSelector, names]) => ({
        send: {
          method: "GET" as const,
          path: maps,
          query: { labelSelector: labelSelector as string },
        },
        expect: { status: 200, body: { items: (names as string[]).map(named) } },
      })),
    ],
  },
  {
    title: "a label selector that can't be read is refused with what was found",
    steps: [
      {
        send: { method: "GET", path: maps, query: { labelSelector: "a=b=c" } },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "found '=', expected: ',' or 'end of string'",
        },
      },
      {
        send: { method: "GET", path: maps, query: { labelSelector: "a in x" } },
        expect: { status: 400, message: "unable to parse requirement: found 'x' expected: '('" },
      },
      {
        send: { method: "GET", path: maps, query: { labelSelector: "a," } },
        expect: { status: 400, message: "found '', expected: identifier after ','" },
      },
    ],
  },
  {
    title: "fields are selected where the kind says so",
    needs: ["widgets"],
    steps: [
      {
        send: { method: "GET", path: maps, query: { fieldSelector: "data.a=1" } },
        expect: {
          status: 400,
          message:
            '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/pods",
          query: { fieldSelector: "spec.bogus=1" },
        },
        expect: { status: 400, message: "field label not supported: spec.bogus" },
      },
      ...["red", "green"].map((color) => ({
        send: {
          method: "POST" as const,
          path: widgets,
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: color },
            spec: { color },
          },
        },
      })),
      {
        send: { method: "GET", path: widgets, query: { fieldSelector: "spec.color=red" } },
        expect: { status: 200, body: { items: [named("red")] } },
      },
      {
        send: { method: "GET", path: widgets, query: { fieldSelector: "spec.color!=red" } },
        expect: { status: 200, body: { items: [named("green")] } },
      },
    ],
  },
  {
    title: "a watch from a version tells everything after it, in order",
    steps: [
      { send: create("a"), save: { from: "metadata.resourceVersion" } },
      { send: create("b") },
      {
        send: { method: "PATCH", path: `${maps}/b`, type: mergePatch, body: { data: { x: "1" } } },
      },
      { send: { method: "DELETE", path: `${maps}/a` } },
      {
        watch: { path: maps, query: { resourceVersion: "${from}" } },
        events: [
          { type: "ADDED", object: named("b") },
          { type: "MODIFIED", object: { metadata: { name: "b" }, data: { x: "1" } } },
          { type: "DELETED", object: named("a") },
        ],
      },
    ],
  },
  {
    title: "a watch without a version begins with what is there",
    steps: [
      { send: create("a", { watched: "yes" }) },
      { send: create("b", { watched: "yes" }) },
      {
        watch: { path: maps, query: { labelSelector: "watched=yes" } },
        events: [
          { type: "ADDED", object: named("a") },
          { type: "ADDED", object: named("b") },
        ],
      },
    ],
  },
  {
    title: "initial events end with a bookmark that says so",
    steps: [
      { send: create("a") },
      {
        watch: {
          path: maps,
          query: {
            sendInitialEvents: "true",
            resourceVersionMatch: "NotOlderThan",
            allowWatchBookmarks: "true",
            fieldSelector: "metadata.name=a",
          },
        },
        events: [
          { type: "ADDED", object: named("a") },
          {
            type: "BOOKMARK",
            object: {
              kind: "ConfigMap",
              apiVersion: "v1",
              metadata: {
                resourceVersion: /^\d+$/,
                annotations: { "k8s.io/initial-events-end": "true" },
              },
            },
          },
        ],
      },
      {
        send: { method: "GET", path: maps, query: { watch: "true", sendInitialEvents: "true" } },
        expect: {
          status: 422,
          message: /sendInitialEvents requires setting resourceVersionMatch to NotOlderThan$/,
        },
      },
    ],
  },
  {
    title: "an object that comes to match is added, one that ceases to is deleted",
    steps: [
      { send: create("a", { app: "no" }), save: { from: "metadata.resourceVersion" } },
      ...["yes", "yes", "no"].map((app, index) => ({
        send: {
          method: "PATCH" as const,
          path: `${maps}/a`,
          type: mergePatch,
          body: { metadata: { labels: { app } }, data: { step: `${index}` } },
        },
      })),
      {
        watch: { path: maps, query: { resourceVersion: "${from}", labelSelector: "app=yes" } },
        events: [
          { type: "ADDED", object: { data: { step: "0" } } },
          { type: "MODIFIED", object: { data: { step: "1" } } },
          {
            type: "DELETED",
            object: { metadata: { labels: { app: "yes" } }, data: { step: "1" } },
          },
        ],
      },
    ],
  },
  {
    title: "tables carry the declared columns, and rows the metadata",
    needs: ["widgets"],
    steps: [
      {
        send: {
          method: "POST",
          path: widgets,
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "a" },
            spec: { replicas: 3 },
          },
        },
      },
      {
        send: {
          method: "GET",
          path: widgets,
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
        },
        expect: {
          status: 200,
          body: {
            kind: "Table",
            apiVersion: "meta.k8s.io/v1",
            metadata: { resourceVersion: /^\d+$/ },
            columnDefinitions: [
              { name: "Name", type: "string", format: "name", priority: 0 },
              { name: "Replicas", type: "integer" },
              { name: "Ready", type: "string" },
              { name: "Age", type: "date" },
            ],
            rows: [
              {
                cells: ["a", 3, null, /^\d+s$/],
                object: {
                  kind: "PartialObjectMetadata",
                  apiVersion: "meta.k8s.io/v1",
                  metadata: { name: "a" },
                },
              },
            ],
          },
        },
      },
    ],
  },
];
