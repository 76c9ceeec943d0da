import type { ConformanceCase } from "../case.ts";

/**
 * Requests and what a real kube-apiserver 1.36.0 answered to them, in this order, with no controller running but the garbage
 * collector, the namespace controller and the one for service accounts. Recorded; the words are its own.
 */
export const transcriptCases: readonly ConformanceCase[] = [
  {
    title: "a long conversation with a real API server goes the same way here",
    needs: ["widgets"],
    steps: [
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "a" } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/secrets",
          body: { metadata: { name: "s" }, stringData: { a: "b" } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/services",
          body: {
            metadata: { name: "svc" },
            spec: { selector: { a: "b" }, ports: [{ port: 80 }] },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/services",
          body: { metadata: { name: "svc4" }, spec: { clusterIP: "None" } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/services",
          body: { metadata: { name: "svc5" }, spec: { type: "ExternalName", externalName: "x.y" } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/services",
          body: { metadata: { name: "svc6" }, spec: {} },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message: 'Service "svc6" is invalid: spec.ports: Required value',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "d" },
            spec: {
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/daemonsets",
          body: {
            metadata: { name: "d" },
            spec: {
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/statefulsets",
          body: {
            metadata: { name: "d" },
            spec: {
              serviceName: "x",
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/replicasets",
          body: {
            metadata: { name: "d" },
            spec: {
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/batch/v1/namespaces/${ns}/jobs",
          body: {
            metadata: { name: "j" },
            spec: {
              template: {
                spec: { restartPolicy: "Never", containers: [{ name: "c", image: "x" }] },
              },
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/batch/v1/namespaces/${ns}/cronjobs",
          body: {
            metadata: { name: "j" },
            spec: {
              schedule: "* * * * *",
              jobTemplate: {
                spec: {
                  template: {
                    spec: { restartPolicy: "Never", containers: [{ name: "c", image: "x" }] },
                  },
                },
              },
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/serviceaccounts",
          body: { metadata: { name: "sa" } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets",
          body: {
            metadata: { name: "p" },
            spec: { minAvailable: 1, selector: { matchLabels: { a: "b" } } },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/coordination.k8s.io/v1/namespaces/${ns}/leases",
          body: {
            metadata: { name: "l" },
            spec: {
              holderIdentity: "x",
              leaseDurationSeconds: 15,
              renewTime: "2026-01-01T00:00:00.000000Z",
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/roles",
          body: {
            metadata: { name: "r" },
            rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/rolebindings",
          body: {
            metadata: { name: "r" },
            roleRef: { kind: "Role", name: "r" },
            subjects: [
              { kind: "User", name: "u" },
              { kind: "ServiceAccount", name: "u", namespace: "x" },
            ],
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/events",
          body: {
            metadata: { name: "e" },
            involvedObject: { kind: "Pod", name: "x", namespace: "${ns}" },
            reason: "R",
            message: "m",
            type: "Normal",
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/persistentvolumeclaims",
          body: {
            metadata: { name: "p" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/endpoints",
          body: {
            metadata: { name: "ep" },
            subsets: [{ addresses: [{ ip: "1.2.3.4" }], ports: [{ port: 80 }] }],
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/discovery.k8s.io/v1/namespaces/${ns}/endpointslices",
          body: {
            metadata: { name: "ep" },
            addressType: "IPv4",
            endpoints: [{ addresses: ["1.2.3.4"] }],
            ports: [{ port: 80 }],
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/networking.k8s.io/v1/namespaces/${ns}/networkpolicies",
          body: { metadata: { name: "np" }, spec: { podSelector: {} } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses",
          body: {
            metadata: { name: "ing" },
            spec: { defaultBackend: { service: { name: "x", port: { number: 80 } } } },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers",
          body: {
            metadata: { name: "h" },
            spec: {
              maxReplicas: 3,
              scaleTargetRef: { kind: "Deployment", name: "d", apiVersion: "apps/v1" },
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/nodes",
          body: {
            metadata: { name: "${ns}" },
            status: { capacity: { cpu: "2", memory: "1000Mi" } },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/nodes/${ns}",
          type: "application/merge-patch+json",
          body: { spec: { providerID: "aws:///a/i-1" } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/nodes/${ns}",
          type: "application/merge-patch+json",
          body: { spec: { unschedulable: true } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/nodes/${ns}/status",
          type: "application/merge-patch+json",
          body: {
            metadata: { labels: { x: "y" } },
            status: { conditions: [{ type: "Ready", status: "True" }] },
          },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/nodes",
          query: { fieldSelector: "metadata.name=${ns}" },
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      { send: { method: "DELETE", path: "/api/v1/nodes/${ns}" }, expect: { status: 200 } },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods",
          body: {
            metadata: { name: "pod" },
            spec: {
              containers: [
                {
                  name: "c",
                  image: "nginx",
                  ports: [{ containerPort: 80 }],
                  livenessProbe: { httpGet: { port: 80 } },
                  env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
                },
              ],
              automountServiceAccountToken: false,
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods",
          body: {
            metadata: { name: "pod2" },
            spec: {
              automountServiceAccountToken: false,
              containers: [
                {
                  name: "c",
                  image: "nginx:1.2",
                  resources: { limits: { cpu: "1000m", memory: "1Gi" } },
                },
              ],
              volumes: [{ name: "v", secret: { secretName: "x" } }, { name: "w" }],
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/pods",
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}/pods/pod",
          type: "application/merge-patch+json",
          body: { spec: { containers: [] } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Pod "pod" is invalid: [spec.containers: Required value, spec.containers: Forbidden: pod updates may not add or remove containers]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods",
          body: { metadata: { name: "bad" }, spec: { containers: [{ name: "c" }] } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message: 'Pod "bad" is invalid: spec.containers[0].image: Required value',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods",
          body: { metadata: { name: "bad" }, spec: {} },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message: 'Pod "bad" is invalid: spec.containers: Required value',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "x" },
            spec: {
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Deployment.apps "x" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "x" },
            spec: {
              selector: { matchLabels: { z: "1" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Deployment.apps "x" is invalid: spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "x" },
            spec: {
              replicas: "two",
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "x" },
            spec: {
              replicas: -1,
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Deployment.apps "x" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          query: { fieldValidation: "Strict" },
          body: {
            metadata: { name: "x" },
            spec: {
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
              bogus: 1,
            },
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.bogus"',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "x2" },
            spec: {
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
              bogus: 1,
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/merge-patch+json",
          body: { spec: { selector: { matchLabels: { q: "r" } } } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Deployment.apps "d" is invalid: [spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`, spec.selector: Invalid value: {"matchLabels":{"a":"b","q":"r"}}: field is immutable]',
        },
      },
      {
        send: { method: "GET", path: "/apis/apps/v1/namespaces/${ns}/deployments/d/scale" },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d/scale",
          body: { metadata: { name: "d", namespace: "${ns}" }, spec: { replicas: 3 } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d/scale",
          type: "application/merge-patch+json",
          body: { spec: { replicas: -3 } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -3: must be greater than or equal to 0',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d/status",
          type: "application/merge-patch+json",
          body: {
            metadata: { annotations: { a: "b" }, labels: { l: "m" } },
            status: { replicas: 2 },
          },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "A_b" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "l", labels: { "a b": "x", "-": "y" } } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "ConfigMap \"l\" is invalid: [metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), metadata.labels: Invalid value: \"-\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')]",
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "l", annotations: { "a b": "x" } } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "ConfigMap \"l\" is invalid: metadata.annotations: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "l", finalizers: ["x y", "abc"] } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "ConfigMap \"l\" is invalid: [metadata.finalizers: Invalid value: \"x y\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), metadata.finalizers[0]: Invalid value: \"x y\": name is neither a standard finalizer name nor is it fully qualified, metadata.finalizers[1]: Invalid value: \"abc\": name is neither a standard finalizer name nor is it fully qualified]",
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "l", finalizers: ["orphan", "foregroundDeletion"] } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ConfigMap "l" is invalid: metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: {
            metadata: {
              name: "l",
              ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "x", uid: "" }],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ConfigMap "l" is invalid: metadata.ownerReferences.uid: Invalid value: "": must not be empty',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: {
            metadata: {
              name: "l",
              ownerReferences: [{ apiVersion: "", kind: "", name: "", uid: "1" }],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ConfigMap "l" is invalid: [metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty, metadata.ownerReferences.kind: Invalid value: "": must not be empty, metadata.ownerReferences.name: Invalid value: "": must not be empty]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: {
            metadata: {
              name: "dup",
              ownerReferences: [
                { apiVersion: "v1", kind: "Pod", name: "x", uid: "1" },
                { apiVersion: "v1", kind: "Pod", name: "x", uid: "1" },
              ],
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "l" }, data: { "a b": "c" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "ConfigMap \"l\" is invalid: data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "l", labels: 5 } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type map[string]string',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: { name: "l", labels: { a: 5 } } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { metadata: "x" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/configmaps",
          body: { kind: "Secret", apiVersion: "v1", metadata: { name: "l" } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
        },
      },
      {
        send: { method: "POST", path: "/api/v1/namespaces/${ns}/configmaps", body: [] },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "x", finalizers: ["abc", "abc.d"] },
            spec: {},
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/x",
          type: "application/merge-patch+json",
          body: { metadata: { finalizers: null } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Wrong",
            metadata: { name: "q" },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Wrong.conformance.seatrial.dev "q" is invalid: kind: Invalid value: "Wrong": must be Widget',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          body: {
            apiVersion: "conformance.seatrial.dev/v2",
            kind: "Widget",
            metadata: { name: "q" },
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "the API version in the data (conformance.seatrial.dev/v2) does not match the expected API version (conformance.seatrial.dev/v1)",
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { fieldValidation: "Strict" },
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "q", bogus: 1 },
            spec: {},
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "metadata.bogus"',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { fieldValidation: "Strict" },
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "q" },
            spec: { a: 1, b: { c: 2 }, parts: [{ name: "x", y: 1 }] },
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.a", unknown field "spec.b", unknown field "spec.parts[0].y"',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "q" },
            spec: { replicas: 1.5 },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Widget.conformance.seatrial.dev "q" is invalid: [spec.replicas: Invalid value: "number": spec.replicas in body must be of type integer: "number", <nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.replicas, .spec.replicas: Invalid value: 0: .spec.replicas accessor error: 1.5 is of the type float64, expected int64]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "q" },
            spec: { replicas: null, color: null },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "q" },
            spec: { color: "red" },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'widgets.conformance.seatrial.dev "q" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
        },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "q", resourceVersion: "1" },
            spec: { color: "red" },
          },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message:
            'Operation cannot be fulfilled on widgets.conformance.seatrial.dev "q": the object has been modified; please apply your changes to the latest version and try again',
        },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "q", resourceVersion: "abc" },
            spec: { color: "red" },
          },
        },
        expect: {
          status: 500,
          reason: "",
          message: 'strconv.ParseUint: parsing "abc": invalid syntax',
        },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/zz",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "zz" },
            spec: {},
          },
        },
        expect: {
          status: 404,
          reason: "NotFound",
          message: 'widgets.conformance.seatrial.dev "zz" not found',
        },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/zz",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "yy" },
            spec: {},
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "the name of the object (yy) does not match the name on the URL (zz)",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: { metadata: { resourceVersion: "0" }, spec: { color: "green" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'widgets.conformance.seatrial.dev "q" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: { metadata: { resourceVersion: null }, spec: { color: "green" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'widgets.conformance.seatrial.dev "q" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: { metadata: { uid: "x" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Widget.conformance.seatrial.dev "q" is invalid: metadata.uid: Invalid value: "x": field is immutable',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: { metadata: { namespace: "other" } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "the namespace of the provided object does not match the namespace sent on the request",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: { kind: "Other" },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Other.conformance.seatrial.dev "q" is invalid: kind: Invalid value: "Other": must be Widget',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: { spec: { bogus: 1 } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: { metadata: { creationTimestamp: null, generation: 77, labels: { a: "b" } } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Widget.conformance.seatrial.dev "q" is invalid: metadata.deletionTimestamp: Invalid value: "2026-01-01T00:00:00Z": field is immutable',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/merge-patch+json",
          body: [1],
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/json-patch+json",
          body: [{ op: "test", path: "/spec/color", value: "x" }],
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message: "the server rejected our request due to an error in our request",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/json-patch+json",
          body: [{ op: "remove", path: "/spec/nope" }],
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message: "the server rejected our request due to an error in our request",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/json-patch+json",
          body: [{ op: "bogus", path: "/spec/nope" }],
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message: "the server rejected our request due to an error in our request",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/json-patch+json",
          body: { a: 1 },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/json-patch+json",
          body: [{ op: "replace", path: "/metadata/name", value: "zzz" }],
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "the name of the object (zzz) does not match the name on the URL (q)",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          type: "application/json",
          body: {},
        },
        expect: {
          status: 415,
          reason: "UnsupportedMediaType",
          message:
            "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}/configmaps/a",
          type: "application/json",
          body: {},
        },
        expect: {
          status: 415,
          reason: "UnsupportedMediaType",
          message: "415: Unsupported Media Type",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}/configmaps/a",
          type: "application/strategic-merge-patch+json",
          body: { data: { x: "1" } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/status",
          type: "application/merge-patch+json",
          body: { status: { phase: "x" } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/status",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "q" },
            spec: {},
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'widgets.conformance.seatrial.dev "q" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/status",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/bogus",
        },
        expect: {
          status: 404,
          reason: "NotFound",
          message: 'widgets.conformance.seatrial.dev "q" not found',
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/scale",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/scale",
          type: "application/merge-patch+json",
          body: { spec: { replicas: 4 } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/scale",
          type: "application/merge-patch+json",
          body: { spec: { replicas: -4 } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Widget.conformance.seatrial.dev "q" is invalid: [spec.replicas: Invalid value: -4: spec.replicas in body should be greater than or equal to 0, .spec.replicas: Invalid value: -4: should be a non-negative integer]',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/scale",
          type: "application/merge-patch+json",
          body: { spec: { replicas: null } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q/scale",
          body: {
            kind: "Scale",
            apiVersion: "autoscaling/v1",
            metadata: { name: "zz" },
            spec: { replicas: 2 },
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "the name of the object (zz) does not match the name on the URL (q)",
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          body: {},
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in '{}' ({})",
        },
      },
      {
        send: {
          method: "DELETE",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/nope",
        },
        expect: {
          status: 404,
          reason: "NotFound",
          message: 'widgets.conformance.seatrial.dev "nope" not found',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap" },
            spec: { color: "red", parts: [{ name: "a", size: 1 }], tags: ["x"] },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "n" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap" },
            spec: { color: "green" },
          },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message: 'Apply failed with 1 conflict: conflict with "m": .spec.color',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "n" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap" },
            spec: { color: "green", parts: [{ name: "a", size: 2 }] },
          },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message:
            'Apply failed with 2 conflicts: conflicts with "m":\n- .spec.color\n- .spec.parts[name="a"].size',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap" },
            spec: { bogus: 1 },
          },
        },
        expect: {
          status: 500,
          reason: "",
          message:
            "failed to create typed patch object (/ap; conformance.seatrial.dev/v1, Kind=Widget): .spec.bogus: field not declared in schema",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap" },
            spec: { replicas: "x" },
          },
        },
        expect: {
          status: 500,
          reason: "",
          message:
            "failed to create typed patch object (/ap; conformance.seatrial.dev/v1, Kind=Widget): .spec.replicas: expected numeric (int or float), got string",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap" },
            spec: { parts: [{ size: 1 }] },
          },
        },
        expect: {
          status: 500,
          reason: "",
          message:
            'failed to create typed patch object (/ap; conformance.seatrial.dev/v1, Kind=Widget): .spec.parts: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap" },
            spec: { parts: [{ name: "a" }, { name: "a" }] },
          },
        },
        expect: {
          status: 500,
          reason: "",
          message:
            'failed to create typed patch object (/ap; conformance.seatrial.dev/v1, Kind=Widget): .spec.parts: duplicate entries for key [name="a"]',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Other",
            metadata: { name: "ap" },
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "invalid object type: conformance.seatrial.dev/v1, Kind=Other",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "ap" } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "invalid object type: /v1, Kind=ConfigMap",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: { kind: "Widget", metadata: { name: "ap" } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "invalid object type: /, Kind=Widget",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: { apiVersion: "conformance.seatrial.dev/v1", metadata: { name: "ap" } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "invalid object type: conformance.seatrial.dev/v1, Kind=",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "other" },
            spec: {},
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "the name of the object (other) does not match the name on the URL (ap)",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: { apiVersion: "conformance.seatrial.dev/v1", kind: "Widget" },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap", resourceVersion: "1" },
            spec: { color: "red" },
          },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message:
            'Operation cannot be fulfilled on widgets.conformance.seatrial.dev "ap": the object has been modified; please apply your changes to the latest version and try again',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap", uid: "1" },
            spec: { color: "red" },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Widget.conformance.seatrial.dev "ap" is invalid: metadata.uid: Invalid value: "1": field is immutable',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/new1",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "new1", resourceVersion: "1" },
            spec: {},
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/new2",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "new2", uid: "1" },
            spec: {},
          },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message:
            'Operation cannot be fulfilled on widgets.conformance.seatrial.dev "new2": uid mismatch: the provided object specified uid 1, and no existing object was found',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}/configmaps/sa",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "sa", labels: { a: "b" } },
            data: { x: "1" },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/sd",
          query: { fieldManager: "m" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "sd" },
            spec: {
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/sd",
          query: { fieldManager: "z" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "sd" },
            spec: {
              replicas: 2,
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/sd",
          type: "application/merge-patch+json",
          body: { spec: { replicas: 3 } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/sd",
          query: { fieldManager: "z" },
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "sd" },
            spec: {
              replicas: 5,
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: {
          status: 409,
          reason: "Conflict",
          message:
            'Apply failed with 1 conflict: conflict with "conformance" using apps/v1: .spec.replicas',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          type: "application/apply-patch+yaml",
          body: {
            apiVersion: "conformance.seatrial.dev/v1",
            kind: "Widget",
            metadata: { name: "ap" },
            spec: {},
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
        },
      },
      {
        send: {
          method: "DELETE",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/ap",
          body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Foreground" },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "DELETE",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          body: { propagationPolicy: "x" },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "x": supported values: "Foreground", "Background", "Orphan", "nil"',
        },
      },
      {
        send: {
          method: "DELETE",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          body: { dryRun: ["x"] },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["x"]: supported values: "All"',
        },
      },
      {
        send: {
          method: "DELETE",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          body: { orphanDependents: true, propagationPolicy: "Foreground" },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Foreground": orphanDependents and deletionPropagation cannot be both set',
        },
      },
      {
        send: {
          method: "DELETE",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          query: { dryRun: "All" },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "DELETE",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets/q",
          query: { gracePeriodSeconds: "x" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: 'strconv.ParseInt: parsing "x": invalid syntax',
        },
      },
      {
        send: {
          method: "DELETE",
          path: "/api/v1/namespaces/${ns}/configmaps/a",
          query: { propagationPolicy: "Orphan" },
        },
        expect: { status: 200 },
      },
      {
        send: { method: "DELETE", path: "/api/v1/namespaces/${ns}/services/svc" },
        expect: { status: 200 },
      },
      {
        send: { method: "DELETE", path: "/api/v1/namespaces/${ns}/serviceaccounts/sa" },
        expect: { status: 200 },
      },
      {
        send: { method: "DELETE", path: "/api/v1/namespaces/kube-system" },
        expect: {
          status: 403,
          reason: "Forbidden",
          message: 'namespaces "kube-system" is forbidden: this namespace may not be deleted',
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { limit: "x" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: 'strconv.ParseInt: parsing "x": invalid syntax',
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { limit: "1" },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { labelSelector: "a b" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { labelSelector: "a in (b" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "unable to parse requirement: found '', expected: ',' or ')'",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { labelSelector: "=" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "found '=', expected: !, identifier, or 'end of string'",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { labelSelector: "a=b c" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "found 'c', expected: ',' or 'end of string'",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { labelSelector: "a>x" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { labelSelector: "a/b/c=d" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { fieldSelector: "spec.color=red" },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { fieldSelector: "spec.bogus=red" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "field label not supported: spec.bogus",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { fieldSelector: "bogus" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "invalid selector: 'bogus'; can't understand 'bogus'",
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { fieldSelector: "bogus" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "invalid selector: 'bogus'; can't understand 'bogus'",
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { fieldSelector: "data=x" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            '"data" is not a known field selector: only "metadata.name", "metadata.namespace"',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { resourceVersion: "x" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { resourceVersion: "1", resourceVersionMatch: "Exact" },
        },
        expect: {
          status: 410,
          reason: "Expired",
          message: "The resourceVersion for the provided list is too old.",
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { resourceVersionMatch: "Bogus", resourceVersion: "1" },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Bogus": supported values: "Exact", "NotOlderThan", ""',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { sendInitialEvents: "true" },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { continue: "x" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "invalid continue token: continue key is not valid: illegal base64 data at input byte 0",
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: {
            continue: "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MCwic3RhcnQiOiJhIn0",
            limit: "1",
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
        },
      },
      {
        send: { method: "GET", path: "/api/v1/namespaces/${ns}/configmaps/nope" },
        expect: { status: 404, reason: "NotFound", message: 'configmaps "nope" not found' },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { watch: "true", resourceVersionMatch: "Exact" },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/configmaps",
          query: { watch: "true", fieldSelector: "bogus=1" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            '"bogus" is not a known field selector: only "metadata.name", "metadata.namespace"',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/pods",
          query: { fieldSelector: "bogus=1" },
        },
        expect: { status: 400, reason: "BadRequest", message: "field label not supported: bogus" },
      },
      {
        send: {
          method: "GET",
          path: "/apis/batch/v1/namespaces/${ns}/jobs",
          query: { fieldSelector: "bogus=1" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: 'field label "bogus" not supported for Job',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces",
          query: { fieldSelector: "metadata.namespace=x" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "field label not supported: metadata.namespace",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { includeObject: "Bogus" },
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            "Unable to convert to Table as requested: includeObject: Invalid value: \"Bogus\": must be 'Metadata', 'Object', 'None', or empty",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          query: { includeObject: "None" },
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          accept: "text/plain",
        },
        expect: {
          status: 406,
          reason: "NotAcceptable",
          message:
            "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
        },
      },
      {
        send: {
          method: "GET",
          path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets",
          accept: "application/json;as=Bogus;v=v1;g=meta.k8s.io",
        },
        expect: {
          status: 406,
          reason: "NotAcceptable",
          message:
            "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
        },
      },
      {
        send: { method: "GET", path: "/apis/conformance.seatrial.dev/v1" },
        expect: { status: 200 },
      },
      { send: { method: "GET", path: "/apis/conformance.seatrial.dev" }, expect: { status: 200 } },
      { send: { method: "GET", path: "/apis/apps/v1" }, expect: { status: 200 } },
      { send: { method: "GET", path: "/apis/apps" }, expect: { status: 200 } },
      { send: { method: "GET", path: "/apis/batch/v1" }, expect: { status: 200 } },
      { send: { method: "GET", path: "/apis/policy/v1" }, expect: { status: 200 } },
      {
        send: { method: "GET", path: "/apis/rbac.authorization.k8s.io/v1" },
        expect: { status: 200 },
      },
      { send: { method: "GET", path: "/apis/bogus" }, expect: { status: 404 } },
      {
        send: { method: "GET", path: "/apis/apps/v2" },
        expect: {
          status: 404,
          reason: "NotFound",
          message: "the server could not find the requested resource",
        },
      },
      {
        send: { method: "GET", path: "/apis/apps/v1/bogus" },
        expect: {
          status: 404,
          reason: "NotFound",
          message: "the server could not find the requested resource",
        },
      },
      {
        send: { method: "GET", path: "/apis/conformance.seatrial.dev/v1/bogus" },
        expect: { status: 404 },
      },
      {
        send: { method: "GET", path: "/apis/conformance.seatrial.dev/v2/widgets" },
        expect: { status: 404 },
      },
      {
        send: { method: "GET", path: "/apis/conformance.seatrial.dev/v1/widgets/q" },
        expect: { status: 404 },
      },
      { send: { method: "GET", path: "/bogus" }, expect: { status: 404 } },
      {
        send: { method: "PUT", path: "/apis/conformance.seatrial.dev/v1/namespaces/${ns}/widgets" },
        expect: { status: 400, reason: "BadRequest", message: "name must be provided" },
      },
      {
        send: { method: "PATCH", path: "/api/v1/namespaces/${ns}/configmaps" },
        expect: {
          status: 405,
          reason: "MethodNotAllowed",
          message: "the server does not allow this method on the requested resource",
        },
      },
      {
        send: { method: "POST", path: "/api/v1/namespaces/${ns}/configmaps/a", body: {} },
        expect: {
          status: 405,
          reason: "MethodNotAllowed",
          message: "the server does not allow this method on the requested resource",
        },
      },
      {
        send: { method: "PUT", path: "/version" },
        expect: {
          status: 405,
          reason: "MethodNotAllowed",
          message: "the server does not allow this method on the requested resource",
        },
      },
      { send: { method: "GET", path: "/healthz" }, expect: { status: 200 } },
      { send: { method: "GET", path: "/readyz/ping" }, expect: { status: 200 } },
      { send: { method: "GET", path: "/livez/bogus" }, expect: { status: 404 } },
      {
        send: {
          method: "POST",
          path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
          body: { spec: {} },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
          body: { spec: { resourceAttributes: { verb: "get", resource: "pods" } } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
          body: { spec: { resourceAttributes: { verb: "get", resource: "pods" } } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            '.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
          body: { spec: { user: "nobody", resourceAttributes: { verb: "get", resource: "pods" } } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/authentication.k8s.io/v1/tokenreviews",
          body: { spec: { token: "bad" } },
        },
        expect: { status: 201 },
      },
      {
        send: { method: "GET", path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" },
        expect: {
          status: 405,
          reason: "MethodNotAllowed",
          message: "the server does not allow this method on the requested resource",
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods/pod/eviction",
          body: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "pod" } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods/nope/eviction",
          body: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "nope" } },
        },
        expect: { status: 404, reason: "NotFound", message: 'pods "nope" not found' },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods/nope/binding",
          body: { apiVersion: "v1", kind: "Binding", metadata: { name: "nope" }, target: {} },
        },
        expect: { status: 500, reason: "", message: "target.name: Required value" },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods/pod2/binding",
          body: {
            apiVersion: "v1",
            kind: "Binding",
            metadata: { name: "pod2" },
            target: { name: "n" },
          },
        },
        expect: { status: 201 },
      },
      {
        send: { method: "GET", path: "/api/v1/namespaces/${ns}/pods/pod2" },
        expect: { status: 200 },
      },
      {
        send: { method: "DELETE", path: "/api/v1/namespaces/${ns}/pods/pod2" },
        expect: { status: 200 },
      },
      {
        send: {
          method: "DELETE",
          path: "/api/v1/namespaces/${ns}/pods/pod2",
          body: { gracePeriodSeconds: 5 },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/pods/pod2/log",
          query: { container: "zz" },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "container zz is not valid for pod pod2",
        },
      },
      {
        send: { method: "GET", path: "/api/v1/namespaces/${ns}/pods/nope/log" },
        expect: { status: 404, reason: "NotFound", message: 'pods "nope" not found' },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.nodots" },
            spec: {
              group: "nodots",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.nodots" is invalid: spec.group: Invalid value: "nodots": should be a domain with at least one dot',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "X",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.scope: Unsupported value: "X": supported values: "Cluster", "Namespaced"',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.scope: Required value',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: false,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: [spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version, status.storedVersions: Invalid value: null: must have at least one stored version]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: [spec.versions: Invalid value: []: must have exactly one version marked as storage version, status.storedVersions: Invalid value: null: must have at least one stored version]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [{ name: "v1", served: true, storage: true }],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.versions[0].schema.openAPIV3Schema: Required value',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: [spec.names.singular: Required value, spec.names.kind: Required value, spec.names.listKind: Required value]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: [metadata.name: Invalid value: "boats.b.dev": must be spec.names.plural+"."+spec.group, spec.names.plural: Required value]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat", listKind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.names.listKind: Invalid value: "Boat": kind and listKind may not be the same',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "Boats", kind: "boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "CustomResourceDefinition.apiextensions.k8s.io \"boats.b.dev\" is invalid: [metadata.name: Invalid value: \"boats.b.dev\": must be spec.names.plural+\".\"+spec.group, spec.names.plural: Invalid value: \"Boats\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')]",
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
              conversion: { strategy: "Webhook" },
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: [spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook, spec.conversion.conversionReviewVersions: Required value]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
              conversion: { strategy: "Webhook", webhook: { clientConfig: { url: "https://x" } } },
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.conversion.conversionReviewVersions: Required value',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
              conversion: {
                strategy: "Webhook",
                webhook: { conversionReviewVersions: ["v9"], clientConfig: { url: "https://x" } },
              },
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.conversion.conversionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
              conversion: { strategy: "Bogus" },
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.conversion.strategy: Unsupported value: "Bogus": supported values: "None", "Webhook"',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                },
              ],
              preserveUnknownFields: true,
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                  additionalPrinterColumns: [{ name: "x", type: "bogus", jsonPath: ".x" }],
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.additionalPrinterColumns[0].type: Invalid value: "bogus": must be one of boolean,date,integer,number,string',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                  additionalPrinterColumns: [{ name: "x", type: "string", jsonPath: "" }],
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.additionalPrinterColumns[0].JSONPath: Required value',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                  subresources: {
                    scale: { specReplicasPath: ".status.x", statusReplicasPath: "x" },
                  },
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: [spec.subresources.scale.specReplicasPath: Invalid value: ".status.x": should be a json path under .spec, spec.subresources.scale.statusReplicasPath: Invalid value: "x": must be a simple json path starting with .]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object" } },
                  selectableFields: [{ jsonPath: ".spec.nope" }],
                },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CustomResourceDefinition.apiextensions.k8s.io "boats.b.dev" is invalid: spec.selectableFields[0].jsonPath: Invalid value: ".spec.nope": is an invalid path: does not refer to a valid field',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          query: { fieldValidation: "Strict" },
          body: {
            metadata: { name: "boats.b.dev" },
            spec: {
              group: "b.dev",
              scope: "Namespaced",
              names: { plural: "boats", kind: "Boat" },
              versions: [
                {
                  name: "v1",
                  served: true,
                  storage: true,
                  schema: { openAPIV3Schema: { type: "object", bogus: 1 } },
                },
              ],
            },
          },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: strict decoding error: unknown field "spec.versions[0].schema.openAPIV3Schema.bogus"',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          body: {
            metadata: { name: "d" },
            spec: {
              selector: { matchLabels: { a: "b" } },
              template: {
                metadata: { labels: { a: "b" } },
                spec: { containers: [{ name: "c", image: "nginx:1" }] },
              },
            },
          },
        },
        expect: {
          status: 409,
          reason: "AlreadyExists",
          message: 'deployments.apps "d" already exists',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/strategic-merge-patch+json",
          body: {
            spec: {
              template: {
                spec: {
                  containers: [
                    { name: "c", image: "x" },
                    { name: "e", image: "y" },
                  ],
                },
              },
            },
          },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/strategic-merge-patch+json",
          body: { spec: { template: { spec: { containers: [{ name: "c", $patch: "delete" }] } } } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/strategic-merge-patch+json",
          body: { spec: { template: { spec: { containers: [{ image: "nokey" }] } } } },
        },
        expect: {
          status: 500,
          reason: "",
          message: "map: map[image:nokey] does not contain declared merge key: name",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/strategic-merge-patch+json",
          body: { metadata: { labels: null, annotations: { x: "y" } } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/strategic-merge-patch+json",
          body: { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/strategic-merge-patch+json",
          body: { spec: { replicas: null } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/strategic-merge-patch+json",
          body: [1],
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "json: cannot unmarshal array into Go value of type map[string]interface {}",
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/json-patch+json",
          body: [
            { op: "add", path: "/metadata/labels", value: { q: "r" } },
            { op: "replace", path: "/spec/replicas", value: 4 },
          ],
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/apis/apps/v1/namespaces/${ns}/deployments/d",
          type: "application/json-patch+json",
          body: [{ op: "copy", from: "/nope", path: "/spec/replicas" }],
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "GET",
          path: "/apis/apps/v1/namespaces/${ns}/deployments",
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces",
          body: { metadata: { name: "Bad_Ns" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            "Namespace \"Bad_Ns\" is invalid: metadata.name: Invalid value: \"Bad_Ns\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        },
      },
      {
        send: { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: "${ns}" } } },
        expect: {
          status: 409,
          reason: "AlreadyExists",
          message: 'namespaces "${ns}" already exists',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}",
          type: "application/merge-patch+json",
          body: { metadata: { labels: { "kubernetes.io/metadata.name": "x", a: "b" } } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}",
          type: "application/merge-patch+json",
          body: { spec: { finalizers: [] } },
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "PUT",
          path: "/api/v1/namespaces/${ns}/finalize",
          body: { metadata: { name: "x" } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message: "the name of the object (x) does not match the name on the URL (${ns})",
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}",
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/services",
          body: { metadata: { name: "s1" }, spec: { ports: [{ port: 80 }] } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/services",
          body: { metadata: { name: "s2" }, spec: { ports: [{ port: 80 }, { port: 81 }] } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Service "s2" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/services",
          body: { metadata: { name: "s2" }, spec: { ports: [{ port: 0 }] } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Service "s2" is invalid: [spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}/services/s1",
          type: "application/merge-patch+json",
          body: { spec: { clusterIP: "10.96.55.78" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Service "s1" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.55.78"]: may not change once set',
        },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}/services/s1",
          type: "application/merge-patch+json",
          body: { spec: { type: "Bogus" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Service "s1" is invalid: spec.type: Unsupported value: "Bogus": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/services",
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/secrets",
          body: { metadata: { name: "tls" }, type: "kubernetes.io/tls", data: {} },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Secret "tls" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/secrets",
          body: { metadata: { name: "sat" }, type: "kubernetes.io/service-account-token" },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Secret "sat" is invalid: metadata.annotations[kubernetes.io/service-account.name]: Required value',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/secrets",
          body: { metadata: { name: "ba" }, type: "kubernetes.io/basic-auth" },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Secret "ba" is invalid: [data[username]: Required value, data[password]: Required value]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/secrets",
          body: { metadata: { name: "b64" }, data: { a: "!!!" } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/secrets",
          body: { metadata: { name: "im" }, immutable: true, data: { a: "eA==" } },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "PATCH",
          path: "/api/v1/namespaces/${ns}/secrets/im",
          type: "application/merge-patch+json",
          body: { immutable: false, data: { a: "eQ==" } },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Secret "im" is invalid: [immutable: Forbidden: field is immutable when `immutable` is set, data: Forbidden: field is immutable when `immutable` is set]',
        },
      },
      {
        send: {
          method: "GET",
          path: "/api/v1/namespaces/${ns}/secrets",
          accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
        },
        expect: { status: 200 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets",
          body: {
            metadata: { name: "p" },
            spec: { minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { a: "b" } } },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'PodDisruptionBudget.policy "p" is invalid: spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"a":"b"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets",
          body: {
            metadata: { name: "p" },
            spec: { minAvailable: "150%", selector: { matchLabels: { a: "b" } } },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'PodDisruptionBudget.policy "p" is invalid: spec.minAvailable: Invalid value: "150%": must not be greater than 100%',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets",
          body: {
            metadata: { name: "p" },
            spec: { minAvailable: -1, selector: { matchLabels: { a: "b" } } },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'PodDisruptionBudget.policy "p" is invalid: spec.minAvailable: Invalid value: -1: must be greater than or equal to 0',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/coordination.k8s.io/v1/namespaces/${ns}/leases",
          body: {
            metadata: { name: "l" },
            spec: { leaseDurationSeconds: 0, leaseTransitions: -1 },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Lease.coordination.k8s.io "l" is invalid: [spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0, spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/coordination.k8s.io/v1/namespaces/${ns}/leases",
          body: { metadata: { name: "l" }, spec: { renewTime: "x" } },
        },
        expect: {
          status: 400,
          reason: "BadRequest",
          message:
            'Lease in version "v1" cannot be handled as a Lease: parsing time "x" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "x" as "2006"',
        },
      },
      {
        send: {
          method: "PUT",
          path: "/apis/coordination.k8s.io/v1/namespaces/${ns}/leases/cou",
          body: { metadata: { name: "cou" }, spec: {} },
        },
        expect: { status: 201 },
      },
      {
        send: {
          method: "POST",
          path: "/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/rolebindings",
          body: {
            metadata: { name: "b" },
            roleRef: { kind: "Bogus", name: "" },
            subjects: [
              { kind: "ServiceAccount", name: "x" },
              { kind: "Bogus", name: "y" },
            ],
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'RoleBinding.rbac.authorization.k8s.io "b" is invalid: [roleRef.kind: Unsupported value: "Bogus": supported values: "Role", "ClusterRole", roleRef.name: Required value, subjects[1].kind: Unsupported value: "Bogus": supported values: "ServiceAccount", "User", "Group"]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/batch/v1/namespaces/${ns}/jobs",
          body: {
            metadata: { name: "j" },
            spec: { template: { spec: { containers: [{ name: "c", image: "x" }] } } },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Job.batch "j" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
        },
      },
      {
        send: {
          method: "POST",
          path: "/api/v1/namespaces/${ns}/pods",
          body: {
            metadata: { name: "p1" },
            spec: {
              restartPolicy: "Bogus",
              containers: [
                { name: "c", image: "x", imagePullPolicy: "Q" },
                { name: "c", image: "y" },
              ],
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'Pod "p1" is invalid: [spec.containers[0].imagePullPolicy: Unsupported value: "Q": supported values: "Always", "IfNotPresent", "Never", spec.containers[1].name: Duplicate value: "c", spec.restartPolicy: Unsupported value: "Bogus": supported values: "Always", "OnFailure", "Never"]',
        },
      },
      {
        send: {
          method: "POST",
          path: "/apis/certificates.k8s.io/v1/certificatesigningrequests",
          body: {
            metadata: { name: "${ns}" },
            spec: {
              request: "eA==",
              signerName: "kubernetes.io/kube-apiserver-client",
              usages: [],
              expirationSeconds: 5,
            },
          },
        },
        expect: {
          status: 422,
          reason: "Invalid",
          message:
            'CertificateSigningRequest.certificates.k8s.io "${ns}" is invalid: [spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST, spec.usages: Required value, spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 600 seconds (10 minutes)]',
        },
      },
    ],
  },
];
