import { DomainError } from '../../domain/errors.ts';
import { VARIABLE_LIST_MAX, VARIABLE_VALUES_MAX } from './limits.ts';

/** Refuses variables with so many values that reading them alone would take long. */
export function checkVariables(variables: unknown): void {
  let values = 0;
  const left: unknown[] = [variables];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value) && value.length > VARIABLE_LIST_MAX) {
      throw tooMany(`a list of ${value.length} values, at most ${VARIABLE_LIST_MAX} are taken`);
    }
    const within = Object.values(value);
    values += within.length;
    if (values > VARIABLE_VALUES_MAX) throw tooMany(`more than ${VARIABLE_VALUES_MAX} values`);
    for (const each of within) left.push(each);
  }
}

function tooMany(what: string): DomainError {
  return new DomainError('LIMIT_EXCEEDED', `the variables have ${what}`);
}
