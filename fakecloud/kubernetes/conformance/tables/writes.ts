import {
  absent,
  type ConformanceCase,
  jsonPatch,
  mergePatch,
  serverSideApply,
  strategicMergePatch,
} from "../case.ts";

const maps = "/api/v1/namespaces/${ns}/configmaps";
const widgets = "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets";
const apiVersion = "conformance.seatrial.dev/v1";
const widget = (name: string, spec: unknown = {}) => ({
  apiVersion,
  kind: "Widget",
  metadata: { name },
  spec,
});
const createMap = (name: string, more: object = {}) => ({
  method: "POST" as const,
  path: maps,
  body: { metadata: { name, ...more }, data: { a: "1" } },
});

/** Create, update, patch: §1 to §3 of the behaviour reference. */
export const writeCases: readonly ConformanceCase[] = [
  {
    title: "create answers 201 with everything that the server adds",
    steps: [
      {
        send: createMap("a"),
        expect: {
          status: 201,
          body: {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: {
              name: "a",
              namespace: "${ns}",
              uid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
              resourceVersion: /^\d+$/,
              creationTimestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
              generation: absent,
              selfLink: absent,
              managedFields: [
                {
                  manager: "conformance",
                  operation: "Update",
                  apiVersion: "v1",
                  fieldsType: "FieldsV1",
                  fieldsV1: { "f:data": { ".": {}, "f:a": {} } },
                },
              ],
            },
            data: { a: "1" },
          },
        },
      },
    ],
  },
  {
    title: "a second create of one name is refused",
    steps: [
      { send: createMap("a") },
      {
        send: createMap("a"),
        expect: {
          status: 409,
          reason: "AlreadyExists",
          message: 'configmaps "a" already exists',
          body: { details: { name: "a", kind: "configmaps", group: absent }, code: 409 },
        },
      },
    ],
  },
  {
    title: "uid, time and deletion of a new object are the server's, whatever is sent",
    steps: [
      {
        send: createMap("a", {
          uid: "mine",
          creationTimestamp: "2001-01-01T00:00:00Z",
          generation: 7,
          deletionTimestamp: "2001-01-01T00:00:00Z",
        }),
        expect: {
          status: 201,
          body: {
            metadata: {
              uid: /^[0-9a-f]{8}-/,
              creationTimestamp: /^20[2-9]/,
              // A kind that does not count generations keeps whatever it is given.
              generation: 7,
              deletionTimestamp: absent,
            },
          },
        },
      },
    ],
  },
  {
    title: "a new object must not have a resourceVersion",
    steps: [
      {
        send: createMap("a", { resourceVersion: "5" }),
        expect: {
          status: 500,
          reason: "",
          message: "resourceVersion should not be set on objects to be created",
        },
      },
    ],
  },
  {
    title: "an object needs a name or a prefix for one",
    steps: [
      {
        send: { method: "POST", path: maps, body: { metadata: {} } },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
          body: {
            details: {
              kind: "ConfigMap",
              causes: [
                {
                  reason: "FieldValueRequired",
                  message: "Required value: name or generateName is required",
                  field: "metadata.name",
                },
              ],
            },
          },
        },
      },
    ],
  },
  {
    title: "a generated name is the prefix and five letters without vowels",
    steps: [
      {
        send: { method: "POST", path: maps, body: { metadata: { generateName: "x-" } } },
        expect: {
          status: 201,
          body: {
            metadata: { name: /^x-[bcdfghjklmnpqrstvwxz2456789]{5}$/, generateName: "x-" },
          },
        },
      },
    ],
  },
  {
    title: "a name that no DNS server would take is refused in Kubernetes' words",
    steps: [
      {
        send: createMap("Not_Good"),
        expect: {
          status: 422,
          message:
            "ConfigMap \"Not_Good\" is invalid: metadata.name: Invalid value: \"Not_Good\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        },
      },
    ],
  },
  {
    title: "a label value with a blank is refused",
    steps: [
      {
        send: createMap("a", { labels: { app: "a b" } }),
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            /^ConfigMap "a" is invalid: metadata\.labels: Invalid value: "a b": a valid label must be an empty string or consist of alphanumeric characters/,
        },
      },
    ],
  },
  {
    title: "what is created must belong where it is sent",
    steps: [
      {
        send: createMap("a", { namespace: "elsewhere" }),
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "the namespace of the provided object does not match the namespace sent on the request",
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/no-such-namespace/configmaps",
          body: { metadata: { name: "a" } },
        },
        expect: {
          status: 404,
          reason: "NotFound",
          message: 'namespaces "no-such-namespace" not found',
          body: { details: { name: "no-such-namespace", kind: "namespaces" } },
        },
      },
    ],
  },
  {
    title: "the version in the body must be the one in the path",
    steps: [
      {
        send: {
          method: "POST",
          path: maps,
          body: { apiVersion: "v2", kind: "ConfigMap", metadata: { name: "a" } },
        },
        expect: {
          status: 400,
          message:
            /^ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg\//,
        },
      },
    ],
  },
  {
    title: "custom objects must say what they are",
    needs: ["widgets"],
    steps: [
      {
        send: { method: "POST", path: widgets, body: { metadata: { name: "a" } } },
        expect: {
          status: 400,
          message:
            'the object provided is unrecognized (must be of type Widget): Object \'Kind\' is missing in \'{"metadata":{"name":"a"}}\' ({"metadata":{"name":"a"}})',
        },
      },
    ],
  },
  {
    title: "fields of the wrong type in a built-in kind can't be decoded",
    steps: [
      {
        send: {
          method: "POST",
          path: maps,
          body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { a: 1 } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            /^ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap\.data of type string$/,
        },
      },
    ],
  },
  {
    title: "an unknown field is refused, warned about or dropped, as the client wishes",
    needs: ["widgets"],
    steps: [
      {
        send: {
          method: "POST",
          path: widgets,
          query: { fieldValidation: "Strict" },
          body: widget("a", { bogus: 1 }),
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.bogus"',
        },
      },
      {
        send: { method: "POST", path: widgets, body: widget("a", { bogus: 1 }) },
        expect: {
          status: 201,
          headers: { warning: '299 - "unknown field \\"spec.bogus\\""' },
          body: { spec: { bogus: absent } },
        },
      },
      {
        send: {
          method: "POST",
          path: widgets,
          query: { fieldValidation: "Ignore" },
          body: widget("b", { bogus: 1 }),
        },
        expect: { status: 201, body: { spec: { bogus: absent } } },
      },
      {
        send: {
          method: "POST",
          path: widgets,
          query: { fieldValidation: "Maybe" },
          body: widget("c"),
        },
        expect: {
          status: 422,
          message:
            'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"',
        },
      },
    ],
  },
  {
    title: "a dry run goes all the way and leaves nothing",
    steps: [
      {
        send: { ...createMap("a"), query: { dryRun: "All" } },
        expect: {
          status: 201,
          body: { metadata: { uid: /./, creationTimestamp: /./, resourceVersion: absent } },
        },
      },
      { send: { method: "GET", path: `${maps}/a` }, expect: { status: 404 } },
      {
        send: { ...createMap("a"), query: { dryRun: "Some" } },
        expect: {
          status: 422,
          message: /dryRun: Unsupported value: \["?Some"?\]: supported values: "All"/,
        },
      },
    ],
  },
  {
    title: "an update with an old version conflicts, one without a version overwrites",
    steps: [
      { send: createMap("a"), save: { old: "metadata.resourceVersion" } },
      {
        send: {
          method: "PUT",
          path: `${maps}/a`,
          body: { metadata: { name: "a" }, data: { a: "2" } },
        },
        expect: { status: 200, body: { data: { a: "2" } } },
      },
      {
        send: {
          method: "PUT",
          path: `${maps}/a`,
          body: { metadata: { name: "a", resourceVersion: "${old}" }, data: { a: "3" } },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message:
            'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
          body: { details: { name: "a", kind: "configmaps" } },
        },
      },
    ],
  },
  {
    title: "custom objects are never overwritten blindly",
    needs: ["widgets"],
    steps: [
      { send: { method: "POST", path: widgets, body: widget("a") } },
      {
        send: { method: "PUT", path: `${widgets}/a`, body: widget("a", { replicas: 2 }) },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'widgets.conformance.seatrial.dev "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
        },
      },
    ],
  },
  {
    title: "name and uid in the body of an update must be those of the object",
    steps: [
      { send: createMap("a") },
      {
        send: { method: "PUT", path: `${maps}/a`, body: { metadata: { name: "b" } } },
        expect: {
          status: 400,
          message: "the name of the object (b) does not match the name on the URL (a)",
        },
      },
      {
        send: { method: "PUT", path: `${maps}/a`, body: { metadata: {} } },
        expect: {
          status: 400,
          message:
            "the name of the object (a based on URL) was undeterminable: name must be provided",
        },
      },
      {
        send: { method: "PUT", path: `${maps}/a`, body: { metadata: { name: "a", uid: "other" } } },
        expect: {
          status: 409,
          reason: "Conflict",
          message: /Precondition failed: UID in precondition: other, UID in object meta: [0-9a-f]/,
        },
      },
      {
        send: { method: "PUT", path: `${maps}/missing`, body: { metadata: { name: "missing" } } },
        expect: { status: 404, message: 'configmaps "missing" not found' },
      },
    ],
  },
  {
    title: "a write that changes nothing is none",
    steps: [
      { send: createMap("a"), save: { version: "metadata.resourceVersion" } },
      {
        send: { method: "PATCH", path: `${maps}/a`, type: mergePatch, body: { data: { a: "1" } } },
        expect: { status: 200, body: { metadata: { resourceVersion: "${version}" } } },
      },
      {
        send: {
          method: "PUT",
          path: `${maps}/a`,
          body: { metadata: { name: "a" }, data: { a: "1" } },
        },
        expect: { status: 200, body: { metadata: { resourceVersion: "${version}" } } },
      },
    ],
  },
  {
    title: "a merge patch merges objects, replaces lists and removes what is null",
    needs: ["widgets"],
    steps: [
      {
        send: {
          method: "POST",
          path: widgets,
          body: widget("a", { tags: ["x", "y"], free: { a: 1, b: { c: 2, d: 3 } } }),
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${widgets}/a`,
          type: mergePatch,
          body: { spec: { tags: ["z"], free: { a: null, b: { c: null } } } },
        },
        expect: {
          status: 200,
          body: {
            metadata: { generation: 2 },
            spec: { tags: ["z"], free: { a: absent, b: { c: absent, d: 3 } } },
          },
        },
      },
    ],
  },
  {
    title: "a JSON patch whose test fails changes nothing, and the server does not say why",
    steps: [
      { send: createMap("a") },
      {
        send: {
          method: "PATCH",
          path: `${maps}/a`,
          type: jsonPatch,
          body: [
            { op: "replace", path: "/data/a", value: "2" },
            { op: "test", path: "/data/a", value: "1" },
          ],
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message: "the server rejected our request due to an error in our request",
        },
      },
      {
        send: { method: "GET", path: `${maps}/a` },
        expect: { status: 200, body: { data: { a: "1" } } },
      },
      {
        send: {
          method: "PATCH",
          path: `${maps}/a`,
          type: jsonPatch,
          body: [{ op: "add", path: "/data/b", value: "2" }],
        },
        expect: { status: 200, body: { data: { a: "1", b: "2" } } },
      },
    ],
  },
  {
    title:
      "a strategic merge patch merges lists of built-in kinds by key, and custom ones refuse it",
    needs: ["widgets"],
    steps: [
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/services",
          body: {
            metadata: { name: "s" },
            spec: {
              ports: [
                { name: "a", port: 80 },
                { name: "b", port: 81 },
              ],
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}/services/s",
          type: strategicMergePatch,
          body: { spec: { ports: [{ port: 81, name: "c" }] } },
        },
        expect: {
          status: 200,
          body: {
            spec: {
              ports: [
                { name: "a", port: 80 },
                { name: "c", port: 81 },
              ],
            },
          },
        },
      },
      { send: { method: "POST", path: widgets, body: widget("a") } },
      {
        send: { method: "PATCH", path: `${widgets}/a`, type: strategicMergePatch, body: {} },
        expect: {
          status: 415,
          reason: "UnsupportedMediaType",
          message:
            "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
        },
      },
    ],
  },
  {
    title: "a patch may carry a version to be checked, and may not rename",
    steps: [
      { send: createMap("a"), save: { old: "metadata.resourceVersion" } },
      {
        send: { method: "PATCH", path: `${maps}/a`, type: mergePatch, body: { data: { a: "2" } } },
      },
      {
        send: {
          method: "PATCH",
          path: `${maps}/a`,
          type: mergePatch,
          body: { metadata: { resourceVersion: "${old}" }, data: { a: "3" } },
        },
        expect: { status: 409, reason: "Conflict" },
      },
      {
        send: {
          method: "PATCH",
          path: `${maps}/a`,
          type: mergePatch,
          body: { metadata: { name: "b" } },
        },
        expect: {
          status: 400,
          message: "the name of the object (b) does not match the name on the URL (a)",
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${maps}/missing`,
          type: mergePatch,
          body: { data: { a: "2" } },
        },
        expect: { status: 404, reason: "NotFound" },
      },
    ],
  },
  {
    title: "only an apply may use force, and an apply must say who applies",
    steps: [
      { send: createMap("a") },
      {
        send: {
          method: "PATCH",
          path: `${maps}/a`,
          query: { force: "true" },
          type: mergePatch,
          body: {},
        },
        expect: {
          status: 422,
          message:
            'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
        },
      },
      {
        send: {
          method: "PATCH",
          path: `${maps}/a`,
          type: serverSideApply,
          body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
        },
        expect: {
          status: 422,
          message:
            'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
        },
      },
    ],
  },
  {
    title: "two owners of whom both want to control are refused",
    steps: [
      {
        send: createMap("a", {
          ownerReferences: [
            { apiVersion: "v1", kind: "ConfigMap", name: "x", uid: "1", controller: true },
            { apiVersion: "v1", kind: "Secret", name: "y", uid: "2", controller: true },
          ],
        }),
        expect: {
          status: 422,
          message:
            /Only one reference can have Controller set to true\. Found "true" in references for ConfigMap\/x and Secret\/y/,
        },
      },
    ],
  },
];
