import { z } from 'zod';
import type { Change } from '../../lineage/change.ts';
import { factType, id, leaf, nullableText, personal, personalProps } from '../fact-type.ts';

const named = z.strictObject({ id, name: z.string(), project: id });

/** A model version comes under the name of a registered model, which is made when it is new. */
export const registrationCreated = factType({
  type: 'registration.created',
  version: 1,
  fields: {
    registration: leaf(
      z.strictObject({
        id,
        /** Counted from 1 within the registered model. */
        number: z.number().int().positive(),
      }),
    ),
    model: leaf(named),
    modelResult: leaf(z.enum(['created', 'existing'])),
    version: leaf(named),
    /** Digest of the version, if it has one. */
    digest: leaf(nullableText),
    /** What the registered model is for; stays until a later registration says another. */
    description: personal(),
    /** What whoever registered says of this version. */
    note: personal(),
  },
  changes: (fact) => {
    const { registration, model, version, digest } = fact.data;
    const { id: from, number } = registration;
    const set = {
      model: model.id,
      version: version.id,
      registrationNumber: number,
      digest: digest ?? undefined,
      ...personalProps(fact, ['note']),
    };
    const { project, name } = model;
    const changes: Change[] = [
      {
        op: 'put',
        id: model.id,
        kind: 'REGISTERED_MODEL',
        project,
        name,
        set: { registrationCount: number, ...personalProps(fact, ['description']) },
      },
      { op: 'put', id: from, kind: 'REGISTRATION', project, name, set },
      { op: 'open', kind: 'VERSION_OF', from, to: model.id },
      { op: 'open', kind: 'REGISTERS', from, to: version.id },
      { op: 'open', kind: 'WAS_ATTRIBUTED_TO', from, to: fact.actor.ref },
    ];
    return changes;
  },
});
