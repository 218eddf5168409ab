import { Field, ObjectType } from 'type-graphql';
import { Grant } from './grant.ts';

@ObjectType('Explanation', {
  simpleResolvers: true,
  description: 'Why an actor may do something, or may not.',
})
export class Explanation {
  @Field(() => Boolean, { description: 'Whether it is permitted.' })
  readonly allowed!: boolean;

  @Field(() => String, { description: 'The permission that it takes.' })
  readonly permission!: string;

  @Field(() => String, {
    description: 'Where: "org", "team/<team>" or "project/<team>/<project>".',
  })
  readonly place!: string;

  @Field(() => [Grant], { description: 'The grants that give the permission there.' })
  readonly because!: readonly Grant[];

  @Field(() => [String], { description: 'The permissions that no grant gives there.' })
  readonly missing!: readonly string[];

  @Field(() => String, { description: 'The same in a sentence.' })
  readonly reason!: string;
}
