import {
  absent,
  type ConformanceCase,
  type Hook,
  mergePatch,
  type Request,
  type Review,
  serverSideApply,
  type Step,
} from "../case.ts";

const group = "${ns}.seatrial.dev";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const pipes = (version: string, name = "") =>
  `/apis/${group}/${version}/namespaces/\${ns}/pipes${name === "" ? "" : `/${name}`}`;

const pipe = (version: string, name: string, spec: object) => ({
  apiVersion: `${group}/${version}`,
  kind: "Pipe",
  metadata: { name },
  spec,
});
const create = (version: string, name: string, spec: object): Request => ({
  method: "POST",
  path: pipes(version),
  body: pipe(version, name, spec),
});
const get = (version: string, name: string): Request => ({
  method: "GET",
  path: pipes(version, name),
});

/** What is `size` in v1, where objects are stored, is `length` in v2. */
function version(name: string, field: string, more: object) {
  const note = { type: "string", default: "none" };
  const properties = { [field]: { type: "integer", maximum: 100 }, note };
  const spec = { type: "object", properties };
  return {
    name,
    served: true,
    schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
    ...more,
  };
}

const define = (clientConfig: object, reviewVersions = ["v1"]): Request => ({
  method: "POST",
  path: definitions,
  body: {
    metadata: { name: `pipes.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "pipes", kind: "Pipe" },
      conversion: {
        strategy: "Webhook",
        webhook: { conversionReviewVersions: reviewVersions, clientConfig },
      },
      versions: [
        version("v1", "size", { storage: true }),
        version("v2", "length", { storage: false }),
      ],
    },
  },
});
const hook = { url: "${webhook}/convert", caBundle: "${caBundle}" };
const defined = (clientConfig: object): readonly Step[] => [
  { send: define(clientConfig), expect: { status: 201 } },
  { waitMs: 6000 },
];
const after: readonly Request[] = [{ method: "DELETE", path: `${definitions}/pipes.${group}` }];

type Pipe = ReturnType<typeof pipe>;

function converted({ metadata, kind, spec }: Pipe, apiVersion: string): Pipe {
  const { size, length, ...rest } = spec as { readonly size?: number; readonly length?: number };
  const value = apiVersion.endsWith("/v1") ? { size: size ?? length } : { length: size ?? length };
  return { apiVersion, kind, metadata, spec: { ...rest, ...value } };
}

interface Conversion extends Review {
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly Pipe[];
}

const about = { apiVersion: "apiextensions.k8s.io/v1", kind: "ConversionReview" };

/** Converts as it should, and lets somebody spoil the answer. */
const converting =
  (spoil: (right: object, objects: readonly Pipe[], request: Conversion) => unknown): Hook =>
  (review) => {
    const request = review as Conversion;
    const objects = request.objects.map((each) => converted(each, request.desiredAPIVersion));
    const response = { uid: request.uid, result: { status: "Success" }, convertedObjects: objects };
    return spoil(response, objects, request);
  };
const rightly = converting((response) => ({ ...about, response }));

/** The object's own note says in what way its conversion goes wrong; it comes out right on its way to the store. */
const wrongly = converting((response, objects, { desiredAPIVersion, objects: given }) => {
  const changed = (change: (one: Pipe) => object) => ({
    ...about,
    response: { ...response, convertedObjects: objects.map(change) },
  });
  const meta = (more: object) =>
    changed((one) => ({ ...one, metadata: { ...one.metadata, ...more } }));
  const result = (why: object) => ({ ...about, response: { ...response, result: why } });
  const ways: Readonly<Record<string, unknown>> = {
    failed: result({ status: "Failure", message: "it does not go" }),
    silent: result({ status: "Failed" }),
    vague: result({}),
    fewer: { ...about, response: { ...response, convertedObjects: [] } },
    stranger: { ...about, response: { ...response, uid: "other" } },
    absent: about,
    older: { ...about, apiVersion: "apiextensions.k8s.io/v1beta1", response },
    untyped: { response },
    text: "hello",
    empty: "",
    unconverted: { ...about, response: { ...response, convertedObjects: given } },
    kind: changed((one) => ({ ...one, kind: "Other" })),
    name: meta({ name: "other" }),
    uid: meta({ uid: "other" }),
    namespace: meta({ namespace: undefined }),
    bare: changed(({ metadata: _metadata, ...rest }) => rest),
    label: meta({ labels: { "a b": "c" } }),
    labels: meta({ labels: { made: "yes" }, annotations: { made: "yes" } }),
    others: meta({ finalizers: ["a.seatrial.dev/b"], generation: 9, managedFields: [] }),
    invalid: changed((one) => ({ ...one, spec: { length: "text", surprise: 1 } })),
  };
  const { note } = (given[0]?.spec ?? {}) as { readonly note?: string };
  return desiredAPIVersion.endsWith("/v2") ? ways[note ?? ""] : { ...about, response };
});

/** Stored in v1 without being asked about, read in v2. */
const spoilt = (note: string, expect: Step["expect"]): readonly Step[] => [
  { send: create("v1", note, { note }), expect: { status: 201 } },
  ...(expect === undefined ? [] : [{ send: get("v2", note), expect }]),
];
const failing = (note: string, why: string | RegExp): readonly Step[] =>
  spoilt(note, {
    status: 500,
    reason: "",
    message: typeof why === "string" ? `conversion webhook for ${group}/v1, Kind=Pipe ${why}` : why,
  });

export const conversionCases: readonly ConformanceCase[] = [
  {
    title: "an object is written in one version, stored in another and read in both",
    hooks: { "/convert": rightly },
    steps: [
      ...defined(hook),
      {
        send: create("v2", "a", { length: 3 }),
        expect: {
          status: 201,
          body: {
            apiVersion: `${group}/v2`,
            metadata: { generation: 1, managedFields: [{ apiVersion: `${group}/v2` }] },
            spec: { length: 3, note: "none", size: absent },
          },
        },
      },
      {
        send: get("v1", "a"),
        expect: { status: 200, body: { apiVersion: `${group}/v1`, spec: { size: 3 } } },
      },
      { send: create("v1", "b", { size: 4 }), expect: { status: 201 } },
      {
        send: { method: "GET", path: pipes("v2") },
        expect: {
          status: 200,
          body: {
            kind: "PipeList",
            apiVersion: `${group}/v2`,
            items: [{ spec: { length: 3 } }, { spec: { length: 4, size: absent } }],
          },
        },
      },
      {
        send: {
          method: "PATCH",
          path: pipes("v2", "a"),
          type: mergePatch,
          body: { spec: { length: 5 } },
        },
        expect: { status: 200, body: { metadata: { generation: 2 }, spec: { length: 5 } } },
        save: { version: "metadata.resourceVersion" },
      },
      {
        send: {
          method: "PATCH",
          path: pipes("v2", "a"),
          type: mergePatch,
          body: { spec: { length: 5 } },
        },
        expect: { status: 200, body: { metadata: { resourceVersion: "${version}" } } },
      },
      {
        send: create("v2", "c", { length: 101 }),
        expect: { status: 422, reason: "Invalid" },
      },
      {
        watch: { path: pipes("v2"), query: { resourceVersion: "0" } },
        events: [
          { type: "ADDED", object: { apiVersion: `${group}/v2`, spec: { length: 5 } } },
          { type: "ADDED", object: { spec: { length: 4 } } },
        ],
      },
      {
        send: { method: "DELETE", path: pipes("v2", "b") },
        expect: { status: 200, body: { status: "Success" } },
      },
    ],
    after,
  },
  {
    title: "the webhook is sent a ConversionReview with the objects as they are stored",
    hooks: { "/convert": rightly },
    steps: [
      ...defined(hook),
      {
        send: create("v1", "a", { size: 3 }),
        expect: { status: 201 },
        save: { uid: "metadata.uid" },
      },
      // Elsewhere the cache of the other version asks on its own account.
      {
        waitMs: 1000,
        send: get("v1", "a"),
        save: { version: "metadata.resourceVersion" },
        asked: "anything",
      },
      {
        send: get("v2", "a"),
        expect: {
          status: 200,
          body: { metadata: { uid: "${uid}", resourceVersion: "${version}" } },
        },
        asked: [
          {
            path: "/convert",
            review: {
              kind: "ConversionReview",
              apiVersion: "apiextensions.k8s.io/v1",
              request: {
                uid: /^[0-9a-f-]{36}$/,
                desiredAPIVersion: `${group}/v2`,
                objects: [
                  {
                    apiVersion: `${group}/v1`,
                    kind: "Pipe",
                    metadata: {
                      name: "a",
                      namespace: "${ns}",
                      uid: "${uid}",
                      resourceVersion: absent,
                      managedFields: [{ manager: "conformance" }],
                    },
                    spec: { size: 3, note: "none" },
                  },
                ],
              },
              response: { uid: "", convertedObjects: null, result: { metadata: {} } },
            },
          },
        ],
      },
    ],
    after,
  },
  {
    title: "managers of fields in both versions of a kind keep what is theirs",
    hooks: { "/convert": rightly },
    steps: [
      ...defined(hook),
      { send: create("v2", "a", { length: 3, note: "x" }), expect: { status: 201 } },
      {
        send: {
          method: "PATCH",
          path: pipes("v1", "a"),
          type: serverSideApply,
          query: { fieldManager: "me" },
          body: pipe("v1", "a", { size: 4 }),
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message: `Apply failed with 1 conflict: conflict with "conformance" using ${group}/v2: .spec.length`,
        },
      },
      {
        send: {
          method: "PATCH",
          path: pipes("v1", "a"),
          type: serverSideApply,
          query: { fieldManager: "me", force: "true" },
          body: pipe("v1", "a", { size: 4 }),
        },
        expect: {
          status: 200,
          body: {
            spec: { size: 4, note: "x" },
            metadata: {
              managedFields: [
                {
                  manager: "me",
                  operation: "Apply",
                  apiVersion: `${group}/v1`,
                  fieldsV1: { "f:spec": { "f:size": {} } },
                },
                {
                  manager: "conformance",
                  operation: "Update",
                  apiVersion: `${group}/v2`,
                  fieldsV1: { "f:spec": { "f:note": {}, "f:length": absent } },
                },
              ],
            },
          },
        },
      },
    ],
    after,
  },
  {
    title: "a conversion that fails is a failure of the server, in its own words",
    hooks: { "/convert": wrongly },
    steps: [
      ...defined(hook),
      ...failing("failed", "failed: it does not go"),
      ...failing("silent", "failed: response.result.status was 'Failed', not 'Success'"),
      ...failing("vague", "failed: response.result.status was '', not 'Success'"),
      ...failing("fewer", "returned 0 objects, expected 1"),
      ...failing(
        "stranger",
        /^conversion webhook for .*\/v1, Kind=Pipe failed: expected response\.uid="[0-9a-f-]{36}", got "other"$/,
      ),
      ...failing("absent", "failed: no response provided"),
      ...failing(
        "older",
        "failed: converting (v1beta1.ConversionReview) to (v1.ConversionReview): unknown conversion",
      ),
      ...failing(
        "untyped",
        "failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got /, Kind=",
      ),
      ...failing(
        "text",
        'failed: couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
      ),
      ...failing(
        "empty",
        "failed: 0-length response with status code: 200 and content type: application/json",
      ),
      ...failing(
        "unconverted",
        `returned invalid object at index 0: invalid groupVersion (expected ${group}/v2, received ${group}/v1)`,
      ),
      ...failing(
        "kind",
        "returned invalid object at index 0: invalid kind (expected Pipe, received Other)",
      ),
      ...failing("name", "returned invalid object: must have the same name: name != other"),
      ...failing(
        "uid",
        /^conversion webhook for .*\/v1, Kind=Pipe returned invalid object: must have the same UID: [0-9a-f-]{36} != other$/,
      ),
      ...failing("namespace", "returned invalid object: must have the same namespace: ${ns} != "),
      ...failing("bare", "returned invalid object: must have the same name: bare != "),
      ...failing(
        "label",
        "returned invalid metadata: metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ),
      // One object that can't be converted spoils the whole list, and can't be deleted where it can't be read.
      {
        send: { method: "GET", path: pipes("v2") },
        expect: { status: 500 },
      },
      {
        send: { method: "DELETE", path: pipes("v2", "failed") },
        expect: {
          status: 500,
          message: `conversion webhook for ${group}/v1, Kind=Pipe failed: it does not go`,
        },
      },
      {
        send: { method: "DELETE", path: pipes("v1", "failed") },
        expect: { status: 200 },
      },
    ],
    after,
  },
  {
    title: "a conversion may change labels and annotations, and no other metadata",
    hooks: { "/convert": wrongly },
    steps: [
      ...defined(hook),
      ...spoilt("labels", {
        status: 200,
        body: { metadata: { labels: { made: "yes" }, annotations: { made: "yes" } } },
      }),
      ...spoilt("others", {
        status: 200,
        body: { metadata: { finalizers: absent, generation: 1, managedFields: [{}] } },
      }),
    ],
    after,
  },
  {
    title: "what is converted is pruned, but neither validated nor given defaults",
    hooks: { "/convert": wrongly },
    steps: [
      ...defined(hook),
      ...spoilt("invalid", {
        status: 200,
        body: { spec: { length: "text", surprise: absent, note: absent } },
      }),
    ],
    after,
  },
  {
    title:
      "a conversion webhook that can't be asked is told of, and reads in the stored version go on",
    steps: [
      ...defined({ url: "https://127.0.0.1:1/convert", caBundle: "${caBundle}" }),
      { send: create("v1", "a", { size: 3 }), expect: { status: 201 } },
      { send: get("v1", "a"), expect: { status: 200 } },
      {
        send: get("v2", "a"),
        expect: {
          status: 500,
          reason: "",
          message: `conversion webhook for ${group}/v1, Kind=Pipe failed: Post "https://127.0.0.1:1/convert?timeout=30s": dial tcp 127.0.0.1:1: connect: connection refused`,
        },
      },
      {
        send: create("v2", "b", { length: 3 }),
        expect: {
          status: 500,
          message: `conversion webhook for ${group}/v2, Kind=Pipe failed: Post "https://127.0.0.1:1/convert?timeout=30s": dial tcp 127.0.0.1:1: connect: connection refused`,
        },
      },
      { send: get("v1", "b"), expect: { status: 404 } },
    ],
    after,
  },
  {
    title: "a definition whose conversion could not work is refused",
    steps: [
      {
        send: define({ url: "http://x/y?z" }, ["v1", "v1", "V1"]),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "CustomResourceDefinition.apiextensions.k8s.io \"pipes.${ns}.seatrial.dev\" is invalid: [spec.conversion.webhookClientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path], spec.conversion.webhookClientConfig.url: Invalid value: \"z\": query parameters are not permitted in the URL, spec.conversion.conversionReviewVersions[1]: Invalid value: \"v1\": duplicate version, spec.conversion.conversionReviewVersions[2]: Invalid value: \"V1\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')]",
        },
      },
      {
        send: define({ service: { name: "", namespace: "", port: 0, path: "x" } }),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "pipes.${ns}.seatrial.dev" is invalid: [spec.conversion.webhookClientConfig.service.name: Required value, spec.conversion.webhookClientConfig.service.namespace: Required value, spec.conversion.webhookClientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive, spec.conversion.webhookClientConfig.service.path: Invalid value: "x": must start with a \'/\', spec.conversion.webhookClientConfig.service.path: Invalid value: "x": segment[0] may not be empty]',
        },
      },
      {
        send: define({}),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "pipes.${ns}.seatrial.dev" is invalid: spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required',
        },
      },
    ],
    after,
  },
];
