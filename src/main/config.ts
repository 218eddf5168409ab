import { z } from 'zod';
import { API_KEY_FORM } from '../transport/http/keys.ts';

/** Every setting the hub knows. A LEDGERLINE_ variable that is not here stops the start. */
export const SETTINGS = [
  'LEDGERLINE_HOST',
  'LEDGERLINE_PORT',
  'LEDGERLINE_PUBLIC_URL',
  'LEDGERLINE_ORG',
  'LEDGERLINE_TEAM',
  'LEDGERLINE_DATA_DIR',
  'LEDGERLINE_POLICIES_DIR',
  'LEDGERLINE_ADMIN_KEY',
  'LEDGERLINE_NEO4J_URL',
  'LEDGERLINE_NEO4J_USER',
  'LEDGERLINE_NEO4J_PASSWORD',
  'LEDGERLINE_REDIS_URL',
  'LEDGERLINE_S3_ENDPOINT',
  'LEDGERLINE_S3_BUCKET',
  'LEDGERLINE_S3_REGION',
  'LEDGERLINE_S3_ACCESS_KEY',
  'LEDGERLINE_S3_SECRET_KEY',
  'LEDGERLINE_OIDC_ISSUER',
  'LEDGERLINE_OIDC_AUDIENCE',
  'LEDGERLINE_ROLE',
  'LEDGERLINE_LOG_LEVEL',
  'LEDGERLINE_RUN_SILENT_S',
] as const;

/** Known settings whose adapters are not part of this release; using them must not be silent. */
const NOT_YET: ReadonlyArray<readonly [prefix: string, what: string]> = [
  ['LEDGERLINE_S3_', 'the S3 object store'],
  ['LEDGERLINE_OIDC_', 'sign-in by OIDC'],
];

/** What tests and clients of the hub read; the hub itself does not. */
const FOREIGN = /^LEDGERLINE_(TEST_|KEY$|URL$)/;
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const PORT_MAX = 65_535;
/** How long a run may be silent, in seconds, when nothing is said, and at most: a week. */
export const RUN_SILENT_S_DEFAULT = 300;
const RUN_SILENT_S_MAX = 7 * 24 * 60 * 60;

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX;
}

function isSilence(text: string): boolean {
  return /^[1-9]\d{0,5}$/.test(text) && Number(text) <= RUN_SILENT_S_MAX;
}

function isNeo4jUrl(text: string): boolean {
  return /^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/?#@\s]+\/?$/.test(text) && URL.canParse(text);
}

function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\/[^/?#\s]+(\/\d*)?$/.test(text) && URL.canParse(text);
}

/** Paths are put behind it and it is shown to everybody, so it ends in its path. */
function isPublicUrl(text: string): boolean {
  if (!/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(text)) return false;
  return URL.canParse(text);
}

const name = (what: string) =>
  z.string().regex(NAME, `${what} has letters, digits, ".", "_" or "-", 63 at most`);

const schema = z.object({
  LEDGERLINE_HOST: z.string().default('127.0.0.1'),
  LEDGERLINE_PORT: z
    .string()
    .refine(isPort, `a port is a number from 0 to ${PORT_MAX}`)
    .transform(Number)
    .default(4000),
  LEDGERLINE_PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, 'an http or https address without user, query and fragment')
    .optional(),
  LEDGERLINE_ORG: name("the organization's name").default('example'),
  LEDGERLINE_TEAM: name("the team's name").default('main'),
  LEDGERLINE_DATA_DIR: z.string().default('./data'),
  LEDGERLINE_POLICIES_DIR: z.string().optional(),
  LEDGERLINE_ADMIN_KEY: z
    .string()
    .regex(API_KEY_FORM, 'a key is ledgerline- and 40 or more of A-Z, a-z, 0-9 and _')
    .optional(),
  LEDGERLINE_NEO4J_URL: z
    .string()
    .refine(isNeo4jUrl, 'an address as bolt://host:7687 or neo4j+s://host, without user and path')
    .optional(),
  LEDGERLINE_NEO4J_USER: z.string().default('neo4j'),
  LEDGERLINE_NEO4J_PASSWORD: z.string().optional(),
  LEDGERLINE_REDIS_URL: z
    .string()
    .refine(isRedisUrl, 'an address as redis://[user:password@]host[:port][/number], or rediss://')
    .optional(),
  LEDGERLINE_ROLE: z.enum(['all', 'api', 'worker'], 'one of all, api, worker').default('all'),
  LEDGERLINE_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'one of debug, info, warn, error')
    .default('warn'),
  LEDGERLINE_RUN_SILENT_S: z
    .string()
    .refine(isSilence, `whole seconds, from 1 to ${RUN_SILENT_S_MAX}`)
    .transform(Number)
    .default(RUN_SILENT_S_DEFAULT),
});

