import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../domain/errors.ts';
import { RunActivity } from '../transport/wandb/run-activity.ts';
import { Closers } from './closers.ts';
import type { Config } from './config.ts';
import type { OnNewKey } from './founding.ts';
import { assembleHub } from './open-hub.ts';
import { buildServer } from './server.ts';
import { startWork } from './start-work.ts';

/** How long a stop waits for requests under way, in milliseconds. */
export const STOP_WAIT_MS = 10_000;

export interface Serving {
  readonly url: string;
  readonly newAdminKey: string | null;
  stop(): Promise<void>;
}

/**
 * Opens the hub, listens, and founds it when nothing else can fail any more: the administrator's
 * key is made once, and must not be lost because the port was taken. Until then doors answer 503.
 */
export async function serve(config: Config, onNewKey: OnNewKey): Promise<Serving> {
  // The address is known only when the server listens, if the port was left to choose.
  let url = config.publicUrl ?? '';
  let stage: 'founding' | 'founded' = 'founding';
  const closers = new Closers();
  return closers.unlessFails(async () => {
    const { hub, found, close } = await assembleHub(config, () => url);
    closers.add(close);
    const activity = new RunActivity(hub);
    const doors = config.role === 'worker' ? 'none' : 'all';
    const app = await buildServer(hub, { stage: () => stage, activity, doors });
    closers.add(() => closeServer(app));
    await listen(app, config);
    url ||= urlOf(app, config.host);
    // A worker has no doors that anybody could come in by.
    const newAdminKey = config.role === 'worker' ? null : await found(onNewKey);
    stage = 'founded';
    if (config.role !== 'api') {
      const working = startWork(hub, activity, config);
      closers.add(() => working.stop());
    }
    return { url, newAdminKey, stop: () => closers.close() };
  });
}

/** What the operating system says of an address that cannot be had, in words. */
const NO_ADDRESS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not listen there',
};

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const why = NO_ADDRESS[(cause as NodeJS.ErrnoException).code ?? ''];
    if (why === undefined) throw cause;
    const text = `cannot listen on ${host}, port ${port}: ${why}`;
    throw new DomainError('UNAVAILABLE', `${text}; set LEDGERLINE_HOST or LEDGERLINE_PORT`, {
      cause,
    });
  }
}

function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function closeServer(app: FastifyInstance): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), STOP_WAIT_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(late);
  }
}
