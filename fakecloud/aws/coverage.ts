import type { Service } from "./service.ts";

/** One line per service: how many of its operations there are here, and which. */
export function coverageTable(services: readonly Service[]): string {
  const rows = services.map(({ model, handlers }) => {
    const name = serviceName(model.signingName, model.version);
    const names = [...handlers.keys()].toSorted();
    return `| ${name} | ${names.length} of ${model.operations.size} | ${names.join(", ")} |`;
  });
  return ["| service | operations | which |", "|---|---|---|", ...rows].join("\n");
}

/** The two load-balancing APIs share a signing name; their versions tell them apart. */
function serviceName(signingName: string, version: string): string {
  return signingName === "elasticloadbalancing" ? `${signingName} ${version}` : signingName;
}
