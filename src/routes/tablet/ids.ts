import type { Instant } from '$lib/domain/values';

export { newEventId } from '$lib/tablet/browser';

/** This moment as the tablet's own clock claims it. */
export const nowInstant = (): Instant => new Date().toISOString() as Instant;
