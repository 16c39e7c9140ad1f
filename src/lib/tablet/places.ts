/**
 * Where each sealed body of the tablet lies. A body opens only in its own place, so no two kinds of
 * bodies may share one, and what moves between rows has to keep it.
 */
import type { Place } from './vault/body.ts';

const once = (store: Place['store'], id: string): Place => ({ store, id, version: 1 });

export const eventPlace = (id: string): Place => once('events', id);
/** `note` of an event row: what the county answered. */
export const notePlace = (id: string): Place => once('notes', id);
export const casePlace = (id: string): Place => once('cases', id);
/** List entry of a case; not by revision, because an entry is kept over revisions. */
export const factsPlace = (caseId: string): Place => once('facts', caseId);
/** By revision: an older text of a draft does not open in the place of a newer one. */
export const draftPlace = (id: string, rev: number): Place => ({
  ...{ store: 'drafts', id, version: rev },
});
export const metaPlace = (key: string): Place => once('meta', key);
/** Description of a captured file. */
export const mediaPlace = (id: string): Place => once('media', id);
export const chunkPlace = (mediaId: string, n: number): Place => once('chunks', `${mediaId}/${n}`);
