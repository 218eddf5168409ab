import type { ClientConfig } from '../config.ts';
import { ClientError, type Refusal } from './client-error.ts';
import { DOCUMENTS, type DocumentName } from './documents.ts';

/** How long a hub may take to answer one question, in milliseconds. */
export const ANSWER_MS_MAX = 60_000;

export type Variables = Readonly<Record<string, unknown>>;

/** A running hub, as one actor may use it. */
export interface HubClient {
  readonly url: string;
  /** The data that answers a document. Throws ClientError for whatever else comes of it. */
  ask<T>(document: DocumentName, variables?: Variables): Promise<T>;
}

/** Talks to the hub over HTTP, one request a question. Nothing is tried twice. */
export function hubClient(
  { url, key }: ClientConfig,
  answerMsMax: number = ANSWER_MS_MAX,
): HubClient {
  const ask = async <T>(document: DocumentName, variables: Variables = {}): Promise<T> => {
    const asked = post(`${url}/graphql`, {
      // A hub answers where it was asked; a key must not follow a redirection elsewhere.
      redirect: 'manual',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: DOCUMENTS[document], variables }),
      signal: AbortSignal.timeout(answerMsMax),
    });
    const { status, text } = await asked.catch((cause: unknown) => {
      throw unreachable(url, cause);
    });
    return dataOf<T>({ url, status, text });
  };
  return { url, ask };
}

interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

async function post(address: string, request: RequestInit): Promise<HttpAnswer> {
  const response = await fetch(address, { method: 'POST', ...request });
  return { status: response.status, text: await response.text() };
}

interface GraphqlAnswer<T> {
  readonly data?: T | null;
  readonly errors?: ReadonlyArray<{
    readonly message: string;
    readonly extensions?: Refusal & Readonly<Record<string, unknown>>;
  }>;
}

function dataOf<T>({ url, status, text }: HttpAnswer & { readonly url: string }): T {
  const answer = readAnswer<T>(text);
  const [error, ...others] = answer?.errors ?? [];
  if (error) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new ClientError(error.message + more, error.extensions);
  }
  if (answer?.data) return answer.data;
  throw new ClientError(
    `what answers at ${url} is no hub: HTTP ${status}; is LEDGERLINE_URL the hub's address?`,
  );
}

function readAnswer<T>(text: string): GraphqlAnswer<T> | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' ? (answer as GraphqlAnswer<T> | null) : null;
  } catch {
    return null;
  }
}

function unreachable(url: string, cause: unknown): ClientError {
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    return new ClientError(
      `the hub at ${url} did not answer in time; whether it did what was asked is not known`,
    );
  }
  return new ClientError(
    `no hub answers at ${url} (${reasonOf(cause)}): is it running, as \`ledgerline serve\` ` +
      'starts it, and is LEDGERLINE_URL its address?',
  );
}

/** `fetch` says that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { readonly cause?: unknown };
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message ?? cause);
}
