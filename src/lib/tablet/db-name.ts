/** Apart from db.ts, so that the service worker can open the store without Dexie. */
export const DATABASE = 'daiban';
/** Dexie's number; the native version is ten times this one. */
export const DATABASE_VERSION = 2;
/** Unsent rows: compound index of `events`, first its state (`p`), then the random case id. */
export const STATE_INDEX = '[state+caseId]';
