/**
 * What listens on an instance may answer health checks over HTTP; whatever does not is taken to answer 200. Checks over
 * TCP ask only whether the port is open.
 */
export interface HealthResponder {
  healthStatus(path: string): number;
}

export function isHealthResponder(service: unknown): service is HealthResponder {
  return (
    typeof service === "object" &&
    service !== null &&
    "healthStatus" in service &&
    typeof service.healthStatus === "function"
  );
}

interface Listener {
  readonly service: unknown;
}

/** Open ports by instance. */
export class Processes {
  readonly #ports = new Map<string, Map<number, Listener>>();
  readonly #seen = new Set<string>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** A second process on the same port takes it over, as after a restart whose first process was not seen to end. */
  listen(instanceId: string, port: number, service: unknown): { close(): void } {
    const listener: Listener = { service };
    const ports = this.#ports.get(instanceId) ?? new Map<number, Listener>();
    ports.set(port, listener);
    this.#ports.set(instanceId, ports);
    this.#seen.add(instanceId);
    this.#onChange();
    return {
      close: () => {
        if (ports.get(port) !== listener) return;
        ports.delete(port);
        this.#onChange();
      },
    };
  }

  find(instanceId: string, port: number): Listener | undefined {
    return this.#ports.get(instanceId)?.get(port);
  }

  openPorts(instanceId: string): readonly number[] {
    return [...(this.#ports.get(instanceId)?.keys() ?? [])].toSorted((left, right) => left - right);
  }

  /** False for instances that nobody simulates the inside of: their ports were never opened. */
  hasEverListened(instanceId: string): boolean {
    return this.#seen.has(instanceId);
  }

  closeAll(instanceId: string): void {
    const ports = this.#ports.get(instanceId);
    if (ports === undefined) return;
    ports.clear();
    this.#ports.delete(instanceId);
    this.#onChange();
  }
}
