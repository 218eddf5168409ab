import { plainText } from './plain-text.ts';

/** What a refusal of the hub says beside its sentence. */
export interface Refusal {
  /** The code by which programs tell failures apart, for example "FORBIDDEN". */
  readonly code?: string | undefined;
  /** Permissions that were missing. */
  readonly missing?: readonly string[] | undefined;
  /** Where they were missing: "org", "team/<team>" or "project/<team>/<project>". */
  readonly scope?: string | undefined;
  /** Ids of some who could grant what is missing. */
  readonly ask?: readonly string[] | undefined;
}

/** A command that cannot do what it was asked for. Its message is one line for a person. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: string | undefined;

  constructor(message: string, refusal: Refusal = {}) {
    super(plainText(message) + inBrackets(refusal));
    this.code = refusal.code;
  }
}

function inBrackets({ code, missing = [], scope, ask = [] }: Refusal): string {
  const where = scope === undefined ? '' : ` on ${scope}`;
  const parts = [
    ...(code === undefined ? [] : [code]),
    ...(missing.length === 0 ? [] : [`missing ${missing.join(', ')}${where}`]),
    ...(ask.length === 0 ? [] : [`could be granted by ${ask.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : plainText(` [${parts.join('; ')}]`);
}
