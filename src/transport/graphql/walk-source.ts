import type { WalkSource } from '../../projections/walk-lineage.ts';
import type { GraphContext } from './graph-context.ts';

export function walkSource({ hub, reader, kept }: GraphContext): WalkSource {
  return { store: hub.store, reader, secret: hub.linkSecret, kept: kept.walks };
}
