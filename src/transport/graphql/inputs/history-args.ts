import { ArgsType, Field } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { DateTime } from '../scalars/date-time.ts';
import { PageArgs } from './page-args.ts';

@ArgsType()
export class HistoryArgs extends PageArgs {
  @Field(() => DateTime, {
    nullable: true,
    description: 'Only what had happened in the world by this time.',
  })
  readonly asOf?: Instant | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only what the hub had recorded by this time.',
  })
  readonly knownAt?: Instant | null;
}
