import { InterfaceType } from 'type-graphql';

@InterfaceType('Faceted', { description: 'What pipelines attach facets to.' })
export abstract class Faceted {}
