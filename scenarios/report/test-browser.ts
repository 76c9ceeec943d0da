import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const names = [
  "chromium-headless-shell",
  "chromium",
  "google-chrome",
  "chromium-browser",
  "chrome",
];

/** The first Chromium on the PATH, or the one that SEATRIAL_CHROMIUM names; undefined if there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const places = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [process.env["SEATRIAL_CHROMIUM"] ?? "", ...places].find(isExecutable);
}

function isExecutable(file: string): boolean {
  if (file === "") return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

type Result = Readonly<Record<string, unknown>>;

interface Answer {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A Chromium without a window, over its DevTools protocol. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #connection: Connection;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = child;
    this.#profile = profile;
    this.#connection = new Connection(socket);
  }

  static async start(binary: string): Promise<Browser> {
    const profile = mkdtempSync(path.join(tmpdir(), "report-chromium-"));
    const flags = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--hide-scrollbars",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ];
    const child = spawn(binary, flags, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    const url = await addressOf(child);
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("error", () => reject(new Error("no DevTools connection")), {
        once: true,
      });
    });
    return new Browser(child, profile, socket);
  }

  async open(file: string, look: Look = {}): Promise<BrowserPage> {
    const connection = this.#connection;
    const { targetId } = await connection.send("Target.createTarget", { url: "about:blank" });
    const attached = await connection.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new BrowserPage(connection, attached["sessionId"] as string);
    await page.load(file, look);
    return page;
  }

  /** Asked first, for what is on the PATH may be a script that starts the real one; then its whole group is ended. */
  async close(): Promise<void> {
    const child = this.#process;
    const ended = new Promise((resolve) => child.once("close", resolve));
    // It ends without an answer.
    this.#connection.send("Browser.close").catch(() => undefined);
    const late = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Chromium says on its error output where it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`Chromium ended with ${code}: ${text}`)));
    child.once("error", reject);
  });
}

/** The protocol's one connection: answers go to who asked, events to the session that they are of. */
class Connection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #sessions = new Map<string, (event: Answer) => void>();
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id === undefined) this.#sessions.get(answer.sessionId ?? "")?.(answer);
      else this.#waiting.get(answer.id)?.(answer);
    });
  }

  onEvent(session: string, handle: (event: Answer) => void): void {
    this.#sessions.set(session, handle);
  }

  send(method: string, params: unknown = {}, sessionId?: string): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#socket.send(
      JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }),
    );
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result = {}, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }
}

export interface Look {
  readonly isDark?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly hasScripts?: boolean;
  /** With its "#". */
  readonly fragment?: string;
}

/** A page that is open: what it asked for and complained about, and hands to use it with. */
export class BrowserPage {
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  readonly #connection: Connection;
  readonly #session: string;
  readonly #onLoad: (() => void)[] = [];

  constructor(connection: Connection, session: string) {
    this.#connection = connection;
    this.#session = session;
    connection.onEvent(session, (event) => this.#hear(event));
  }

  #hear({ method = "", params = {} }: Answer): void {
    if (method === "Page.loadEventFired") for (const resolve of this.#onLoad.splice(0)) resolve();
    if (method === "Network.requestWillBeSent") {
      this.requests.push((params["request"] as { readonly url: string }).url);
    }
    const isComplaint = ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"];
    if (isComplaint.includes(method)) this.complaints.push(JSON.stringify(params));
  }

  #send(method: string, params?: unknown): Promise<Result> {
    return this.#connection.send(method, params, this.#session);
  }

  async load(file: string, look: Look): Promise<void> {
    const { isDark = false, width = 1280, height = 900, hasScripts = true, fragment = "" } = look;
    for (const domain of ["Page", "Runtime", "Network", "Log"])
      await this.#send(`${domain}.enable`);
    const screen = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.#send("Emulation.setDeviceMetricsOverride", screen);
    const scheme = { name: "prefers-color-scheme", value: isDark ? "dark" : "light" };
    await this.#send("Emulation.setEmulatedMedia", { features: [scheme] });
    await this.#send("Emulation.setScriptExecutionDisabled", { value: !hasScripts });
    const loaded = new Promise<void>((resolve) => this.#onLoad.push(resolve));
    await this.#send("Page.navigate", { url: `${pathToFileURL(file).href}${fragment}` });
    await loaded;
    if (hasScripts) await this.until("document.body.dataset.ready === 'true'");
  }

  /** The value of an expression in the page, as JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.#send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (answer["exceptionDetails"] !== undefined) {
      throw new Error(`${expression}: ${JSON.stringify(answer["exceptionDetails"])}`);
    }
    return (answer["result"] as { readonly value: T }).value;
  }

  /** Waits in the page, frame by frame, until something is so. */
  async until(condition: string, withinMs = 20_000): Promise<void> {
    const came = await this.evaluate<boolean>(`new Promise((resolve) => {
      const endMs = performance.now() + ${withinMs};
      const look = () => {
        if (${condition}) resolve(true);
        else if (performance.now() > endMs) resolve(false);
        else setTimeout(look, 15);
      };
      look();
    })`);
    if (!came) throw new Error(`never came true: ${condition}; ${this.complaints.join("; ")}`);
  }

  /** The text that an element shows. */
  text(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`);
  }

  /** A real click in the middle of the element. */
  async click(selector: string): Promise<void> {
    const { x, y } = await this.evaluate<{ x: number; y: number }>(`(() => {
      const found = document.querySelector(${JSON.stringify(selector)});
      found.scrollIntoView({ block: "center" });
      const { left, top, width, height } = found.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    })()`);
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.#send("Input.dispatchMouseEvent", {
        type,
        x,
        y,
        button: "left",
        clickCount: 1,
      });
    }
  }

  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : {};
    await this.#send("Input.dispatchKeyEvent", { type: "keyDown", key, ...text });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", key });
  }

  /** PNG as base64. */
  async screenshot(isWhole = false): Promise<string> {
    const answer = await this.#send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: isWhole,
    });
    return answer["data"] as string;
  }
}
