import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, invalidInput, isDomainError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { NewRawEvent } from '../../ports/raw-events.ts';
import { httpFailure } from '../http/http-errors.ts';
import type { Hub } from '../hub.ts';
import { BATCH_BODY, Bodies, EVENT_BODY } from './bodies.ts';
import { projectOfEvent } from './event-project.ts';
import type { Intake } from './intake.ts';
import { readEvent } from './read-event.ts';
import { RequiredProjects } from './require-project.ts';
import { type Sender, Senders } from './senders.ts';
import { splitBatch } from './split-batch.ts';

/** Codes that are one event's own fault; any other fails the request. */
const FAULTS_OF_AN_EVENT = [
  'INVALID_INPUT',
  'LIMIT_EXCEEDED',
  'FORBIDDEN',
  'KEY_SCOPE',
  'NOT_FOUND',
] as const;
const TAKEN = 201;
/** Longest reason that a batch's answer gives for one event, in characters. */
const REASON_LENGTH_MAX = 500;

/** Where OpenLineage clients send their events. */
export const LINEAGE_PATH = '/api/v1/lineage';

interface FailedEvent {
  readonly index: number;
  readonly error: DomainError;
}

/** The door for OpenLineage: what it takes is durable before it says so, and is recorded later. */
export async function openLineageDoor(
  app: FastifyInstance,
  hub: Hub,
  intake: Intake,
): Promise<void> {
  const taking = new Taking(hub, intake);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, request, reply) => {
    // The rest of a body that was not read to its end would pass for the next request.
    if (!request.raw.complete) reply.header('connection', 'close');
    return sendFailure(reply, error, hub);
  });
  app.post(LINEAGE_PATH, async (request, reply) => {
    await taking.event(request);
    return reply.code(TAKEN).send({ status: 'accepted' });
  });
  app.post(`${LINEAGE_PATH}/batch`, async (request, reply) => {
    return reply.send(await taking.batch(request));
  });
}

/** What both addresses do: prove the sender, check every event, keep, queue. */
class Taking {
  readonly #hub: Hub;
  readonly #intake: Intake;
  readonly #senders: Senders;
  readonly #projects: RequiredProjects;
  readonly #bodies = new Bodies();

  constructor(hub: Hub, intake: Intake) {
    this.#hub = hub;
    this.#intake = intake;
    this.#senders = new Senders(hub);
    this.#projects = new RequiredProjects(hub, this.#senders);
  }

  async event(request: FastifyRequest): Promise<void> {
    const { sender, asked } = await this.#begin(request);
    await this.#bodies.with(request, EVENT_BODY, async (text) => {
      const event = this.#checked(text, sender, asked);
      await this.#projects.require(sender, event.project);
      await this.#intake.take([event]);
    });
  }

  async batch(request: FastifyRequest) {
    const { sender, asked } = await this.#begin(request);
    return this.#bodies.with(request, BATCH_BODY, async (text) => {
      const texts = splitBatch(text);
      const [taken, failed]: [NewRawEvent[], FailedEvent[]] = [[], []];
      const required = new Map<string, Promise<void>>();
      for (const [index, each] of texts.entries()) {
        try {
          const event = this.#checked(each, sender, asked);
          const { team, project } = event.project;
          const place = `${team}/${project}`;
          const known = required.get(place) ?? this.#projects.require(sender, event.project);
          required.set(place, known);
          await known;
          taken.push(event);
        } catch (error) {
          failed.push({ index, error: faultOfEvent(error) });
        }
      }
      if (taken.length === 0 && failed[0] !== undefined) throw failed[0].error;
      await this.#intake.take(taken);
      return batchAnswer(texts.length, failed);
    });
  }

  async #begin(request: FastifyRequest) {
    const sender = await this.#senders.prove(request.headers.authorization);
    this.#intake.refuseBacklog();
    return { sender, asked: askedProject(request) };
  }

  #checked(text: string, { actor, access }: Sender, asked: string | undefined): NewRawEvent {
    const bytes = Buffer.from(text);
    if (bytes.length > EVENT_BODY.inflatedBytesMax) {
      const most = `an event has at most ${EVENT_BODY.inflatedBytesMax} bytes`;
      throw new DomainError('LIMIT_EXCEEDED', most);
    }
    const { digest, namespace } = readEvent(text);
    const { defaultTeam, clock } = this.#hub;
    const project = projectOfEvent({ asked, access, defaultTeam, namespace });
    const receivedAt = instantFromMs(clock.nowMs());
    return { door: 'openlineage', sender: actor, project, receivedAt, digest, bytes };
  }
}

function askedProject({ query }: FastifyRequest): string | undefined {
  const { project } = query as Readonly<Record<string, unknown>>;
  if (project === undefined || typeof project === 'string') return project;
  throw invalidInput('the address names more than one project');
}

function faultOfEvent(error: unknown): DomainError {
  const codes: readonly string[] = FAULTS_OF_AN_EVENT;
  if (isDomainError(error) && codes.includes(error.code)) return error;
  throw error;
}

function batchAnswer(received: number, failed: readonly FailedEvent[]) {
  return {
    status: failed.length === 0 ? 'success' : 'partial_success',
    summary: {
      received,
      successful: received - failed.length,
      failed: failed.length,
      retriable: 0,
      non_retriable: failed.length,
    },
    failed_events: failed.map(({ index, error }) => ({
      index,
      reason: error.message.slice(0, REASON_LENGTH_MAX),
      retriable: false,
    })),
  };
}

function sendFailure(reply: FastifyReply, error: unknown, hub: Hub): FastifyReply {
  const limits = { bodyBytesMax: BATCH_BODY.sentBytesMax };
  const { status, error: seen, headers } = httpFailure(error, hub, limits);
  const { path } = seen.details;
  const body = { code: seen.code, message: seen.message, path };
  return reply.code(status).headers(headers).send(body);
}
