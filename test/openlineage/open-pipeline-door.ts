import { type FastifyInstance, fastify } from 'fastify';
import { onTestFinished } from 'vitest';
import { type RecordingOptions, recordPipelines } from '../../src/main/record-pipelines.ts';
import type { Hub } from '../../src/transport/hub.ts';
import { Intake } from '../../src/transport/openlineage/intake.ts';
import { LINEAGE_PATH, openLineageDoor } from '../../src/transport/openlineage/openlineage-door.ts';
import { ADMIN_KEY, openTestHub, type TestHubOptions } from '../support/open-hub.ts';

/** Longest wait for the worker, in milliseconds. */
const SETTLE_MS_MAX = 10_000;
const LOOK_EVERY_MS = 10;

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // The tests look into answers of several forms.
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
  readonly body: any;
}

export interface SendOptions {
  readonly key?: string | undefined;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The OpenLineage door over a hub, spoken to as clients do. */
export class PipelineDoor {
  readonly hub: Hub;
  readonly app: FastifyInstance;
  #stop: (() => Promise<void>) | null = null;

  constructor(hub: Hub, app: FastifyInstance) {
    this.hub = hub;
    this.app = app;
  }

  send(event: unknown, options: SendOptions = {}): Promise<DoorAnswer> {
    const payload =
      typeof event === 'string' || Buffer.isBuffer(event) ? event : JSON.stringify(event);
    return this.post(LINEAGE_PATH, payload, options);
  }

  sendBatch(events: readonly unknown[] | string, options: SendOptions = {}): Promise<DoorAnswer> {
    const payload = typeof events === 'string' ? events : JSON.stringify(events);
    return this.post(`${LINEAGE_PATH}/batch`, payload, options);
  }

  async post(path: string, payload: string | Buffer, options: SendOptions): Promise<DoorAnswer> {
    const { query = '', headers = {} } = options;
    const key = 'key' in options ? options.key : ADMIN_KEY;
    const answer = await this.app.inject({
      method: 'POST',
      url: `${path}${query}`,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        'content-type': 'application/json; charset=UTF-8',
        ...headers,
      },
      payload,
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  }

  /** Starts what puts events on record; it stops with the test. */
  record(options?: RecordingOptions): void {
    const recording = recordPipelines(this.hub, options);
    this.#stop = () => recording.stop();
    onTestFinished(() => this.stopRecording());
  }

  async stopRecording(): Promise<void> {
    const stop = this.#stop;
    this.#stop = null;
    await stop?.();
  }

  /** Facts about events of pipelines, oldest first, once there are so many. */
  async facts(atLeast: number) {
    const find = () =>
      this.hub.store.facts({
        types: ['openlineage.recorded'],
        order: 'oldest',
        limit: 1_000,
        scope: { all: true },
      });
    return waitUntil(find, (rows) => rows.length >= atLeast);
  }
}

export async function openPipelineDoor(options?: TestHubOptions): Promise<PipelineDoor> {
  return servePipelineDoor((await openTestHub(onTestFinished, options)).hub);
}

export async function servePipelineDoor(
  hub: Hub,
  intake: Intake = new Intake(hub),
): Promise<PipelineDoor> {
  const app = fastify();
  await app.register((scope) => openLineageDoor(scope, hub, intake));
  onTestFinished(() => app.close());
  return new PipelineDoor(hub, app);
}

export async function waitUntil<T>(
  look: () => Promise<T>,
  isThere: (found: T) => boolean,
): Promise<T> {
  const until = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    const found = await look();
    if (isThere(found)) return found;
    if (performance.now() > until) throw new Error('what was waited for did not come');
    await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
  }
}

/** A START of a run with its own id; `more` changes it. */
export function startEvent(number: number, more: object = {}) {
  const runId = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  return {
    eventType: 'START',
    eventTime: '2026-11-24T08:00:00.123456789Z',
    run: { runId },
    job: { namespace: 'churn', name: 'features' },
    producer: 'https://pipelines.test/features',
    ...more,
  };
}
