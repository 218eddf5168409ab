import { registerEnumType } from 'type-graphql';
import type { ValueOrigin as Origin } from '../../../projections/effective-config.ts';

export const ValueOrigin = {
  DEFAULT: 'DEFAULT',
  OVERRIDE: 'OVERRIDE',
} as const satisfies Record<Origin, Origin>;

registerEnumType(ValueOrigin, {
  name: 'ValueOrigin',
  description: 'Where a value of a config is from, in a run that states its defaults.',
  valuesConfig: {
    DEFAULT: { description: 'It is the default that the run states.' },
    OVERRIDE: { description: 'Somebody chose it: the default is another, or there is none.' },
  },
});
