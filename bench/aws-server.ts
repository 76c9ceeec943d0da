import { createFakeAws } from "../fakecloud/aws/fake-aws.ts";
import { realClock } from "../fakecloud/kernel/clock.ts";
import { KeyedRandom } from "../fakecloud/kernel/random.ts";
import { startAwsHttpServer } from "../fakecloud/wire/http-server.ts";

// A process of its own, as the other emulator is one: the client that measures must not share its thread.
const aws = createFakeAws({
  clock: realClock,
  random: new KeyedRandom("bench"),
  profile: "lenient",
});
const port = Number(process.argv[2] ?? 0);
const server = await startAwsHttpServer({
  handle: (request) => aws.handle(request),
  clock: realClock,
  port,
});
console.log(server.url);
