const schema = {
  type: "object",
  description: "A Boat floats.",
  properties: {
    spec: {
      type: "object",
      description: "What is wanted.",
      required: ["home"],
      properties: {
        crew: { type: "integer", minimum: 0, default: 1, description: "How many sail it." },
        home: { type: "string", maxLength: 20, description: "The harbour." },
        sails: { type: "array", items: { type: "string" } },
      },
    },
    status: {
      type: "object",
      properties: {
        crew: { type: "integer" },
        phase: { type: "string" },
        conditions: {
          type: "array",
          items: {
            type: "object",
            properties: { type: { type: "string" }, status: { type: "string" } },
          },
        },
      },
    },
  },
};

/** A definition with everything that kubectl looks at: columns, short names, status and scale. */
export function definitionOf(plural: string, kind: string) {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.harbour.example.com` },
    spec: {
      group: "harbour.example.com",
      scope: "Namespaced",
      names: { plural, singular: kind.toLowerCase(), kind, shortNames: [plural.slice(0, 2)] },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: {
            status: {},
            scale: { specReplicasPath: ".spec.crew", statusReplicasPath: ".status.crew" },
          },
          additionalPrinterColumns: [
            { name: "Crew", type: "integer", jsonPath: ".spec.crew" },
            { name: "Phase", type: "string", jsonPath: ".status.phase" },
            { name: "Home", type: "string", jsonPath: ".spec.home", priority: 1 },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
        },
      ],
    },
  };
}

export interface Boat {
  readonly name: string;
  readonly home?: string;
  readonly crew?: number;
  readonly sails?: readonly string[];
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly unknown[];
  readonly namespace?: string;
}

/** One boat as a manifest, ready for `kubectl apply -f -`. */
export function boat({ home = "Kiel", crew, sails, ...metadata }: Boat): string {
  return JSON.stringify({
    apiVersion: "harbour.example.com/v1",
    kind: "Boat",
    metadata,
    spec: { home, crew, sails },
  });
}
