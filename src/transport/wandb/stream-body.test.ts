import { describe, expect, it } from 'vitest';
import { parseStreamBody } from './stream-body.ts';

describe('a body of file_stream', () => {
  it('becomes operations on the streams of a run', () => {
    const body = {
      files: {
        'wandb-history.jsonl': { offset: 3, content: ['{"_step":3}', '{"_step":4}'] },
        'wandb-events.jsonl': { offset: 0, content: ['{}'] },
        'output.log': { offset: 7, content: ['hello'] },
        'wandb-summary.json': { offset: 5, content: ['{"a":1}', '{"a":2}'] },
      },
      uploaded: ['x'],
      complete: true,
      exitcode: 3,
    };
    expect(parseStreamBody(body)).toEqual({
      operations: [
        {
          stream: 'history',
          file: 'wandb-history.jsonl',
          offset: 3,
          lines: ['{"_step":3}', '{"_step":4}'],
        },
        { stream: 'events', file: 'wandb-events.jsonl', offset: 0, lines: ['{}'] },
        { stream: 'console', file: 'output.log', offset: 7, lines: ['hello'] },
        { stream: 'summary', file: 'wandb-summary.json', offset: 0, lines: ['{"a":2}'] },
      ],
      complete: true,
      exitCode: 3,
      unknown: 0,
    });
  });

  it('of a process with a label speaks of the same console', () => {
    const files = { 'output_w1.log': { offset: 0, content: ['hello'] } };
    expect(parseStreamBody({ files })).toMatchObject({
      operations: [{ stream: 'console', file: 'output_w1.log' }],
      unknown: 0,
    });
  });

  it('that is empty is a sign of life', () => {
    const nothing = { operations: [], complete: false, exitCode: null, unknown: 0 };
    expect(parseStreamBody({})).toEqual(nothing);
    expect(parseStreamBody({ files: null, complete: null })).toEqual(nothing);
  });

  it('names the files that no stream is for', () => {
    const files = { constructor: { offset: 0, content: ['x'] } };
    expect(parseStreamBody({ files })).toMatchObject({
      operations: [],
      unknown: 1,
    });
  });

  it.each([
    [{ files: { 'output.log': { offset: -1, content: [] } } }, /files.output.log.offset/],
    [{ files: { 'output.log': { offset: 0, content: [1] } } }, /content.0/],
    [{ complete: 'yes' }, /complete/],
    [[], /the body/],
    ['x', /the body/],
  ])('of another form is refused with the place of the fault', (body, fault) => {
    expect(() => parseStreamBody(body)).toThrow(fault);
  });
});
