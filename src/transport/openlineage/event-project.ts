import { type Access, placeOfScope } from '../../domain/governance/permissions.ts';
import { type ProjectName, parseProjectPath } from '../../domain/lineage/names.ts';

/** The project of events whose namespace has no character that a name may have. */
export const NAMELESS_PROJECT = 'openlineage';
/** Longest name that is made of a namespace, in characters. */
const MADE_NAME_LENGTH_MAX = 128;

export interface EventPlace {
  /** What the address says: `?project=team/project`. */
  readonly asked: string | undefined;
  readonly access: Access;
  readonly defaultTeam: string;
  /** Of the event's job, or of its dataset where it has no job. */
  readonly namespace: string;
}

/**
 * Where an event is recorded: where the address says; else in the project that the key is limited
 * to; else in the one named after the event's namespace, in the team that the key is limited to
 * or the hub's first.
 */
export function projectOfEvent({ asked, access, defaultTeam, namespace }: EventPlace): ProjectName {
  if (asked !== undefined) return parseProjectPath(asked);
  const scope = access.key?.scope ?? null;
  const { team = defaultTeam, project } = (scope === null ? null : placeOfScope(scope)) ?? {};
  return { team, project: project ?? nameOfNamespace(namespace) };
}

/** `s3://bucket/raw` becomes `s3-bucket-raw`: what a name may not have becomes a dash. */
export function nameOfNamespace(namespace: string): string {
  const name = namespace
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  const made = [...name]
    .slice(0, MADE_NAME_LENGTH_MAX)
    .join('')
    .replace(/[-.]+$/, '');
  return made === '' ? NAMELESS_PROJECT : made;
}
