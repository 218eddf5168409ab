import { describe, expect, test } from 'vitest';
import { HISTORY_LINES_ALWAYS } from '../../projections/metric-history.ts';
import { FILES_A_REQUEST_MAX, HISTORY_LINES_A_REQUEST_MAX, RequestWork } from './request-work.ts';

const manifest = (digest: string, fileCount: number) => ({ props: { digest, fileCount } });

describe('the work of one request', () => {
  test('manifests count once each, and one may be as large as any', () => {
    const work = new RequestWork();
    work.takeManifest(manifest('a', FILES_A_REQUEST_MAX));
    work.takeManifest(manifest('a', FILES_A_REQUEST_MAX));
    work.takeManifest({ props: {} });
    const more = () => work.takeManifest(manifest('b', 1));
    expect(more).toThrow(/more than 1000000 files together/);
  });

  test('of histories so many lines are read, and a few of each in any case', () => {
    const work = new RequestWork();
    expect(work.takeLines(HISTORY_LINES_A_REQUEST_MAX - 10)).toBe(HISTORY_LINES_A_REQUEST_MAX - 10);
    expect(work.takeLines(200_000)).toBe(HISTORY_LINES_ALWAYS);
    expect(work.takeLines(7)).toBe(7);
  });
});
