import { Field, ObjectType } from 'type-graphql';

@ObjectType('Column', {
  simpleResolvers: true,
  description: 'A column, or field, of a dataset, as its schema tells it.',
})
export class Column {
  @Field(() => String, { description: 'Its name; of one within another, "outer.inner".' })
  readonly name!: string;

  @Field(() => String, { nullable: true, description: 'Its type as the store calls it.' })
  readonly type!: string | null;

  @Field(() => String, { nullable: true, description: 'What the schema says of it.' })
  readonly description!: string | null;
}
