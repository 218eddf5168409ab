import neo4j, {
  type Driver,
  type Integer,
  type RecordShape,
  type Session,
  type Transaction,
} from 'neo4j-driver';
import { DomainError } from '../../domain/errors.ts';
import { isPassing, translated } from './failures.ts';

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_MS_MAX = 5_000;
/** How long one may wait for a free connection, in milliseconds. */
const ACQUIRE_MS_MAX = 10_000;
const CONNECTIONS_MAX = 32;
/** Rows that the server sends before it is asked for more. */
const FETCH_ROWS = 5_000;
/** A connection that was idle for longer is tried out before it is used, in milliseconds. */
const IDLE_MS_MAX = 30_000;
/** How long one reading may take at the server, in milliseconds. */
const READ_MS_MAX = 30_000;
/** How much longer its answer is waited for, in milliseconds. */
const GRACE_MS = 2_000;
/** How often a reading is tried that failed for a passing reason. */
const READ_TRIES = 3;
const READ_AGAIN_MS = 50;
const WRITE_TRIES = 10;
const WRITE_AGAIN_MS = 100;
/** The line of servers that this is written for and tested on. */
const SERVER_VERSION = /^Neo4j\/5\.26\./;

export type Parameters = Readonly<Record<string, unknown>>;
export type Row = readonly unknown[];
/** A statement's text, which never holds values, and its values. */
export type Statement = readonly [text: string, parameters: Parameters];

export interface BoltOptions {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database?: string | undefined;
}

/** An integer of the database. A plain number of JavaScript is a float there. */
export function int(value: number): Integer {
  return neo4j.int(value);
}

/** The database's bytes are signed ones for the driver. */
export function toBytes(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

export function fromBytes(bytes: Int8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).slice();
}

/** The only place that speaks to the driver. Every error that leaves it is a DomainError. */
export class Bolt {
  readonly address: string;
  readonly #driver: Driver;
  readonly #database: string | undefined;

  constructor({ url, user, password, database }: BoltOptions) {
    this.address = addressOf(url);
    this.#database = database;
    try {
      this.#driver = neo4j.driver(url, neo4j.auth.basic(user, password), {
        disableLosslessIntegers: true,
        connectionTimeout: CONNECT_MS_MAX,
        connectionAcquisitionTimeout: ACQUIRE_MS_MAX,
        connectionLivenessCheckTimeout: IDLE_MS_MAX,
        maxConnectionPoolSize: CONNECTIONS_MAX,
        fetchSize: FETCH_ROWS,
        notificationFilter: { minimumSeverityLevel: 'OFF' },
        userAgent: 'ledgerline',
      });
    } catch (cause) {
      throw new DomainError('INVALID_INPUT', `this is no address of a Neo4j: ${this.address}`, {
        cause,
      });
    }
  }

  /** Refuses a server that does not answer, does not let us in, or is of another version. */
  async check(): Promise<void> {
    const info = await this.#translating(() =>
      inTime(this.#driver.getServerInfo(), CONNECT_MS_MAX + ACQUIRE_MS_MAX),
    );
    refuseOtherVersion(info.agent ?? '', this.address);
  }

  /** One reading in a transaction of its own, which is tried again after a passing fault. */
  async read([text, parameters]: Statement): Promise<Row[]> {
    return this.#reading(async (session) => {
      const config = { timeout: READ_MS_MAX };
      const { records } = await session.run(text, parameters, config);
      return records.map(rowOf);
    });
  }

  /** Several readings in one transaction. */
  async readTogether<T>(work: (run: (one: Statement) => Promise<Row[]>) => Promise<T>): Promise<T> {
    return this.#reading(async (session) => {
      const transaction = session.beginTransaction({ timeout: READ_MS_MAX });
      const answer = await work(async ([text, parameters]) =>
        (await transaction.run(text, parameters)).records.map(rowOf),
      );
      await (await transaction).commit();
      return answer;
    });
  }

  /**
   * One statement that changes data or schema, in a transaction of its own, and that may run
   * twice: deadlocks, which hubs that start at once run into, end with another try.
   */
  async write([text, parameters]: Statement): Promise<void> {
    return this.#translating(async () => {
      for (let tried = 1; ; tried += 1) {
        try {
          await this.#inSession('WRITE', (session) => session.run(text, parameters));
          return;
        } catch (error) {
          if (tried >= WRITE_TRIES || !isPassing(error)) throw error;
          await new Promise((wake) => setTimeout(wake, WRITE_AGAIN_MS * tried));
        }
      }
    });
  }

  /** A write transaction that the server ends by itself after `timeoutMs`. */
  begin(timeoutMs: number): BoltTransaction {
    const session = this.#session('WRITE');
    return new BoltTransaction(session, timeoutMs);
  }

  async close(): Promise<void> {
    // Connections to a server that is held still would never close in good order.
    await inTime(this.#driver.close(), CONNECT_MS_MAX).catch(() => {});
  }

  async #reading<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#translating(async () => {
      for (let tried = 1; ; tried += 1) {
        try {
          return await inTime(this.#inSession('READ', work), READ_MS_MAX + GRACE_MS);
        } catch (error) {
          if (tried >= READ_TRIES || !isPassing(error)) throw error;
          await new Promise((wake) => setTimeout(wake, READ_AGAIN_MS));
        }
      }
    });
  }

  async #inSession<T>(
    mode: 'READ' | 'WRITE',
    work: (session: Session) => PromiseLike<T>,
  ): Promise<T> {
    const session = this.#session(mode);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  #session(mode: 'READ' | 'WRITE'): Session {
    return this.#driver.session({
      defaultAccessMode: neo4j.session[mode],
      ...(this.#database === undefined ? {} : { database: this.#database }),
    });
  }

  async #translating<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translated(error, this.address);
    }
  }
}

