import type { Server, Socket } from "node:net";

/**
 * Follows the connections of a server from now on; the result closes it and them. `closeAllConnections` knows only of HTTP: a
 * connection whose TLS handshake is not over, or that has become a WebSocket, would keep the server waiting.
 */
export function stopListening(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}
