import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { type Finding, right, sayingOf, wrong } from './finding.ts';

/** How long a hub may take to say that it is there, in milliseconds. */
export const ANSWER_MS_MAX = 3_000;
const UNAUTHENTICATED = 401;
const EVERYWHERE = ['0.0.0.0', '::'];

/** A hub that answers where it should, or a port that is free for one. */
export async function checkPort(config: Pick<Config, 'host' | 'port'>): Promise<Finding> {
  const { host, port } = config;
  if (port === 0) return right('port', 'any that is free when the hub starts');
  const url = addressOf(config);
  const hub = await hubAt(url);
  if (hub === 'answers') return right('port', `a hub answers at ${url}`);
  if (hub === 'not ready') {
    const mend = 'wait; if it stays so, its log on stderr says why';
    return wrong('port', `the hub at ${url} is there and answers no questions`, mend);
  }
  const reason = await whyNotFree(host, port);
  if (reason === null) return right('port', `${host}, port ${port} is free; no hub runs there`);
  const mend = 'stop what listens there, or set LEDGERLINE_HOST and LEDGERLINE_PORT';
  return wrong('port', `${host}, port ${port}: ${reason}, and no hub answers`, mend);
}

function addressOf({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const reachable = EVERYWHERE.includes(host) ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** A hub is what is healthy and asks who is asking before it answers a question. */
async function hubAt(url: string): Promise<'answers' | 'not ready' | 'none'> {
  const health = await ask(`${url}/healthz`);
  if (health?.text !== '{"status":"ok"}') return 'none';
  const question = await ask(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });
  return question?.status === UNAUTHENTICATED ? 'answers' : 'not ready';
}

async function ask(address: string, request: RequestInit = {}) {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const answer = await fetch(address, { ...request, redirect: 'manual', signal });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return null;
  }
}

function whyNotFree(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EADDRINUSE' ? 'something listens there' : sayingOf(error));
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
