import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { type OpenHub, openHub } from './open-hub.ts';
import { buildServer } from './server.ts';

/** How long a stop waits for requests under way, in milliseconds. */
export const STOP_WAIT_MS = 10_000;

export interface Serving {
  readonly url: string;
  readonly newAdminKey: string | null;
  stop(): Promise<void>;
}

/** Opens the hub and listens. The address is known only then, if the port was left to choose. */
export async function serve(config: Config): Promise<Serving> {
  let url = config.publicUrl ?? '';
  const opened = await openHub(config, () => url);
  try {
    const app = await buildServer(opened.hub);
    await app.listen({ host: config.host, port: config.port });
    url ||= urlOf(app, config.host);
    return { url, newAdminKey: opened.newAdminKey, stop: () => stop(app, opened) };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function urlOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function stop(app: FastifyInstance, opened: OpenHub): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), STOP_WAIT_MS);
  await app.close();
  clearTimeout(late);
  await opened.close();
}
