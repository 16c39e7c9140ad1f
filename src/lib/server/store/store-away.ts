/** Of PostgreSQL: locked for too long, cut off, shutting down or starting, full of sessions. */
const CODES = new Set(['55P03', '57014', '57P01', '57P02', '57P03', '25P03', '40001', '40P01']);
const MORE = new Set(['53300', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);
/** The driver's own words where no code is. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Said by those who only hear that something failed while they asked it. */
export class StoreAway extends Error {}

/** True when the database could not be asked right now: nothing was kept, later it may be. */
export function isStoreAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (CODES.has(code) || MORE.has(code) || code.startsWith('08')) return true;
  if (error instanceof StoreAway || WORDS.test(error.message)) return true;
  return error.cause !== undefined && isStoreAway(error.cause);
}
