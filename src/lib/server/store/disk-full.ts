/** What a write that did not fit says, by SQLite, by PostgreSQL and by the file system. */
const SQLITE_FULL = 13;
const CODES = new Set(['ENOSPC', 'EDQUOT', '53100']);

/** True when the disk was full; also when a library has wrapped the error once. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_FULL) return true;
  if ('code' in error && CODES.has(String(error.code))) return true;
  return error.cause !== undefined && isDiskFull(error.cause);
}
