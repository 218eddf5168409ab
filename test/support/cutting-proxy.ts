import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What passes of an upload before its connection is cut, in bytes. */
export interface Cuts {
  /** How many connections are cut; those after them are left alone. */
  readonly count: number;
  /** Bytes from the client that a connection lives for; short requests pass whole. */
  readonly afterBytes: number;
}

export interface CuttingProxy {
  readonly url: string;
  /** Says where the hub is, which may be known later than where the proxy is. */
  lead(to: string): void;
  /** How many connections were cut so far. */
  cut(): number;
  close(): Promise<void>;
}

/** A network between a client and a hub on this machine that breaks, and then heals. */
export async function openCuttingProxy(cuts: Cuts): Promise<CuttingProxy> {
  let port = 0;
  let done = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const hub = connect(port, '127.0.0.1');
    for (const socket of [client, hub]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => open.delete(socket));
    }
    let passed = 0;
    client.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      if (passed <= cuts.afterBytes || done >= cuts.count) return;
      done += 1;
      client.resetAndDestroy();
      hub.destroy();
    });
    client.pipe(hub);
    hub.pipe(client);
    client.once('close', () => hub.destroy());
    hub.once('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${own}`,
    lead: (to) => {
      port = Number(new URL(to).port);
    },
    cut: () => done,
    close: () => closed(server, open),
  };
}

async function closed(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  const gone = once(server, 'close');
  server.close();
  for (const socket of open) socket.destroy();
  await gone;
}
