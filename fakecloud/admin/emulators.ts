import type { AdminOptions } from "./contract.ts";

/** Services as LocalStack names them. */
const services = ["ec2", "elb", "elbv2", "iam", "s3", "secretsmanager", "ssm", "sts"];

/**
 * What suites written for other emulators call between their tests. Sources: docs.getmoto.org (server mode, reset API),
 * docs.localstack.cloud (internal endpoints).
 */
export const emulatorRoutes: Readonly<Record<string, (options: AdminOptions) => Promise<unknown>>> =
  {
    "POST /moto-api/reset": async ({ reset }) => {
      await reset();
      return { status: "ok" };
    },
    "POST /_localstack/state/reset": async ({ reset }) => {
      await reset();
      return {};
    },
    "GET /_localstack/health": () =>
      Promise.resolve({
        services: Object.fromEntries(services.map((name) => [name, "available"])),
        edition: "community",
        version: "seatrial",
      }),
  };
