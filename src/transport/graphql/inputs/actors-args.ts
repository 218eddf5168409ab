import { ArgsType, Field } from 'type-graphql';
import { ActorKind } from '../enums/actor-kind.ts';
import { PageArgs } from './page-args.ts';

@ArgsType()
export class ActorsArgs extends PageArgs {
  @Field(() => ActorKind, { nullable: true, description: 'People or service accounts alone.' })
  readonly kind?: keyof typeof ActorKind | null;

  @Field(() => String, { nullable: true, description: 'Name of the team that they are in.' })
  readonly team?: string | null;
}
