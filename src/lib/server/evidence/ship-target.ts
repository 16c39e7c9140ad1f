/** Where the audit is shipped to: a file on another disk or machine, or a collector of logs. */
import path from 'node:path';

/** `AUDIT_SHIP` as it was understood. */
export type ShipTarget =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'http'; readonly url: string };

/** What to write there. */
export const SHIP_HELP =
  'AUDIT_SHIP must be file:/absolute/path/audit.jsonl or https://host/path ' +
  '(http:// only for this machine itself).';

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Null when it is neither an absolute file nor an address. */
export function shipTarget(text: string): ShipTarget | null {
  if (text.startsWith('file:')) {
    const file = text.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
    return path.isAbsolute(file) ? { kind: 'file', file } : null;
  }
  if (!URL.canParse(text)) return null;
  const { protocol, hostname } = new URL(text);
  const safe = protocol === 'https:' || (protocol === 'http:' && LOCAL.has(hostname));
  return safe ? { kind: 'http', url: text } : null;
}
