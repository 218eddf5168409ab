import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { DomainError } from '../../domain/errors.ts';
import { type LogLevel, openLog } from './pino-log.ts';
import { LOG_DEPTH_MAX, REDACTED } from './without-secrets.ts';

const API_KEY = `ledgerline-${'k'.repeat(40)}`;

function logging(level: LogLevel = 'info') {
  const lines: string[] = [];
  const log = openLog(level, { write: (line) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}

test('a line has a level, a time, the fields and the message', () => {
  const { log, last } = logging();
  log.info({ run: 'run_1', count: 3, none: null }, 'a run began');
  expect(last()).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    run: 'run_1',
    count: 3,
    none: null,
    msg: 'a run began',
  });
});

test('levels below the chosen one are left out', () => {
  const { log, lines } = logging('warn');
  log.info({}, 'not shown');
  log.warn({}, 'shown');
  log.error({}, 'shown too');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['shown', 'shown too']);
  const silent = logging('silent');
  silent.log.error({}, 'nothing');
  expect(silent.lines).toEqual([]);
});

test.each([
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'password',
  'neo4jPassword',
  'token',
  'accessToken',
  'access_token',
  'secret',
  'secretKey',
  'S3_SECRET_KEY',
  'apiKey',
  'x-api-key',
  'adminKey',
  'privateKey',
  'key',
])('a value named %s never reaches the log, at any depth', (name) => {
  const { log, lines, last } = logging();
  log.info({ [name]: 'hush-hush', deep: { list: [{ [name]: { inner: 'hush-hush' } }] } }, 'm');
  expect(last()[name]).toBe(REDACTED);
  expect(last().deep.list[0][name]).toBe(REDACTED);
  expect(lines.join()).not.toContain('hush-hush');
});

test('names that only sound like secrets stay', () => {
  const { log, last } = logging();
  log.info({ metricKey: 'loss', keyCount: 2, monkey: 'm', tokenizer: 't' }, 'm');
  expect(last()).toMatchObject({ metricKey: 'loss', keyCount: 2, monkey: 'm', tokenizer: 't' });
});

test.each([
  [`used ${API_KEY} twice`, `used ${REDACTED} twice`],
  ['Authorization: Bearer abc.def-ghi_jkl', `Authorization: Bearer ${REDACTED}`],
  ['basic YXBpOmxlZGdlcmxpbmU=', `basic ${REDACTED}`],
  ['GET /blobs/x?sig=abcdef&n=1', `GET /blobs/x?sig=${REDACTED}&n=1`],
  ['bolt://neo4j:pass@host:7687', `bolt://neo4j:${REDACTED}@host:7687`],
])('a secret inside a text goes: %s', (text, expected) => {
  const { log, last } = logging();
  log.error({ text, list: [text] }, text);
  expect(last()).toMatchObject({ text: expected, list: [expected], msg: expected });
});

test('an error is logged with its cause and without its secrets', () => {
  const { log, lines, last } = logging();
  const cause = new Error(`refused ${API_KEY}`);
  const err = new DomainError('UNAVAILABLE', 'cannot reach it', {
    details: { password: 'hush-hush', host: 'h' },
    cause,
  });
  log.error({ err }, 'failed');
  expect(last().err).toMatchObject({
    type: 'DomainError',
    code: 'UNAVAILABLE',
    details: { password: REDACTED, host: 'h' },
  });
  expect(last().err.message).toContain('cannot reach it');
  expect(last().err.stack).toContain('pino-log.test.ts');
  expect(lines.join()).not.toContain(API_KEY);
  expect(lines.join()).not.toContain('hush-hush');
});

test('trees, circles, bytes and big integers end in a line, not in a failure', () => {
  const { log, last } = logging();
  const circle: Record<string, unknown> = { big: 2n ** 70n, bytes: Buffer.from('raw bytes') };
  circle.self = circle;
  log.info({ circle, at: new Date(0) }, 'm');
  expect(last().circle).toMatchObject({ big: '1180591620717411303424', bytes: '[9 bytes]' });
  expect(last().at).toBe('1970-01-01T00:00:00.000Z');
  let depth = 0;
  for (let at = last().circle; typeof at === 'object'; at = at.self) depth += 1;
  expect(depth).toBeLessThanOrEqual(LOG_DEPTH_MAX);
});

test('lines go to stderr and leave stdout to people', () => {
  const url = new URL('./pino-log.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(url)})
    .then(({ openLog }) => openLog('info').info({}, 'hi'))`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--eval', script], {
    encoding: 'utf8',
  });
  expect(child.stdout).toBe('');
  expect(JSON.parse(child.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ msg: 'hi' });
});
