import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../../src/main/config.ts';
import { runTelemetryVerify } from '../../src/main/run-telemetry-verify.ts';
import { openGraphqlClient } from '../support/graphql-client.ts';
import { openTestHub } from '../support/open-hub.ts';
import { recorder } from '../support/record.ts';

test('a run is verified beside a running hub, and a damaged log is told', async () => {
  const { hub, folder } = await openTestHub();
  const record = recorder(await openGraphqlClient(hub, onTestFinished));
  await record.project('p');
  const run = await record.run('main/p', 'r');
  const config = readConfig({ LEDGERLINE_DATA_DIR: folder });
  const printed: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line));
  onTestFinished(() => void vi.restoreAllMocks());
  const verify = () => runTelemetryVerify(config, { run: 'main/p/r', format: 'text' });
  expect(await verify()).toBe(0);
  for (const offset of [0, 1]) {
    await hub.telemetry.append(run, [{ stream: 'history', offset, lines: ['{"a":1}'] }]);
  }
  expect(await verify()).toBe(0);
  const log = join(folder, 'telemetry', run.slice(4, 6), run, 'history.log');
  const bytes = await readFile(log);
  await writeFile(log, Buffer.from(bytes.toString('latin1').replace('"a":1', '"a":2'), 'latin1'));
  const { length } = printed;
  expect(await verify()).toBe(1);
  expect(printed[length]).toContain('a telemetry log is damaged at byte 0');
  const other = runTelemetryVerify(config, { run: 'main/p/none', format: 'text' });
  await expect(other).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(printed[1]).toMatch(/^history: \d+ bytes, 0 lines compared, 2 in the log alone: equal$/);
});
