/**
 * What may stand in clear on a tablet with a vault: every field of every store of the browser, each
 * with the only form in which it may stand there. A field that is not named here is red; who adds one
 * says in docs/SECURITY.md (A tablet that is stolen) why it cannot be sealed.
 */

/** A value as a page can hand it over: bytes by their first one. */
export type Seen =
  string | number | boolean | null | { readonly first: number } | { readonly key: boolean };

/** One value, and where it stands: store and path, ids and numbers of lists left out. */
export interface Found {
  readonly at: string;
  readonly value: Seen;
}

type Allowed = (value: Seen) => boolean;

const text =
  (form: RegExp): Allowed =>
  (v) =>
    typeof v === 'string' && form.test(v);
const id = text(/^[\w-]{22}$/);
const whole: Allowed = (v) => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0;
const flag: Allowed = (v) => typeof v === 'boolean';
const none: Allowed = (v) => v === null;
/** Days since 1970: nothing finer is so small a number. */
const day: Allowed = (v) => whole(v) && (v as number) < 100_000;
/** Milliseconds at which a day begins. */
const startOfDay: Allowed = (v) => typeof v === 'number' && v % 86_400_000 === 0;
const either =
  (...forms: readonly Allowed[]): Allowed =>
  (v) =>
    forms.some((form) => form(v));
/** A body under the vault's key or in an envelope; 0x01 and 0x02 are plain. */
const sealed: Allowed = (v) =>
  typeof v === 'object' && v !== null && 'first' in v && [0x11, 0x12, 0x21].includes(v.first);
/** The same, printed. */
const printed: Allowed = (v) =>
  typeof v === 'string' &&
  /^[\w-]{40,}$/.test(v) &&
  sealed({ first: Buffer.from(v.slice(0, 4), 'base64url')[0] ?? 0 });
const box = text(/^[\w-]{22,400}$/);
const keyName = text(/^[\w-]{1,64}$/);
const position = either(whole, text(/^[\w-]{22}$/));
const lockedKey: Allowed = (v) => typeof v === 'object' && v !== null && 'key' in v && !v.key;
/** Paths of the installed app, of no case; `/previous` names the version before this one. */
const shell = text(
  /^\/(tablet|previous|_app\/[\w./-]+|[\w./-]+\.(svg|png|ico|css|html|webmanifest|json|wasm|js|woff2))$/,
);

const SLIP = {
  id,
  v: whole,
  'wraps.kind': text(/^(intake|recovery)$/),
  'wraps.keyId': keyName,
  'wraps.box': box,
  own: box,
  day,
  files: flag,
};

const SYNC = {
  dv: id,
  dsNext: whole,
  // A sequence of the device as `ds` is, and no more than that and the rows tell.
  numberNext: whole,
  epoch: text(/^[\w-]{0,22}$/),
  'cursor.epoch': id,
  'cursor.seq': whole,
  'cursor.tag': id,
  cursor: none,
  wit: either(none, position),
  wits: position,
  hist: position,
  safe: whole,
  head: whole,
  gen: whole,
  lastReceiptAt: text(/^$|T16:00:00\.000Z$/),
  heard: printed,
  fileHeard: printed,
  // Seconds between two clocks; the day on which they were compared stands beside it.
  clockOffsetSeconds: (v: Seen) => typeof v === 'number',
  minWriter: whole,
  dsLast: whole,
  'was.dv': id,
  'was.why': text(/^(EVICTED|CLONED|RESTORED)$/),
  'was.unsent': whole,
  'was.day': day,
};

const EVENT = {
  ...{ id, caseId: id, dv: text(/^([\w-]{22})?$/), ds: whole, state: text(/^[paqf]$/), seq: whole },
  ...{ epoch: text(/^([\w-]{22})?$/), tag: text(/^([\w-]{22})?$/), bytes: whole, day },
  ...{ body: sealed, note: either(none, sealed) },
};

const CASE = {
  ...{ id, rev: whole, factsRev: whole, left: whole, body: sealed, facts: either(none, sealed) },
  ...{ 'own.p': whole, 'own.a': whole, 'own.q': whole },
};

/** Names of the sealed values; `sync`, `deviceKey` and `tabletPass` are the ones that are not. */
const META_KEY = text(
  /^(sync|deviceKey|tabletPass|list|session|settings|receipts|signal|alarmRead|read|signedReceipts|seen|cardShown|movedIn|readSecret|said)$/,
);

