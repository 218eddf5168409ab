/**
 * Ids as wandb clients know them: standard base64 of `Kind:text`. A client turns the id of an
 * artifact into hex and back, so the alphabet and the padding must be the standard ones.
 */
export type WireKind =
  | 'Alias'
  | 'Artifact'
  | 'ArtifactCollection'
  | 'ArtifactManifest'
  | 'ArtifactType'
  | 'Entity'
  | 'File'
  | 'Membership'
  | 'Project'
  | 'Run'
  | 'User';

/** Longest id that is looked at, in characters. */
export const WIRE_ID_LENGTH_MAX = 2_048;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function wireId(kind: WireKind, text: string): string {
  return Buffer.from(`${kind}:${text}`, 'utf8').toString('base64');
}

/** What the id stands for, or undefined when it is no id of this kind. */
export function textOfWireId(kind: WireKind, id: string): string | undefined {
  if (id.length > WIRE_ID_LENGTH_MAX || !BASE64.test(id)) return undefined;
  const text = Buffer.from(id, 'base64').toString('utf8');
  return text.startsWith(`${kind}:`) ? text.slice(kind.length + 1) : undefined;
}
