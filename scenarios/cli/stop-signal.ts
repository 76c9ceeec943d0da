import process from "node:process";

/** Resolves when the process is asked to end. */
export function stopSignal(): Promise<"stop"> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => resolve("stop"));
  });
}
