import { DomainError, isDomainError } from '../../domain/errors.ts';

/** No room left: on the device, in the quota, or under the process's limit of file sizes. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** The disk or the process cannot serve now; the same call may work later. */
const PASSING = new Set(['EIO', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EBUSY', 'ESTALE']);

/** The operating system's code of an error, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** The DomainError for a failed file operation; `what` names the store, not the path. */
export function fileError(error: unknown, what: string): DomainError {
  if (isDomainError(error)) return error;
  const code = codeOf(error) ?? '';
  if (FULL.has(code)) {
    return new DomainError('UNAVAILABLE', `${what} cannot write: the disk is full`, {
      details: { reason: 'DISK_FULL' },
      cause: error,
    });
  }
  if (PASSING.has(code)) {
    return new DomainError('UNAVAILABLE', `${what} cannot use its files now (${code})`, {
      details: { reason: code },
      cause: error,
    });
  }
  return new DomainError('INTERNAL', `${what} failed`, { cause: error });
}

/** Runs file operations and names their failures for the domain. */
export async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, what);
  }
}
