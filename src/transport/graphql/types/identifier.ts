import { Field, ObjectType } from 'type-graphql';

@ObjectType('Identifier', {
  simpleResolvers: true,
  description: 'A name that another system has for the same thing. `resolve` finds it.',
})
export class Identifier {
  @Field(() => String, { description: 'Whose name it is, for example "sha256" or "mlflow".' })
  readonly scheme!: string;

  @Field(() => String, { description: 'The name within that scheme.' })
  readonly value!: string;
}
