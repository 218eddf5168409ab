import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';

/** How long a signed address works, in milliseconds. Uploads of large files take their time. */
export const SIGNED_LINK_LIFE_MS = 24 * 60 * 60 * 1000;
/** Longest token that is looked at, in characters. */
export const SIGNED_TOKEN_LENGTH_MAX = 16_384;

/** What a signed address permits. The purpose keeps an upload's token from being a download's. */
export interface LinkClaims {
  readonly purpose: string;
  readonly expiresMs: number;
  readonly [claim: string]: string | number | null;
}

/** A token for a URL: the claims in base64url, a dot, HMAC-SHA256 over them. */
export function signLink(claims: LinkClaims, secret: Uint8Array): string {
  const text = Buffer.from(JSON.stringify(claims), 'utf8').toString('base64url');
  return `${text}.${macOf(text, secret)}`;
}

/** The claims of a token, checked in constant time. FORBIDDEN when it is not ours or too old. */
export function verifyLink(
  token: string,
  purpose: string,
  { secret, nowMs }: { readonly secret: Uint8Array; readonly nowMs: number },
): LinkClaims {
  const [text = '', mac = ''] = token.slice(0, SIGNED_TOKEN_LENGTH_MAX).split('.', 2);
  const expected = Buffer.from(macOf(text, secret));
  const given = Buffer.from(mac);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new DomainError('FORBIDDEN', 'the address was not signed by this hub');
  }
  const claims = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as LinkClaims;
  if (claims.purpose !== purpose) {
    throw new DomainError('FORBIDDEN', `the address is not for ${purpose}`);
  }
  if (claims.expiresMs <= nowMs) throw new DomainError('FORBIDDEN', 'the address has expired');
  return claims;
}

function macOf(text: string, secret: Uint8Array): string {
  return createHmac('sha256', secret).update(`ledgerline/link/v1\n${text}`).digest('base64url');
}
