import { describe, expect, it } from 'vitest';
import { joinConfig, pickSdkNotes, splitConfig } from './run-config.ts';

const SENT = JSON.stringify({
  lr: { value: 0.1 },
  net: { value: { depth: 3, value: 'inner' } },
  _wandb: {
    value: {
      t: { '4': '3.11.7', '12': '0.31.0' },
      m: [{ '1': 'loss', '7': [2] }],
      cli_version: '0.31.0',
      python_version: '/home/alice/python',
      code_path: 'code/home/alice/train.py',
      session_history: '/home/alice/notebook.ipynb',
      branch_point: { run_id: 'r', step: 3, note: 'alice@box7' },
      start_time: 1,
      e: {
        old: { startedAt: '2026-11-24T05:00:00Z', host: 'old-host', os: 'Linux-old' },
        new: {
          startedAt: '2026-11-24T06:00:00Z',
          host: 'box7',
          os: 'Linux-6',
          python: 'CPython 3.11.7',
          email: 'alice@example.org',
          username: 'alice',
          program: '/home/alice/train.py',
          executable: '/home/alice/venv/bin/python',
          root: '/home/alice',
          args: ['--token', 'x'],
          cpu_count: 2,
          codePath: 'code/home/alice/train.py',
          docker: 'alice@box7',
          gpu_nvidia: [{ name: 'A100', uuid: '/home/alice' }],
          git: { remote: 'https://alice:pw@example.org/a/b.git', commit: 'abc123' },
        },
      },
    },
  },
});

describe('a config of the SDK', () => {
  it('is taken apart into values, notes, environment, code and personal texts', () => {
    expect(splitConfig(SENT)).toEqual({
      config: { lr: 0.1, net: { depth: 3, value: 'inner' } },
      client: {
        t: { '4': '3.11.7', '12': '0.31.0' },
        m: [{ '1': 'loss', '7': [2] }],
        cli_version: '0.31.0',
        branch_point: { run_id: 'r', step: 3 },
      },
      environment: {
        os: 'Linux-6',
        python: 'CPython 3.11.7',
        cpu_count: 2,
        gpu_nvidia: [{ name: 'A100' }],
      },
      code: { repository: 'https://example.org/a/b.git', commit: 'abc123', dirty: null },
      personal: { host: 'box7', program: '/home/alice/train.py', login: 'alice@example.org' },
    });
  });

  it('leaves no personal text in what goes into the graph', () => {
    const { personal: _personal, ...kept } = splitConfig(SENT);
    expect(JSON.stringify(kept)).not.toMatch(/alice|box7|token|old-host/);
  });

  it('comes back as it was, without what the hub keeps elsewhere', () => {
    const { config, client } = splitConfig(SENT);
    const back = JSON.parse(joinConfig(config, { wandb: client ?? null }));
    expect(back.lr).toEqual({ value: 0.1 });
    expect(back._wandb.value).toEqual(client);
    expect(back._wandb.value.e).toBeUndefined();
  });

  it('keeps paths of the code and images that speak of nobody', () => {
    const e = { w: { codePath: 'src/train.py', docker: 'ml/train:1', git: { commit: 'a@b' } } };
    const { environment, code } = splitConfig(JSON.stringify({ _wandb: { value: { e } } }));
    expect(environment).toEqual({ codePath: 'src/train.py', docker: 'ml/train:1' });
    expect(code).toEqual({ repository: null, commit: null, dirty: null });
  });

  it('says nothing of the machine when the SDK did not', () => {
    const split = splitConfig('{"a":{"value":1}}');
    expect(split).toEqual({
      config: { a: 1 },
      client: undefined,
      environment: undefined,
      code: undefined,
      personal: {},
    });
  });

  it('keeps numbers that JSON cannot hold', () => {
    const { config } = splitConfig('{"a":{"value":NaN},"b":{"value":123456789012345678901}}');
    expect(config).toEqual({ a: '~zNaN', b: '~i123456789012345678901' });
    expect(joinConfig(config, undefined)).toBe(
      '{"a":{"value":NaN},"b":{"value":123456789012345678901}}',
    );
  });

  it('must be an object', () => {
    expect(() => splitConfig('[1]')).toThrow(/not a JSON object/);
    expect(() => splitConfig('{')).toThrow(/malformed JSON/);
  });

  it('gives the notes that are asked for', () => {
    const client = { wandb: { t: { '5': 'x' }, m: [] } };
    expect(pickSdkNotes(client, ['t'])).toBe('{"t":{"5":"x"}}');
    expect(pickSdkNotes(undefined, ['t'])).toBe('{}');
  });
});