/** `api` answers requests, `worker` does what is done behind them, `all` does both. */
export type Role = 'all' | 'api' | 'worker';

/** Where the graph is and how to sign in. Only the address may be shown. */
export interface Neo4jConfig {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Null: the address that the server gets when it listens. */
  readonly publicUrl: string | null;
  readonly org: string;
  readonly team: string;
  readonly dataDir: string;
  /** Undefined: the policies that come with the hub. */
  readonly policiesDir?: string | undefined;
  readonly adminKey: string | null;
  /** Null: the graph is in the data folder. */
  readonly neo4j: Neo4jConfig | null;
  /** May hold a password. Null: jobs are in the data folder. */
  readonly redisUrl: string | null;
  readonly role: Role;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** How long a run may give no sign of life before it is taken to have crashed. */
  readonly runSilentMs: number;
}

/** All faults of the configuration at once, so that nobody mends them one start at a time. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the configuration has faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the configuration once. A value is never repeated in a fault: it may be a secret. */
export function readConfig(environment: Environment = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([key, value]) => key.startsWith('LEDGERLINE_') && !FOREIGN.test(key) && Boolean(value),
    ),
  ) as Record<string, string>;
  const faults = [
    ...unknownSettings(given),
    ...settingsAheadOfTime(given),
    ...insecure(given),
    ...halfStores(given),
  ];
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  const { data } = parsed;
  return {
    host: data.LEDGERLINE_HOST,
    port: data.LEDGERLINE_PORT,
    publicUrl: data.LEDGERLINE_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    org: data.LEDGERLINE_ORG,
    team: data.LEDGERLINE_TEAM,
    dataDir: data.LEDGERLINE_DATA_DIR,
    policiesDir: data.LEDGERLINE_POLICIES_DIR,
    adminKey: data.LEDGERLINE_ADMIN_KEY ?? null,
    neo4j: neo4jOf(data),
    redisUrl: data.LEDGERLINE_REDIS_URL ?? null,
    role: data.LEDGERLINE_ROLE,
    logLevel: data.LEDGERLINE_LOG_LEVEL,
    runSilentMs: data.LEDGERLINE_RUN_SILENT_S * 1000,
  };
}

/** The configuration of a process that is a worker whatever LEDGERLINE_ROLE says. */
export function readWorkerConfig(environment: Environment = process.env): Config {
  return readConfig({ ...environment, LEDGERLINE_ROLE: 'worker' });
}

/** What `ledgerline copy` moves and where to: the data folder, and a database at `to`. */
export function readCopyConfig(
  to: string,
  environment: Environment = process.env,
): { readonly embedded: Config; readonly target: Neo4jConfig } {
  const config = readConfig({ ...environment, LEDGERLINE_NEO4J_URL: to, LEDGERLINE_ROLE: 'all' });
  const target = config.neo4j as Neo4jConfig;
  return { embedded: { ...config, neo4j: null, redisUrl: null }, target };
}

function neo4jOf(data: z.infer<typeof schema>): Neo4jConfig | null {
  const url = data.LEDGERLINE_NEO4J_URL;
  if (url === undefined) return null;
  const password = data.LEDGERLINE_NEO4J_PASSWORD ?? '';
  return { url, user: data.LEDGERLINE_NEO4J_USER, password };
}

/** Whether several processes of one installation may run: all that they share is outside them. */
export function isShared({ neo4j, redisUrl }: Pick<Config, 'neo4j' | 'redisUrl'>): boolean {
  return neo4j !== null && redisUrl !== null;
}

