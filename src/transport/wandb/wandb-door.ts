import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/errors.ts';
import { checkName } from '../../domain/values/text.ts';
import { AccessNotes } from '../http/access-notes.ts';
import { authenticate } from '../http/authenticate.ts';
import { type BodyLimits, readBody } from '../http/request-body.ts';
import { type LinkClaims, verifyLink } from '../http/signed-links.ts';
import type { Hub } from '../hub.ts';
import {
  DOWNLOAD_MANIFEST,
  DOWNLOAD_OBJECT,
  UPLOAD_ARTIFACT_FILE,
  UPLOAD_ARTIFACT_MANIFEST,
  UPLOAD_ARTIFACT_PART,
  UPLOAD_RUN_FILE,
} from './addresses.ts';
import { keepManifest } from './artifact-manifests.ts';
import { ARTIFACT_FILE_BYTES_MAX, keepArtifactFile } from './artifact-uploads.ts';
import { GRAPHQL_BODY, STREAM_BODY } from './body-limits.ts';
import { keepPart } from './complete-multipart.ts';
import { sendObject } from './downloads.ts';
import { sendFailure } from './error-reply.ts';
import { PART_BYTES_MAX } from './multipart-uploads.ts';
import { RunActivity } from './run-activity.ts';
import { keepRunFile, RUN_FILE_BYTES_MAX } from './run-files.ts';
import { uploadBody, uploadStream } from './upload-body.ts';
import { uploaderOf } from './uploader.ts';
import { requireThere, type WandbContext } from './wandb-context.ts';
import { MANIFEST_BYTES_MAX } from './wandb-manifest.ts';
import { openSurface, type WandbSurface } from './wandb-surface.ts';

/** Characters of an unknown path that an error repeats. */
const SHOWN_PATH_LENGTH_MAX = 200;

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** The door for the unchanged wandb SDK. */
export async function wandbDoor(
  app: FastifyInstance,
  hub: Hub,
  activity = new RunActivity(hub),
): Promise<void> {
  const surface = openSurface(hub, activity);
  // Bodies are read here, by their own limits: bytes of any size go straight into the store.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, request, reply) => {
    // The rest of a body that was not read to its end would pass for the next request.
    if (!request.raw.complete) reply.header('connection', 'close');
    return sendFailure(reply, error, hub);
  });
  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = url.split('?', 1)[0]?.slice(0, SHOWN_PATH_LENGTH_MAX);
    const message = `the wandb door does not serve ${method} ${path}`;
    return sendFailure(reply, new DomainError('NOT_FOUND', message), hub);
  });
  app.post('/graphql', graphql(surface, hub));
  app.post('/files/:entity/:project/:run/file_stream', fileStream(surface, hub));
  uploads(app, surface, hub);
  downloads(app, surface, hub);
}

function graphql(surface: WandbSurface, hub: Hub): Handler {
  return async (request, reply) => {
    const context = await contextOf({ request, reply }, surface, hub);
    const answer = await surface.graphql.answer(await bodyText(request, GRAPHQL_BODY), context);
    if (answer.retryAfterS !== null) reply.header('retry-after', String(answer.retryAfterS));
    return reply.code(answer.status).send(answer.body);
  };
}

function fileStream(surface: WandbSurface, hub: Hub): Handler {
  return async (request, reply) => {
    const context = await contextOf({ request, reply }, surface, hub);
    const { entity, project, run } = request.params as Record<string, string>;
    const names = { entityName: entity, name: project, run: run as string };
    const text = await bodyText(request, STREAM_BODY);
    return reply.send(await surface.fileStream.take(text, names, context));
  };
}

