import { invalidInput } from '../errors.ts';

/** Longest address of a repository that is kept, in characters. */
export const REPOSITORY_ADDRESS_LENGTH_MAX = 2_048;

const SCP_FORM = /^(?:([^@/\s]+)@)?([A-Za-z0-9.-]+):(?!\/\/)([^\s]+)$/;
/** The account that hosts of repositories share among all people; it says nothing of anybody. */
const SHARED_USER = 'git';

/**
 * The address of a repository without what belongs to a person: user names, passwords, tokens
 * in the query, and folders of somebody's own disk. Null when nothing is left.
 */
export function publicRepositoryAddress(address: string): string | null {
  if (address.length > REPOSITORY_ADDRESS_LENGTH_MAX) {
    throw invalidInput(
      `the address of a repository has at most ${REPOSITORY_ADDRESS_LENGTH_MAX} characters`,
    );
  }
  const scp = SCP_FORM.exec(address);
  if (scp) return scp[1] === SHARED_USER ? `git@${scp[2]}:${scp[3]}` : `${scp[2]}:${scp[3]}`;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol === 'file:' || url.host === '') return null;
  if (url.username !== SHARED_USER) url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}
