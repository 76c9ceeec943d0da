import { runCloudInit, type Shell } from "./cloud-init/run.ts";
import { type Host, PoweredOffError } from "./host.ts";

/** From power to whatever the user data makes of the machine; a later boot starts what the first one enabled. */
export async function boot(host: Host, shell: Shell): Promise<void> {
  host.log.write(`booting ${host.instance.imageName}`);
  try {
    await host.mayFail("boot");
    await host.work("boot", 15_000, 40_000);
    host.event("booted", `${host.instance.privateDnsName}: reached target cloud-init`);
    if (host.isSetUp) {
      // cloud-init ran once for this instance; its scripts are not run again.
      await host.startUnits();
      return;
    }
    await runCloudInit(host, shell);
    host.finishSetUp();
  } catch (error) {
    if (error instanceof PoweredOffError || !host.isOn) throw error;
    // cloud-init gives up; the machine stays on, useless, and its console says why.
    const { message } = error as Error;
    host.finishSetUp();
    host.trouble ??= message;
    host.log.write(`cloud-init: ERROR: ${message}`);
  }
}
