import { registerEnumType } from 'type-graphql';

export const LineageKind = {
  RUN: 'RUN',
  JOB: 'JOB',
  DATASET: 'DATASET',
  DATASET_VERSION: 'DATASET_VERSION',
  MODEL: 'MODEL',
  MODEL_VERSION: 'MODEL_VERSION',
  ARTIFACT: 'ARTIFACT',
  ARTIFACT_VERSION: 'ARTIFACT_VERSION',
  REGISTERED_MODEL: 'REGISTERED_MODEL',
} as const;

export type LineageKind = keyof typeof LineageKind;

registerEnumType(LineageKind, {
  name: 'LineageKind',
  description: 'What a node of the lineage graph is.',
  valuesConfig: {
    RUN: { description: 'One execution: a training, an evaluation, a pipeline step.' },
    JOB: { description: 'What is executed again and again; each time is a run.' },
    DATASET: { description: 'A collection of dataset versions under one name.' },
    DATASET_VERSION: { description: 'Data as it was at one time; it never changes.' },
    MODEL: { description: 'A collection of model versions under one name.' },
    MODEL_VERSION: { description: 'A trained model; it never changes.' },
    ARTIFACT: { description: 'A collection of versions of any other type.' },
    ARTIFACT_VERSION: { description: 'A version that is neither a dataset nor a model.' },
    REGISTERED_MODEL: { description: 'A name in a registry that model versions are put under.' },
  },
});
