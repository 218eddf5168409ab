/** One value of a metric. Values that are not finite are kept: a loss of NaN is news. */
export interface MetricPoint {
  readonly step: number;
  readonly value: number;
  /** Seconds since 1970-01-01T00:00:00Z, where the client stated them. */
  readonly timestamp: number | null;
}

/**
 * At most `samples` of the points, in their order. The points are cut into equal parts, and of
 * each part stay the lowest, the highest and the first that is not finite, so that no spike and
 * no NaN is lost from sight.
 */
export function downsample(points: readonly MetricPoint[], samples: number): MetricPoint[] {
  if (points.length <= samples) return [...points];
  const perPart = points.every(({ value }) => Number.isFinite(value)) ? 2 : 3;
  const parts = Math.max(1, Math.floor(samples / perPart));
  const kept: MetricPoint[] = [];
  for (let part = 0; part < parts; part += 1) {
    const start = Math.floor((part * points.length) / parts);
    const end = Math.floor(((part + 1) * points.length) / parts);
    kept.push(...extremes(points, start, end));
  }
  return kept.slice(0, samples);
}

function extremes(points: readonly MetricPoint[], start: number, end: number): MetricPoint[] {
  let [lowest, highest, odd] = [-1, -1, -1];
  for (let at = start; at < end; at += 1) {
    const value = valueAt(points, at);
    if (!Number.isFinite(value)) {
      if (odd < 0) odd = at;
      continue;
    }
    if (lowest < 0 || value < valueAt(points, lowest)) lowest = at;
    if (highest < 0 || value > valueAt(points, highest)) highest = at;
  }
  return [...new Set([lowest, highest, odd])]
    .filter((at) => at >= 0)
    .sort((a, b) => a - b)
    .map((at) => points[at] as MetricPoint);
}

function valueAt(points: readonly MetricPoint[], at: number): number {
  return points[at]?.value ?? Number.NaN;
}
