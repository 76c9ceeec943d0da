import { Environment } from "@marcbachmann/cel-js";
import { formatFunctions, FormatValue } from "./functions/formats.ts";
import { CidrValue, ipFunctions, IpValue } from "./functions/ip-addresses.ts";
import { listFunctions } from "./functions/lists.ts";
import { quantityFunctions, QuantityValue } from "./functions/quantities.ts";
import { registerAll } from "./functions/register.ts";
import { semverFunctions, SemverValue } from "./functions/semver.ts";
import { stringFunctions } from "./functions/strings.ts";
import { urlFunctions, UrlValue } from "./functions/urls.ts";

class SetsNamespace {
  readonly name = "sets";
}
class StringsNamespace {
  readonly name = "strings";
}
class IpNamespace {
  readonly name = "ip";
}
class FormatNamespace {
  readonly name = "format";
}

/** The engine with Kubernetes' function library. Variables are added by those who evaluate something with it. */
export function kubernetesEnvironment(): Environment {
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 100_000, maxDepth: 250, maxListElements: 10_000, maxMapEntries: 10_000 },
  });
  const types = {
    Quantity: QuantityValue,
    Url: UrlValue,
    IpAddress: IpValue,
    CidrBlock: CidrValue,
    Semver: SemverValue,
    NamedFormat: FormatValue,
    SetsNamespace,
    StringsNamespace,
    IpNamespace,
    FormatNamespace,
  };
  for (const [name, type] of Object.entries(types)) environment.registerType(name, type);
  environment.registerConstant("sets", "SetsNamespace", new SetsNamespace());
  environment.registerConstant("strings", "StringsNamespace", new StringsNamespace());
  environment.registerConstant("ip", "IpNamespace", new IpNamespace());
  environment.registerConstant("format", "FormatNamespace", new FormatNamespace());
  registerAll(environment, stringFunctions);
  registerAll(environment, listFunctions);
  registerAll(environment, quantityFunctions);
  registerAll(environment, urlFunctions);
  registerAll(environment, ipFunctions);
  registerAll(environment, formatFunctions);
  registerAll(environment, semverFunctions);
  for (const name of ["Quantity", "Url", "IpAddress", "CidrBlock", "Semver"]) {
    environment.registerOperator(`${name} == ${name}`, (a: unknown, b: unknown) => areEqual(a, b));
  }
  return environment;
}

/** Values of the library are equal if they are the same value, however they were written. */
function areEqual(a: unknown, b: unknown): boolean {
  if (a instanceof QuantityValue && b instanceof QuantityValue) return a.nanos === b.nanos;
  if (a instanceof IpValue && b instanceof IpValue) return String(a.address) === String(b.address);
  return JSON.stringify(a, printBig) === JSON.stringify(b, printBig);
}

function printBig(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