const KDF = {
  ...{ kind: text(/^(argon2id|pbkdf2)$/), memoryKiB: whole, passes: whole, lanes: whole },
  rounds: whole,
};

const under = (prefix: string, fields: Readonly<Record<string, Allowed>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, form]) => [`${prefix}.${name}`, form]));

/** By store and path. */
export const CLEAR_LIST: Readonly<Record<string, Allowed>> = {
  ...under('vault/events', EVENT),
  ...under('vault/cases', CASE),
  ...under('vault/drafts', { id, caseId: id, rev: whole, bytes: whole, day, body: sealed }),
  ...under('vault/media', {
    ...{ id, caseId: id, state: text(/^[rdpaq]$/), bytes: whole, chunks: whole, day, body: sealed },
  }),
  ...under('vault/chunks', { mediaId: id, n: whole, body: sealed }),
  ...under('vault/slips', SLIP),
  ...under('vault/meta', {
    ...{
      key: META_KEY,
      body: sealed,
      gen: whole,
      'moved.gen': whole,
      'moved.ids': either(none, id),
    },
    ...under('sync', SYNC),
    ...{ 'deviceKey.dv': id, 'deviceKey.publicKey': box, 'deviceKey.keyId': keyName },
    ...{ 'deviceKey.privateKey': lockedKey, 'deviceKey.told': flag },
    // Opens nothing without the session and the vault's read secret; the county knows the device by it.
    pass: text(/^[\w.-]{22,200}$/),
  }),
  ...under('registry/vaults', {
    ...{ vaultId: id, database: text(/^daiban-[\w-]{22}$/), dv: id, sign: whole, ready: flag },
    ...{ countyKeys: keyName, 'tries.wrong': whole, contactAt: startOfDay, seenAt: startOfDay },
    // 0 but after the fifth wrong try, until one opens.
    'tries.lastAt': whole,
    // Only after five wrong quick digits, until its owner has opened and was told.
    'guessed.times': whole,
    'guessed.at': whole,
    ...{
      bar: either(none, text(/^(revoked|lost)$/)),
      day,
      movingFrom: either(none, text(/^daiban$/)),
    },
    ...{ told: keyName, spent: keyName },
    ...under('wraps', {
      ...{ kind: text(/^(card|pass|prf)$/), v: whole, cardId: keyName, credentialId: keyName },
      ...{ salt: box, box, ...under('kdf', KDF) },
    }),
  }),
  // Public, and the same on every tablet of the county.
  'registry/clear.countyKeys': (v) => v !== null,
  'registry/clear.canary': whole,
  'registry/clear.selfTest': none,
  'registry/clear.keysRefused': flag,
  'registry/clear.signOutOwed': either(none, flag),
  'registry/clear.joiningDv': either(none, id),
  'local/daiban.looks': text(/^\{"textSize":\d\d,"theme":"\w+","language":"[\w-]+"\}$/),
  'local/daiban.curtain': id,
  'local/daiban.rating-key': text(/^\{"keyId":"[\w-]+","publicKey":"[\w-]{80,100}"\}$/),
  'cookie/session_token': text(/^[\w.%-]{40,200}$/),
  'cookie/session_data': text(/^[\w.%-]+$/),
  // Of each person who signed in: a random word and a print under the county's secret.
  'cookie/known': text(/^[\w.~%-]+$/),
  'cookie/daiban_tablet': text(/^v1\.[\w-]{22}\.\d{1,7}$/),
  // The router's: when the page was begun, and how far each was scrolled; of what is typed nothing.
  'session/sveltekit:scroll': text(/^\{("\d+":\{"x":\d+,"y":\d+\},?)*\}$/),
  'session/sveltekit:snapshot': text(/^\{\}$/),
  'cache/name': text(/^(tablet[-_][\w.-]+|rescue)$/),
  'cache/path': shell,
};

/** What is not allowed, as `place = value`, each place once. */
export function unknownIn(found: readonly Found[]): string[] {
  const red = new Map<string, string>();
  for (const { at, value } of found) {
    if (CLEAR_LIST[at]?.(value)) continue;
    red.set(at, `${at} = ${JSON.stringify(value).slice(0, 80)}`);
  }
  return [...red.values()].sort();
}
