import { ArgsType, Field, ID } from 'type-graphql';
import type { Instant } from '../../../domain/time.ts';
import { LineageKind } from '../enums/lineage-kind.ts';
import { DateTime } from '../scalars/date-time.ts';
import { PageArgs } from './page-args.ts';
import { AS_OF, KNOWN_AT } from './time-args.ts';

@ArgsType()
export class ImpactArgs extends PageArgs {
  @Field(() => ID, { description: 'The node whose effects are asked for.' })
  readonly root!: string;

  @Field(() => [LineageKind], {
    defaultValue: [LineageKind.MODEL_VERSION],
    description: 'Kinds of node in the answer.',
  })
  readonly kinds!: readonly LineageKind[];

  @Field(() => DateTime, AS_OF)
  readonly asOf?: Instant | null;

  @Field(() => DateTime, KNOWN_AT)
  readonly knownAt?: Instant | null;
}
