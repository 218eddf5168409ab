import { cpus, loadavg } from 'node:os';

/** Prints one figure as a JSON line, with what a reader needs to judge it. */
export function figure(bench: string, fields: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ bench, ...fields }));
}

export function machine(bench: string): void {
  figure(bench, {
    node: process.versions.node,
    cores: cpus().length,
    cpu: cpus()[0]?.model,
    load1: Number(loadavg()[0]?.toFixed(2)),
  });
}

/** The value below which this share of the sorted samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(share * sorted.length));
  return rounded(sorted[at] ?? Number.NaN);
}

export function rounded(value: number): number {
  return Number(value.toFixed(2));
}
