import { ArgsType, Field } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';

export const AS_OF = {
  nullable: true,
  description:
    'What was so in the world at this time; now when left out. Properties of nodes are those ' +
    'of now; their history tells what they were.',
} as const;

export const KNOWN_AT = {
  nullable: true,
  description:
    'What the hub knew at this time; now when left out. Asked together with asOf: what was so ' +
    'then, as the hub knew it at this time.',
} as const;

@ArgsType()
export class TimeArgs {
  @Field(() => DateTime, AS_OF)
  readonly asOf?: Instant | null;

  @Field(() => DateTime, KNOWN_AT)
  readonly knownAt?: Instant | null;
}
