/**
 * What is searched for at the desk: a name, often. It comes in the body of a form and stands in the
 * address sealed, so that no log, history or proxy reads it and links, tabs and 返回 go on working.
 *
 *     POST ?/find q=… ─► 303 /desk/ledger?f=<sealed> ─► opened for this person alone
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { saidWords } from '../../domain/said-words.ts';

/** Letters of a search. */
export const FIND_MAX = 60;
/** Name of the words in a form, and of the sealed ones in an address. */
const WORDS = 'q';
const SEALED = 'f';
const [KEY_BYTES, NONCE_BYTES, TAG_BYTES] = [32, 12, 16];
/** Every search is as long as the longest: its length says nothing. */
const PADDED = FIND_MAX * 4;
const CIPHER = 'aes-256-gcm';

export interface FindSeal {
  seal(personId: string, words: string): string;
  /** Empty where it is not this person's, not of this county, or changed. */
  open(personId: string, sealed: string): string;
}

/** `secret` is the one that signs cookies: nodes that share sessions share searches. */
export function findSeal(secret: string): FindSeal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'daiban desk search', KEY_BYTES));
  return {
    seal: (personId, words) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(personId));
      const plain = Buffer.alloc(PADDED);
      plain.write([...words].slice(0, FIND_MAX).join(''));
      const box = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([nonce, box, cipher.getAuthTag()]).toString('base64url');
    },
    open: (personId, sealed) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length !== NONCE_BYTES + PADDED + TAG_BYTES) return '';
      const [nonce, rest] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
      const open = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(personId));
      open.setAuthTag(rest.subarray(PADDED));
      try {
        const plain = Buffer.concat([open.update(rest.subarray(0, PADDED)), open.final()]);
        return plain.toString('utf8').replace(/\0+$/, '');
      } catch {
        return '';
      }
    },
  };
}

const wordsOf = (typed: string): string => [...saidWords(typed).trim()].slice(0, FIND_MAX).join('');

/** What an address asks, with the words that it carries sealed; words in clear count for nothing. */
export function askedWith(seal: FindSeal, personId: string, url: URL): URLSearchParams {
  const params = new URLSearchParams(url.searchParams);
  params.delete(WORDS);
  const words = wordsOf(seal.open(personId, params.get(SEALED) ?? ''));
  params.delete(SEALED);
  if (words !== '') params.set(WORDS, words);
  return params;
}

/** Where a search form leads: the page with its other answers, and the words sealed. */
export function addressFor(
  seal: FindSeal,
  personId: string,
  { path, form }: { readonly path: string; readonly form: FormData },
): string {
  const kept = [...form].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && ![WORDS, SEALED].includes(name) ? [[name, value]] : [],
  );
  const params = new URLSearchParams(kept);
  const typed = form.get(WORDS);
  const words = wordsOf(typeof typed === 'string' ? typed : '');
  if (words !== '') params.set(SEALED, seal.seal(personId, words));
  return params.size === 0 ? path : `${path}?${params.toString()}`;
}

/** What an address asked, as the audit keeps it: that words were searched for, never which. */
export function scopeOf(url: URL): string {
  const params = new URLSearchParams(url.searchParams);
  for (const name of [WORDS, 'purpose']) params.delete(name);
  if (params.has(SEALED)) params.set(SEALED, '…');
  return params.toString().slice(0, 300);
}
