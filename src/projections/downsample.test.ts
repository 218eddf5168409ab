import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { downsample, type MetricPoint } from './downsample.ts';

const pointsOf = (values: readonly number[]): MetricPoint[] =>
  values.map((value, step) => ({ step, value, timestamp: null }));

const series = fc.array(fc.double(), { maxLength: 400 }).map(pointsOf);
const samples = fc.integer({ min: 3, max: 100 });

describe('downsample', () => {
  test('few points stay as they are', () => {
    const points = pointsOf([3, 1, 2]);
    expect(downsample(points, 3)).toEqual(points);
  });

  test('a spike of one step stays', () => {
    const values = Array.from({ length: 10_000 }, (_, at) => (at === 7_777 ? 1e6 : 1));
    const kept = downsample(pointsOf(values), 100);
    expect(kept.find(({ value }) => value === 1e6)?.step).toBe(7_777);
  });

  test('never more points than asked for, each one of those given, in order', () => {
    fc.assert(
      fc.property(series, samples, (points, count) => {
        const kept = downsample(points, count);
        const steps = kept.map(({ step }) => step);
        expect(kept.length).toBeLessThanOrEqual(count);
        expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
        for (const point of kept) expect(points[point.step]).toBe(point);
      }),
    );
  });

  test('the lowest, the highest and a value that is not finite stay', () => {
    fc.assert(
      fc.property(series, samples, (points, count) => {
        const kept = downsample(points, count).map(({ value }) => value);
        const finite = points.map(({ value }) => value).filter(Number.isFinite);
        if (finite.length > 0) {
          expect(Math.min(...kept.filter(Number.isFinite))).toBe(Math.min(...finite));
          expect(Math.max(...kept.filter(Number.isFinite))).toBe(Math.max(...finite));
        }
        expect(kept.some((value) => !Number.isFinite(value))).toBe(finite.length < points.length);
      }),
    );
  });
});