/** Stores that are told of in part, and roles that their stores do not allow. */
function halfStores(given: Environment): string[] {
  const faults: string[] = [];
  const hasNeo4j = given.LEDGERLINE_NEO4J_URL !== undefined;
  if (hasNeo4j && given.LEDGERLINE_NEO4J_PASSWORD === undefined) {
    faults.push('LEDGERLINE_NEO4J_PASSWORD: needed to sign in at LEDGERLINE_NEO4J_URL');
  }
  for (const setting of ['LEDGERLINE_NEO4J_USER', 'LEDGERLINE_NEO4J_PASSWORD']) {
    if (hasNeo4j || given[setting] === undefined) continue;
    faults.push(`${setting}: says how to sign in at LEDGERLINE_NEO4J_URL, which is not set`);
  }
  const role = given.LEDGERLINE_ROLE;
  const isShareable = hasNeo4j && given.LEDGERLINE_REDIS_URL !== undefined;
  if ((role === 'api' || role === 'worker') && !isShareable) {
    faults.push(
      'LEDGERLINE_ROLE: api and worker are for several processes on one installation, which ' +
        'need LEDGERLINE_NEO4J_URL and LEDGERLINE_REDIS_URL; without both, `ledgerline serve` ' +
        'with the role all does everything in one process',
    );
  }
  return faults;
}

function unknownSettings(given: Environment): string[] {
  return Object.keys(given)
    .filter((key) => !(SETTINGS as readonly string[]).includes(key))
    .map((key) => `${key}: there is no such setting`);
}

function settingsAheadOfTime(given: Environment): string[] {
  return SETTINGS.flatMap((setting) => {
    const [, what] = NOT_YET.find(([prefix]) => setting.startsWith(prefix)) ?? [];
    if (what === undefined || given[setting] === undefined) return [];
    return [`${setting}: ${what} is not part of this release; leave it unset`];
  });
}

/** Where commands look for a hub unless they are told otherwise. */
export const HUB_URL_DEFAULT = 'http://127.0.0.1:4000';
/** Visible ASCII; anything else could not be sent, and the failure would repeat the key. */
const SENDABLE_KEY = /^[\x21-\x7e]{1,8000}$/;

export interface ClientConfig {
  /** Address of the hub, without a slash at its end. */
  readonly url: string;
  readonly key: string;
}

/** Which hub a command talks to, and as whom. A value is never repeated here either. */
export function readClientConfig(environment: Environment = process.env): ClientConfig {
  const { LEDGERLINE_URL, LEDGERLINE_KEY: key } = environment;
  const url = (LEDGERLINE_URL || HUB_URL_DEFAULT).replace(/\/+$/, '');
  const faults: string[] = [];
  if (!isPublicUrl(url)) {
    faults.push('LEDGERLINE_URL: an http or https address without user, query and fragment');
  }
  if (!key) faults.push('LEDGERLINE_KEY: needed to talk to a hub; put your API key there');
  else if (!SENDABLE_KEY.test(key)) {
    faults.push('LEDGERLINE_KEY: no API key; it has spaces or characters that no key has');
  }
  if (!key || faults.length > 0) throw new ConfigError(faults);
  return { url, key };
}

/** A hub that others can reach must say by which address, so that keys go where they should. */
function insecure({ LEDGERLINE_HOST: host, LEDGERLINE_PUBLIC_URL: url }: Environment): string[] {
  if (host === undefined || LOOPBACK.includes(host)) return [];
  if (url !== undefined) return isPlainAndFar(url) ? [PLAIN_URL] : [];
  return [
    'LEDGERLINE_PUBLIC_URL: needed since LEDGERLINE_HOST is not loopback; ' +
      'put TLS in front and give its https address',
  ];
}

const PLAIN_URL =
  'LEDGERLINE_PUBLIC_URL: keys would go over the network in the clear; use an https address';

/** Whether a key would go over a network that others may listen on. */
export function isPlainAndFar(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'http:' && !LOOPBACK.includes(hostname.replace(/^\[|\]$/g, ''));
}
