import { Field, ID, Int, ObjectType } from 'type-graphql';

@ObjectType('Registration', {
  simpleResolvers: true,
  description: 'A model version under the name of a registered model.',
})
export class Registration {
  @Field(() => ID, { description: 'Id of the registration; it never changes.' })
  readonly id!: string;

  @Field(() => Int, {
    description: 'Number within the registered model, from 1 in the order of registering.',
  })
  readonly number!: number;
}
