/** What a running pod offers to `kubectl logs`, `exec`, `attach` and `port-forward`. */
export interface PodBackend {
  /** Writes the log and, unless it is followed, ends. The returned function is called when the client goes away. */
  logs?(request: LogRequest, sink: ByteSink): () => void;
  exec?(request: ExecRequest, streams: ExecStreams): void;
  /** Connects to a port of the pod. */
  portForward?(port: number, stream: ByteStream): void;
}

export interface LogRequest {
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
}

export interface ExecRequest {
  readonly container: string;
  /** Empty for `attach`. */
  readonly command: readonly string[];
  readonly tty: boolean;
}

export interface ByteSink {
  write(data: Uint8Array | string): void;
  end(): void;
}

export interface ByteStream extends ByteSink {
  onData(listener: (data: Uint8Array) => void): void;
  /** The client has no more to send, or is gone. */
  onEnd(listener: () => void): void;
}

export interface ExecStreams {
  readonly stdin: Pick<ByteStream, "onData" | "onEnd">;
  readonly stdout: Pick<ByteSink, "write">;
  readonly stderr: Pick<ByteSink, "write">;
  onResize(listener: (size: { readonly width: number; readonly height: number }) => void): void;
  /** Ends the session. */
  exit(code: number, message?: string): void;
}

/** Finds the backend of a pod; undefined for pods that nobody runs. */
export type FindPodBackend = (namespace: string, pod: string) => PodBackend | undefined;
