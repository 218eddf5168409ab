import { Field, ObjectType } from 'type-graphql';
import { ComparedChange } from '../enums/compared-change.ts';
import { VersionFile } from './version-file.ts';

@ObjectType('FileDifference', {
  simpleResolvers: true,
  description: 'A file that differs between two versions, or that one of them does not list.',
})
export class FileDifference {
  @Field(() => String, { description: 'Path within the version.' })
  readonly path!: string;

  @Field(() => ComparedChange, { description: 'How the second differs from the first.' })
  readonly change!: keyof typeof ComparedChange;

  @Field(() => VersionFile, { nullable: true, description: 'The file of the first version.' })
  readonly a!: VersionFile | null;

  @Field(() => VersionFile, { nullable: true, description: 'The file of the second version.' })
  readonly b!: VersionFile | null;
}
