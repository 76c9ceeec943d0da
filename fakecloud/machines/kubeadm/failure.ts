import { PoweredOffError, type Host } from "../host.ts";
import { TimedOutError } from "./reach.ts";

/** A phase of kubeadm that did not end well. */
export class PhaseError extends Error {
  override readonly name = "PhaseError";
  readonly phase: string;

  constructor(phase: string, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.phase = phase;
  }
}

/** Runs one phase; whatever goes wrong in it carries its name. A machine without power says nothing. */
export async function inPhase<T>(phase: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PoweredOffError || error instanceof PhaseError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new PhaseError(phase, message, { cause: error });
  }
}

/** Prints as kubeadm does when it gives up, and keeps the reason for `seatrial why`. */
export function reportFailure(host: Host, error: unknown): number {
  if (error instanceof PoweredOffError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  const text =
    error instanceof PhaseError ? `error execution phase ${error.phase}: ${message}` : message;
  host.event("KubeadmFailed", `error: ${text}`);
  host.log.write("To see the stack trace of this error execute with --v=5 or higher");
  const timedOut = causes(error).find((one) => one instanceof TimedOutError);
  host.trouble =
    timedOut !== undefined && error instanceof PhaseError
      ? `kubeadm gave up in phase ${error.phase}: ${timedOut.problem}`
      : `kubeadm failed: ${text}`;
  return 1;
}

/** The error, its cause, the cause of that. */
function causes(error: unknown): readonly unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