/** A transaction under way. Its errors are the driver's: the caller knows what they mean then. */
export class BoltTransaction {
  readonly #session: Session;
  readonly #transaction: Transaction | PromiseLike<Transaction>;
  readonly #run: Transaction['run'];

  constructor(session: Session, timeoutMs: number) {
    this.#session = session;
    const transaction = session.beginTransaction({ timeout: timeoutMs });
    this.#transaction = transaction;
    // The first statements travel together with the beginning.
    this.#run = (query, parameters) => transaction.run(query, parameters);
  }

  /** Sends all statements before it waits for the first answer. Rejects with the first fault. */
  async run(statements: readonly Statement[]): Promise<Row[][]> {
    const answers = statements.map(([text, parameters]) => this.#run(text, parameters));
    const settled = await Promise.allSettled(answers);
    return settled.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value.records.map(rowOf);
    });
  }

  async commit(timeoutMs: number): Promise<void> {
    try {
      await inTime((await this.#transaction).commit(), timeoutMs);
    } finally {
      this.#letGo();
    }
  }

  async rollback(timeoutMs: number): Promise<void> {
    try {
      await inTime((await this.#transaction).rollback(), timeoutMs);
    } catch {
      // The server ends what it cannot be told to end.
    } finally {
      this.#letGo();
    }
  }

  #letGo(): void {
    this.#session.close().catch(() => {});
  }
}

export function refuseOtherVersion(agent: string, address: string): void {
  if (SERVER_VERSION.test(agent)) return;
  throw new DomainError(
    'UNAVAILABLE',
    `the server at ${address} is ${agent || 'of an unknown version'}; ` +
      'this release works with Neo4j 5.26',
  );
}

/** The address without what may be secret in a URL. */
function addressOf(url: string): string {
  const parts = URL.canParse(url) ? new URL(url) : undefined;
  return parts === undefined ? 'an address that is no URL' : `${parts.protocol}//${parts.host}`;
}

function rowOf(record: { values(): IterableIterator<unknown> } | RecordShape): Row {
  return [...(record as { values(): IterableIterator<unknown> }).values()];
}

/** A server that is held still keeps its connections and never answers. */
export async function inTime<T>(promise: PromiseLike<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DomainError('UNAVAILABLE', `Neo4j did not answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
