import type { EventId, Instant } from '$lib/domain/values';

/** 128 random bits in unpadded base64url: an id made on the tablet. */
export function newEventId(): EventId {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '') as EventId;
}

/** This moment as the tablet's own clock claims it. */
export const nowInstant = (): Instant => new Date().toISOString() as Instant;
