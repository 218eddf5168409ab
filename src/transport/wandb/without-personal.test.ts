import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LOOKED_INTO_BYTES_MAX, withoutPersonal } from './without-personal.ts';

async function cleaned(name: string, text: string): Promise<string> {
  const bytes = await withoutPersonal(name, Readable.from([Buffer.from(text)]));
  return Buffer.from(bytes as Uint8Array).toString('utf8');
}

describe('files of a run', () => {
  it('keep of the metadata what speaks of the machine and the code', async () => {
    const metadata = {
      os: 'Linux',
      python: 'CPython 3.11.7',
      host: 'box7',
      email: 'alice@example.org',
      root: '/home/alice',
      args: ['--token', 'x'],
      startedAt: '2026-11-24T05:45:20Z',
      codePath: '/home/alice/train.py',
      docker: 'alice@box7',
      git: { remote: 'https://alice:pw@example.org/a.git', commit: 'abc' },
    };
    expect(JSON.parse(await cleaned('wandb-metadata.json', JSON.stringify(metadata)))).toEqual({
      os: 'Linux',
      python: 'CPython 3.11.7',
      startedAt: '2026-11-24T05:45:20Z',
      git: { remote: 'https://example.org/a.git', commit: 'abc' },
    });
  });

  it('keep of the config what people set', async () => {
    const yaml = [
      '_wandb:',
      '    value:',
      '        e:',
      '            abc:',
      '                host: box7',
      'lr:',
      '    value: 0.1',
      'z:',
      '    value: |-',
      '        text',
    ].join('\n');
    expect(await cleaned('config.yaml', yaml)).toBe(
      'lr:\n    value: 0.1\nz:\n    value: |-\n        text',
    );
  });

  it('keep of the installed packages those that came from no disk', async () => {
    const conda = 'name: ml\ndependencies:\n  - numpy=1.26.4\nprefix: /home/alice/envs/ml\n';
    expect(await cleaned('conda-environment.yaml', conda)).toBe(
      'name: ml\ndependencies:\n  - numpy=1.26.4\n',
    );
    const pip = 'numpy==1.26.4\nown @ file:///home/alice/own\n-e /home/alice/own\n';
    expect(await cleaned('requirements.txt', pip)).toBe('numpy==1.26.4\n');
  });

  it('of every other name are kept as they came', async () => {
    const bytes = Buffer.from('{"host":"box7"}');
    expect(await withoutPersonal('media/wandb-metadata.json', bytes)).toBe(bytes);
    expect(await withoutPersonal('constructor', bytes)).toBe(bytes);
  });

  it('that cannot be looked into are refused', async () => {
    await expect(cleaned('wandb-metadata.json', 'not json')).rejects.toThrow(/malformed JSON/);
    await expect(cleaned('wandb-metadata.json', '[]')).rejects.toThrow(/no JSON object/);
    const long = cleaned('config.yaml', 'x'.repeat(LOOKED_INTO_BYTES_MAX + 1));
    await expect(long).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });
});
