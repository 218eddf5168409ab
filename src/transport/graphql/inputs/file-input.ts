import { Field, Float, InputType } from 'type-graphql';
import { Digest } from '../scalars/digest.ts';

@InputType('FileInput', {
  description: 'A file of a version: known by the digest of its bytes, or by where it stays.',
})
export class FileInput {
  @Field(() => String, { description: 'Path within the version, relative, with "/" between.' })
  readonly path!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'Size in bytes; needed with a digest.',
  })
  readonly sizeBytes?: number | null;

  @Field(() => Digest, { nullable: true, description: 'SHA-256 of the bytes.' })
  readonly digest?: `sha256:${string}` | null;

  @Field(() => String, { nullable: true, description: 'Address of a file that stays elsewhere.' })
  readonly ref?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What that place says of the content, for example an ETag.',
  })
  readonly refDigest?: string | null;
}
