/**
 * The process that the crash test kills: an API server that writes through to a data directory. It tells on standard output what
 * it found there, then creates ConfigMaps as fast as it can and names each that was acknowledged.
 */
import { writeSync } from "node:fs";
import { realClock } from "../../kernel/clock.ts";
import { KeyedRandom } from "../../kernel/random.ts";
import { createApiServer } from "../api-server.ts";
import { inProcessTransport } from "../in-process.ts";
import { persistCluster } from "./persist-cluster.ts";
import { openStateDatabase } from "./state-database.ts";

const [directory = "", prefix = "", oldVersion = ""] = process.argv.slice(2);
const path = "/api/v1/namespaces/default/configmaps";

function say(line: unknown): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

const database = openStateDatabase(directory, { clock: realClock });
const server = createApiServer({
  clock: realClock,
  random: new KeyedRandom(prefix),
  name: "victim",
  version: "v1.36.0",
  prepare: (state) => persistCluster(state, database),
});
const client = inProcessTransport(server, {
  user: { username: "victim", groups: ["system:masters"] },
});

interface Listed {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
  }[];
}

const { body } = await client.request({ method: "GET", path });
const list = body as Listed;
say({
  found: list.items.map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)]),
  revision: Number(list.metadata.resourceVersion),
});
/** The code of the error with which a watch from an old version ends. */
function watchFrom(resourceVersion: string): Promise<number> {
  return new Promise((resolve) => {
    client.watch(
      { method: "GET", path, query: { watch: "true", resourceVersion } },
      {
        onEvent: ({ object }) => resolve((object as { readonly code?: number }).code ?? 0),
        onClose: () => resolve(0),
      },
    );
  });
}

if (oldVersion !== "") say({ oldWatch: await watchFrom(oldVersion) });

async function writeForever(writer: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const name = `${prefix}-${writer}-${count}`;
    const created = await client.request({
      method: "POST",
      path,
      body: { metadata: { name }, data: { writer: String(writer) } },
    });
    const { metadata } = created.body as Listed["items"][number];
    say({ acknowledged: [name, Number(metadata.resourceVersion)] });
  }
}

await Promise.all([writeForever(0), writeForever(1), writeForever(2)]);
