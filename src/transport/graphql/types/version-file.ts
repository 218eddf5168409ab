import { Field, Float, ObjectType } from 'type-graphql';
import { Digest } from '../scalars/digest.ts';

@ObjectType('VersionFile', {
  simpleResolvers: true,
  description: 'A file of a version, as its manifest lists it.',
})
export class VersionFile {
  @Field(() => String, { description: 'Path within the version.' })
  readonly path!: string;

  @Field(() => Float, { nullable: true, description: 'Size in bytes; null when not known.' })
  readonly sizeBytes!: number | null;

  @Field(() => Digest, {
    nullable: true,
    description: 'SHA-256 of the bytes; null for a file that stays elsewhere.',
  })
  readonly digest!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Address of a file that stays elsewhere; null for one known by its digest.',
  })
  readonly ref!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What that place says of the content, for example an ETag.',
  })
  readonly refDigest!: string | null;
}
