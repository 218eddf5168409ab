import { describe, expect, it } from 'vitest';
import { ConfigError, isShared, readConfig, SETTINGS } from './config.ts';

const KEY = `ledgerline-${'a1_Z'.repeat(10)}`;

function faultsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { faults, message } = error as ConfigError;
    for (const fault of faults) expect(message).toContain(`\n  ${fault}`);
    return faults;
  }
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      publicUrl: null,
      org: 'example',
      team: 'main',
      dataDir: './data',
      adminKey: null,
      ...{ neo4j: null, redisUrl: null, role: 'all' },
      logLevel: 'warn',
      runSilentMs: 300_000,
    });
  });

  it('takes what is set, and does not look at other variables', () => {
    const config = readConfig({
      LEDGERLINE_HOST: '0.0.0.0',
      LEDGERLINE_PORT: '4100',
      LEDGERLINE_PUBLIC_URL: 'https://hub.example.com/lineage/',
      LEDGERLINE_ORG: 'acme-2.eu_west',
      LEDGERLINE_TEAM: 'Risk',
      LEDGERLINE_DATA_DIR: '/var/lib/ledgerline',
      LEDGERLINE_ADMIN_KEY: KEY,
      LEDGERLINE_ROLE: 'all',
      LEDGERLINE_LOG_LEVEL: 'debug',
      LEDGERLINE_RUN_SILENT_S: '90',
      LEDGERLINE_TEST_ANYTHING: 'of a test',
      LEDGERLINE_KEY: 'of a client',
      LEDGERLINE_URL: 'of a client',
      ledgerline_port: '1',
      PORT: '2',
      PATH: '/bin',
    });
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 4100,
      publicUrl: 'https://hub.example.com/lineage',
      org: 'acme-2.eu_west',
      team: 'Risk',
      dataDir: '/var/lib/ledgerline',
      adminKey: KEY,
      ...{ neo4j: null, redisUrl: null, role: 'all' },
      logLevel: 'debug',
      runSilentMs: 90_000,
    });
  });

  it('counts an empty variable as unset, also one that does not exist', () => {
    const empty = Object.fromEntries(SETTINGS.map((setting) => [setting, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
    expect(readConfig({ ...empty, LEDGERLINE_NO_SUCH: '' })).toEqual(readConfig({}));
    expect(readConfig({ LEDGERLINE_NO_SUCH: undefined, LEDGERLINE_S3_BUCKET: undefined })).toEqual(
      readConfig({}),
    );
  });
});

const FAULTS: ReadonlyArray<readonly [setting: string, value: string, says: string]> = [
  ['LEDGERLINE_PORT', '65536', 'a port is a number from 0 to 65535'],
  ['LEDGERLINE_RUN_SILENT_S', '0', 'whole seconds, from 1 to 604800'],
  ['LEDGERLINE_RUN_SILENT_S', '604801', 'whole seconds, from 1 to 604800'],
  ['LEDGERLINE_PORT', '-1', 'a port is a number'],
  ['LEDGERLINE_PORT', '80.5', 'a port is a number'],
  ['LEDGERLINE_PORT', 'http', 'a port is a number'],
  ['LEDGERLINE_PORT', ' ', 'a port is a number'],
  ['LEDGERLINE_PORT', '0x50', 'a port is a number'],
  ['LEDGERLINE_PORT', '1e3', 'a port is a number'],
  ['LEDGERLINE_PUBLIC_URL', 'hub.example.com', 'an http or https address'],
  ['LEDGERLINE_PUBLIC_URL', 'ftp://hub.example.com', 'an http or https address'],
  ['LEDGERLINE_PUBLIC_URL', 'https:hub.example.com', 'an http or https address'],
  ['LEDGERLINE_PUBLIC_URL', 'https://', 'an http or https address'],
  ['LEDGERLINE_PUBLIC_URL', 'https://ada:pass@hub.example.com', 'without user'],
  ['LEDGERLINE_PUBLIC_URL', 'https://hub.example.com/?a=b', 'without user, query'],
  ['LEDGERLINE_PUBLIC_URL', 'https://hub.example.com/#top', 'without user, query and fragment'],
  ['LEDGERLINE_PUBLIC_URL', 'https://hub.example.com:99999', 'an http or https address'],
  ['LEDGERLINE_ORG', 'a/b', "the organization's name has letters, digits"],
  ['LEDGERLINE_ORG', '-a', "the organization's name has letters"],
  ['LEDGERLINE_ORG', 'a\n', "the organization's name has letters"],
  ['LEDGERLINE_ORG', 'x'.repeat(64), '63 at most'],
  ['LEDGERLINE_TEAM', 'é', "the team's name has letters"],
  ['LEDGERLINE_TEAM', '..', "the team's name has letters"],
  ['LEDGERLINE_ADMIN_KEY', 'hunter2-hunter2', 'a key is ledgerline- and 40 or more'],
  ['LEDGERLINE_ADMIN_KEY', KEY.slice(0, -1), 'a key is ledgerline- and 40 or more'],
  ['LEDGERLINE_ADMIN_KEY', `${KEY}-`, 'a key is ledgerline- and 40 or more'],
  ['LEDGERLINE_ADMIN_KEY', `${KEY}\n`, 'a key is ledgerline- and 40 or more'],
  ['LEDGERLINE_ADMIN_KEY', KEY.toUpperCase(), 'a key is ledgerline- and 40 or more'],
  ['LEDGERLINE_ROLE', 'worker', 'api and worker are for several processes on one installation'],
  ['LEDGERLINE_ROLE', 'api', 'need LEDGERLINE_NEO4J_URL and LEDGERLINE_REDIS_URL'],
  ['LEDGERLINE_ROLE', 'door', 'one of all, api, worker'],
  ['LEDGERLINE_NEO4J_URL', 'bolt://127.0.0.1:7687', 'LEDGERLINE_NEO4J_PASSWORD: needed'],
  ['LEDGERLINE_NEO4J_USER', 'neo4j', 'LEDGERLINE_NEO4J_URL, which is not set'],
  ['LEDGERLINE_NEO4J_PASSWORD', 'x', 'LEDGERLINE_NEO4J_URL, which is not set'],
  ['LEDGERLINE_REDIS_URL', 'http://127.0.0.1', 'an address as redis://'],
  ['LEDGERLINE_REDIS_URL', 'redis://127.0.0.1/name', 'an address as redis://'],
  ['LEDGERLINE_REDIS_URL', 'redis://', 'an address as redis://'],
  ['LEDGERLINE_LOG_LEVEL', 'trace', 'one of debug, info, warn, error'],
  ['LEDGERLINE_LOG_LEVEL', 'INFO', 'one of debug, info, warn, error'],
  ['LEDGERLINE_PROT', '4000', 'there is no such setting'],
  ['LEDGERLINE_', 'x', 'there is no such setting'],
  ['LEDGERLINE_NEO4J', 'x', 'there is no such setting'],
];

describe('a fault', () => {
  it.each(FAULTS)('%s=%j is named: %s', (setting, value, says) => {
    const [fault, ...more] = faultsOf({ [setting]: value });
    expect(more).toEqual([]);
    expect(fault).toContain(setting.replace(/(URL|USER|PASSWORD)$/, ''));
    expect(fault).toContain(says);
  });

  it('never repeats a value, since it may be a secret in the wrong place', () => {
    const secret = 'hunter2-is-a-secret://@';
    const environment = Object.fromEntries([
      ...SETTINGS.map((setting) => [setting, secret]),
      ['LEDGERLINE_NO_SUCH', secret],
    ]);
    const faults = faultsOf(environment);
    expect(faults.length).toBeGreaterThan(15);
    expect(faults.join('\n')).not.toContain('hunter2');
    expect(faultsOf({ LEDGERLINE_HOST: secret }).join('\n')).not.toContain('hunter2');
  });

  it('is listed together with all others, each once', () => {
    const faults = faultsOf({
      LEDGERLINE_HOST: '0.0.0.0',
      LEDGERLINE_PORT: 'x',
      LEDGERLINE_ORG: '/',
      LEDGERLINE_TEAM: '/',
      LEDGERLINE_ADMIN_KEY: 'short',
      LEDGERLINE_ROLE: 'api',
      LEDGERLINE_LOG_LEVEL: 'loud',
      LEDGERLINE_REDIS_URL: '127.0.0.1',
      LEDGERLINE_TYPO: 'x',
    });
    const settings = faults.map((fault) => fault.split(':')[0]).sort();
    expect(settings).toEqual([
      'LEDGERLINE_ADMIN_KEY',
      'LEDGERLINE_LOG_LEVEL',
      'LEDGERLINE_ORG',
      'LEDGERLINE_PORT',
      'LEDGERLINE_PUBLIC_URL',
      'LEDGERLINE_REDIS_URL',
      'LEDGERLINE_ROLE',
      'LEDGERLINE_TEAM',
      'LEDGERLINE_TYPO',
    ]);
  });
});

describe('a hub that others can reach', () => {
  it.each(['0.0.0.0', '::', '10.0.0.1', 'hub.example.com', '127.0.0.1.example.com', 'LOCALHOST'])(
    'on %s needs a public address',
    (host) => {
      expect(faultsOf({ LEDGERLINE_HOST: host })).toEqual([
        'LEDGERLINE_PUBLIC_URL: needed since LEDGERLINE_HOST is not loopback; ' +
          'put TLS in front and give its https address',
      ]);
      const url = 'https://hub.example.com';
      expect(readConfig({ LEDGERLINE_HOST: host, LEDGERLINE_PUBLIC_URL: url })).toMatchObject({
        host,
        publicUrl: url,
      });
    },
  );

  it.each(['127.0.0.1', '::1', 'localhost'])('is not one on %s', (host) => {
    expect(readConfig({ LEDGERLINE_HOST: host }).publicUrl).toBeNull();
  });

  it.each([
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['https://hub.example.com/', 'https://hub.example.com'],
    ['https://hub.example.com/a/b///', 'https://hub.example.com/a/b'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
  ])('at %s is known as %s', (given, known) => {
    expect(readConfig({ LEDGERLINE_PUBLIC_URL: given }).publicUrl).toBe(known);
  });
});

describe('stores that several processes share', () => {
  const NEO4J = { LEDGERLINE_NEO4J_URL: 'bolt://db:7687', LEDGERLINE_NEO4J_PASSWORD: 'secret' };
  const REDIS = { LEDGERLINE_REDIS_URL: 'redis://user:pass@queue:6379/2' };

  it.each(['bolt://db:7687', 'neo4j://db', 'bolt+s://db.example.com:7687', 'neo4j+ssc://[::1]:1'])(
    'a graph at %s',
    (url) => {
      const config = readConfig({ ...NEO4J, LEDGERLINE_NEO4J_URL: url });
      expect(config.neo4j).toEqual({ url, user: 'neo4j', password: 'secret' });
      expect(isShared(config)).toBe(false);
    },
  );

  it.each(['http://db', 'bolt://user:hunter2@db', 'bolt://db/graph', 'db:7687', 'bolt://db?x=1'])(
    'no graph at %s, which is not repeated',
    (url) => {
      const faults = faultsOf({ ...NEO4J, LEDGERLINE_NEO4J_URL: url });
      expect(faults).toEqual([expect.stringMatching(/^LEDGERLINE_NEO4J_URL: an address as bolt/)]);
    },
  );

  it.each(['all', 'api', 'worker'])('let a process be %s', (role) => {
    const config = readConfig({ ...NEO4J, ...REDIS, LEDGERLINE_ROLE: role });
    expect(config).toMatchObject({ role, redisUrl: REDIS.LEDGERLINE_REDIS_URL });
    expect(isShared(config)).toBe(true);
  });

  it.each([NEO4J, REDIS])('are both needed for that', (half) => {
    expect(faultsOf({ ...half, LEDGERLINE_ROLE: 'worker' })).toHaveLength(1);
    expect(isShared(readConfig(half))).toBe(false);
  });
});

describe('settings of stores that are not in this release', () => {
  const later = SETTINGS.filter((setting) => /_(S3|OIDC)_/.test(setting));

  it('are these', () => {
    expect(later).toHaveLength(7);
  });

  it.each(later)('are refused, never passed over in silence: %s', (setting) => {
    const faults = faultsOf({ [setting]: 'x' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${setting}: .* is not part of this release`));
  });
});
