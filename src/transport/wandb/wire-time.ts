import type { Instant } from '../../domain/time.ts';
import type { Json } from '../../domain/values/value.ts';

/** A time as wandb clients expect it: whole seconds. */
export function wireTime(instant: Instant): string {
  return `${instant.slice(0, 19)}Z`;
}

export function wireTimeOf(prop: Json | undefined): string | null {
  return typeof prop === 'string' ? wireTime(prop as Instant) : null;
}
