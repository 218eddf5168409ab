import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/main/config.ts';
import { openHub } from '../src/main/open-hub.ts';
import { buildServer } from '../src/main/server.ts';
import type { HostileRequest } from '../test/support/hostile-parts.ts';
import { HOSTILE_REQUESTS } from '../test/support/hostile-requests.ts';
import { figure, machine, quantile } from './figures.ts';

const KEY = `ledgerline-${'b'.repeat(48)}`;
const WARM_UPS = 3;
const REPEATS = 20;

/** How long each hostile request takes to be refused, over HTTP, one after the other. */
export async function benchHostile(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerline-bench-'));
  const config = readConfig({ LEDGERLINE_DATA_DIR: folder, LEDGERLINE_ADMIN_KEY: KEY });
  const opened = await openHub(config, () => 'http://127.0.0.1');
  const app = await buildServer(opened.hub);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  machine('hostile');
  try {
    for (const request of HOSTILE_REQUESTS) await measure(url, request);
  } finally {
    await app.close();
    await opened.close();
    await rm(folder, { recursive: true });
  }
}

async function measure(url: string, request: HostileRequest): Promise<void> {
  const { name: what, query, variables, operationName } = request;
  const body = JSON.stringify({ query, variables, operationName });
  for (let at = 0; at < WARM_UPS; at += 1) await refusal(url, body);
  const times: number[] = [];
  let refused = '';
  for (let at = 0; at < REPEATS; at += 1) {
    const started = performance.now();
    refused = await refusal(url, body);
    times.push(performance.now() - started);
  }
  const [p50Ms, maxMs] = [quantile(times, 0.5), quantile(times, 1)];
  figure('hostile', { what, bytes: body.length, p50Ms, maxMs, refused });
}

/** The code of the refusal; a request that is answered is no refusal and fails the benchmark. */
async function refusal(url: string, body: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body,
  });
  const { errors } = (await response.json()) as {
    errors?: ReadonlyArray<{ message: string; extensions: { code: string } }>;
  };
  if (!errors?.[0]) throw new Error(`was not refused: ${body.slice(0, 200)}`);
  return errors[0].extensions.code;
}
