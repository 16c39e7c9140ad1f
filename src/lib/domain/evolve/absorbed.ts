/** 并案 as the county itself writes it into the case that goes on (K05). */
import type { EventOf } from '../events.ts';

type Absorbs = EventOf<'case.supplemented'>['payload']['absorbs'];

/** The child taken in; undefined when nobody of the county says so: the field merges no cases. */
export const absorbedBy = ({ payload, stamp }: EventOf<'case.supplemented'>): Absorbs =>
  stamp.actor.code === 'O' || stamp.actor.code === 'S' ? payload.absorbs : undefined;
