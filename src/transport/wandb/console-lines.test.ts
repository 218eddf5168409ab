import { describe, expect, it } from 'vitest';
import { parseConsoleLine } from './console-lines.ts';

describe('a line of the console', () => {
  it('tells its time and its level', () => {
    expect(parseConsoleLine('2026-11-24T05:45:21.656715 hello console')).toEqual({
      timestamp: '2026-11-24T05:45:21.656715Z',
      level: 'info',
      label: '',
      line: 'hello console',
    });
    expect(parseConsoleLine('ERROR 2026-11-24T05:45:21 boom\nand more')).toMatchObject({
      timestamp: '2026-11-24T05:45:21Z',
      level: 'error',
      line: 'boom\nand more',
    });
  });

  it('without marks is shown as it is', () => {
    expect(parseConsoleLine('ERROR in the text')).toMatchObject({
      timestamp: null,
      level: 'info',
      line: 'ERROR in the text',
    });
  });
});
