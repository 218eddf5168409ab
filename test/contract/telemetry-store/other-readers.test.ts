import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFilesystemTelemetryStore } from '../../../src/adapters/filesystem/filesystem-telemetry-store.ts';
import { PythonScript, requirePython } from '../../support/python-client.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const RUN = `run_${'p'.repeat(43)}`;
const ROWS = 20_000;

/** Rows that have every kind of column. */
function rowAt(line: number): string {
  const odd = line % 5 === 0 ? 'NaN' : line % 5 === 1 ? 'Infinity' : line;
  const b = line % 2 === 0 ? `,"b":${line}` : '';
  const flag = line % 4 === 0;
  return `{"_step":${line},"a":${line / 8},"odd":${odd},"flag":${flag},"text":"é ${line}"${b}}`;
}

test('pandas and DuckDB read the files of a run', async (context) => {
  const python = requirePython(context);
  const folder = await temporaryFolder();
  const store = await openFilesystemTelemetryStore({ folder });
  for (let offset = 0; offset < ROWS; offset += 5_000) {
    const lines = Array.from({ length: 5_000 }, (_, at) => rowAt(offset + at));
    await store.append(RUN, [{ stream: 'history', offset, lines }]);
  }
  await store.seal(RUN);
  await store.close();
  const script = new PythonScript({
    python,
    script: join(import.meta.dirname, 'read_parquet.py'),
    args: [join(folder, 'pp', RUN, 'history.columns')],
    environment: { PYTHONDONTWRITEBYTECODE: '1' },
    cwd: folder,
  });
  const { exitCode, reports, output } = await script.ended();
  expect(exitCode, output).toBe(0);
  const sum = (ROWS * (ROWS - 1)) / 16;
  const common = { rows: ROWS, lines: [0, ROWS - 1], sum, missing: ROWS / 2 };
  const texts = ['"é 0"', '"é 1"'];
  expect(reports).toEqual([
    { reader: 'pandas', ...common, flags: [(ROWS * 3) / 4, ROWS / 4], texts },
    { reader: 'duckdb', ...common, nans: ROWS / 5 },
    {
      reader: 'pyarrow',
      types: {
        ...{ _line: 'int64', _step: 'double', a: 'double', odd: 'double', flag: 'bool' },
        ...{ text: 'string', b: 'double' },
      },
    },
  ]);
}, 120_000);