/** The SDK sends no key with the bytes: the address says what is written, and who asked for it. */
function uploads(app: FastifyInstance, surface: WandbSurface, hub: Hub): void {
  const { pendings, turns, activity } = surface;
  app.put(`/${UPLOAD_ARTIFACT_FILE}/:token`, async (request, reply) => {
    const { uploader, texts } = await uploadOf(request, UPLOAD_ARTIFACT_FILE, hub);
    const { uuid, path, md5 } = texts;
    const claims = { uuid, path, md5 } as { uuid: string; path: string; md5: string };
    const bytes = uploadBody(request, ARTIFACT_FILE_BYTES_MAX);
    await keepArtifactFile({ uploader, pendings }, claims, bytes);
    return reply.send();
  });
  app.put(`/${UPLOAD_ARTIFACT_MANIFEST}/:token`, async (request, reply) => {
    const { uploader, texts } = await uploadOf(request, UPLOAD_ARTIFACT_MANIFEST, hub);
    const { uuid, patch = '', md5 } = texts;
    const claims = { uuid, patch, md5 } as { uuid: string; patch: string; md5: string };
    const bytes = uploadBody(request, MANIFEST_BYTES_MAX);
    await keepManifest({ uploader, pendings }, claims, bytes);
    return reply.send();
  });
  app.put(`/${UPLOAD_ARTIFACT_PART}/:token`, async (request, reply) => {
    const { uploader, claims } = await uploadOf(request, UPLOAD_ARTIFACT_PART, hub);
    const part = claims as unknown as Parameters<typeof keepPart>[1];
    const bytes = uploadStream(request, PART_BYTES_MAX);
    return reply.header('etag', await keepPart({ uploader, pendings }, part, bytes)).send();
  });
  app.put(`/${UPLOAD_RUN_FILE}/:token`, async (request, reply) => {
    const { uploader, texts } = await uploadOf(request, UPLOAD_RUN_FILE, hub);
    const { run, name } = texts;
    const claims = { run, name } as { run: string; name: string };
    const bytes = uploadBody(request, RUN_FILE_BYTES_MAX);
    await keepRunFile({ uploader, turns, activity }, claims, bytes);
    return reply.send();
  });
}

function downloads(app: FastifyInstance, { manifests }: WandbSurface, hub: Hub): void {
  app.get(`/${DOWNLOAD_OBJECT}/:token`, async (request, reply) => {
    const { digest, name, of } = textClaims(claimsOf(request, DOWNLOAD_OBJECT, hub));
    // An address outlives what it leads to by a day at most, and is good for nothing from then on.
    const [row] = of === undefined ? [] : await hub.store.get([of]);
    if (row) requireThere(row);
    return sendObject(hub, { digest, name } as { digest: string; name: string }, {
      request,
      reply,
    });
  });
  app.get(`/${DOWNLOAD_MANIFEST}/:token`, async (request, reply) => {
    const { version } = textClaims(claimsOf(request, DOWNLOAD_MANIFEST, hub));
    const [row] = await hub.store.get([version as string]);
    if (!row) return reply.code(404).send({ errors: [{ message: 'the version is gone' }] });
    return reply.type('application/json').send(await manifests.text(row));
  });
}

async function contextOf(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { shapes }: WandbSurface,
  hub: Hub,
): Promise<WandbContext> {
  const reader = await authenticate(request.headers.authorization, hub);
  const notes = new AccessNotes(reader.actor, { accessLog: hub.accessLog, door: 'WANDB' });
  const sharedClient = sharedClientOf(request);
  return { hub, reader, shapes, notes, sharedClient, gone: goneSignal(reply) };
}

function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}

/** Processes that share a run say so, and who they are, under two names for the same id. */
function sharedClientOf({ headers }: FastifyRequest): string | null {
  if (headers['x-wandb-use-async-filestream'] !== 'true') return null;
  const client = headers['x-wandb-async-client-id'] ?? headers['x-wandb-client-id'] ?? 'unnamed';
  return checkName(String(client), "the process's id");
}

function bodyText(request: FastifyRequest, limits: BodyLimits): Promise<string> {
  const encoding = request.headers['content-encoding'];
  return readBody({ stream: request.body as Readable | undefined, encoding }, limits);
}

function claimsOf(request: FastifyRequest, purpose: string, hub: Hub): LinkClaims {
  const { token } = request.params as { token: string };
  const { linkSecret: secret, clock } = hub;
  return verifyLink(token, purpose, { secret, nowMs: clock.nowMs() });
}

/** What a signed address says is uploaded, and by whom. */
async function uploadOf(request: FastifyRequest, purpose: string, hub: Hub) {
  const claims = claimsOf(request, purpose, hub);
  return { uploader: await uploaderOf(claims, hub), claims, texts: textClaims(claims) };
}

function textClaims(claims: LinkClaims): Readonly<Record<string, string>> {
  return claims as unknown as Readonly<Record<string, string>>;
}
