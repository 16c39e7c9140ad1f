/**
 * Sealed cases at rest. Their words stand in the database under data keys that only the county's
 * sealing key opens; this holds the opened ones in memory, for who may look, the fold and the clocks.
 *
 *     SEALING_KEY_FILE ─► data keys of `sealed_key` ─┬─► boxes are opened in every answer (a plugin)
 *                                                    └─► rows of sealed cases are written as boxes
 *
 * Without the file nothing stops: new sealed cases lie under a fresh key that is wrapped to the
 * public halves that are known, older ones stay shut (`isShut`) until it is back.
 */
import { stat } from 'node:fs/promises';
import type { Kysely, KyselyPlugin } from 'kysely';
import { codeOf, newSealingRing, readRing, type KeyRing } from '../intake-keys/key-ring.ts';
import type { Recipient } from '../../protocol/sealed.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import type { CountyTables } from '../store/tables.ts';
import { ALTERED, isBox, keyOfBox, openText, type DataKey } from './box.ts';
import {
  inForce,
  isOwnKey,
  makeKey,
  readKeys,
  unwrapWith,
  wrapMore,
  type WrapFor,
  type WrappedKey,
} from './data-keys.ts';

type Db = Kysely<CountyTables>;

export interface AtRestOf {
  /** The database itself, without the plugin. */
  readonly db: Db;
  readonly county: string;
  /** SEALING_KEY_FILE. */
  readonly file: string;
  /** Recovery keys in force. */
  recovery(): Promise<readonly Recipient[]>;
  /** UTC instant. */
  now(): string;
  /** Whether this process makes keys: the server does, commands only read. */
  readonly makes: boolean;
  /** Other processes make keys too. */
  readonly shared: boolean;
}

export interface AtRest {
  /** Opens the boxes in the answers of a database that has it. */
  readonly plugin: KyselyPlugin;
  /** The key for new rows; null where there is no key at all: then they stand in clear. */
  key(): DataKey | null;
  /** A data key by its id; null while it is shut. */
  keyNamed(id: string): DataKey | null;
  /** Whether something lies under keys that do not open here: SEALING_KEY_FILE is away. */
  isShut(): boolean;
  /** Looks at the file again; true when something opened. */
  look(): Promise<boolean>;
  /** Hears of cases whose rows were in clear before and were rewritten. */
  rewrote(cases: readonly string[]): void;
  /** Cases of `rewrote` since the last call. */
  takeRewritten(): readonly string[];
}

const COLUMNS = ['body', 'file', 'raw'] as const;
/** Stands for a box that its own key does not open: no hash and no fold fits it, and `verify` says so. */
const SPOILT = { body: 'null', file: ALTERED, raw: 'null' } as const;
/** Between looks at the file, or at other processes' keys, that an answer asks for. */
const LOOK_EVERY_MS = 5_000;
type Row = Record<string, unknown>;

/** Each key once, by its name. */
const once = (all: readonly WrapFor[]): readonly WrapFor[] => [
  ...new Map(all.map((one) => [one.keyId, one])).values(),
];

/** Changes whenever the file is another one; '' where there is none. */
async function printOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}

class Keys {
  readonly #of: AtRestOf;
  readonly open = new Map<string, DataKey>();
  wrapped: readonly WrappedKey[] = [];
  current: DataKey | null = null;
  #print = '';
  #ring: KeyRing | null = null;
  /** Made by this process: without the file it has no mark. */
  #made: DataKey | null = null;
  #lookedAt = -Infinity;
  #looking: Promise<boolean> | null = null;

  constructor(of: AtRestOf) {
    this.#of = of;
  }

  async #readRing(): Promise<void> {
    const { file, now, makes } = this.#of;
    try {
      this.#ring = await readRing(file);
    } catch (error) {
      this.#ring = null;
      // A ring that cannot be read is never replaced, nor one made beside what it alone opens.
      const isAway = codeOf(error) === 'ENOENT';
      const isNew = isAway && this.wrapped.length === 0;
      if (isNew && makes) this.#ring = await newSealingRing(file, now()).catch(said);
      else if (!isAway) said(error);
    }
    this.#print = await printOf(file);
  }

  async #openAll(): Promise<number> {
    let opened = 0;
    for (const key of this.wrapped) {
      if (this.open.has(key.id) || this.#ring === null) continue;
      const found = await unwrapWith(this.#ring, key);
      if (found === null) continue;
      this.open.set(key.id, found);
      opened += 1;
    }
    return opened;
  }

  /** Whom every key is wrapped to: sealing keys of the file, recovery keys under the county's hand. */
  async #recipients(): Promise<readonly WrapFor[]> {
    const recovery = (await this.#of.recovery()).map(({ keyId, publicKey }): WrapFor => {
      return { kind: 'recovery', keyId, publicKey: toBase64Url(publicKey) };
    });
    return once([...(this.#ring ? inForce(this.#ring) : []), ...recovery]);
  }

  /**
   * Without the file also the public halves that the last key names: the county opens them when it
   * is back. Only for keys that are made now, for the database alone says so.
   */
  #known(): readonly WrapFor[] {
    const known = this.#ring === null ? (this.wrapped.at(-1)?.wraps ?? []) : [];
    return known
      .filter(({ kind }) => kind === 'sealing')
      .map(({ kind, keyId, publicKey }) => ({ kind, keyId, publicKey }));
  }

  async begin(): Promise<void> {
    const { db, county } = this.#of;
    // A backup of before these keys has no table of them.
    const older = () => Promise.resolve([]);
    this.wrapped = await (this.#of.makes
      ? readKeys(db, county)
      : readKeys(db, county).catch(older));
    await this.#readRing();
    await this.#openAll();
    if (this.#of.makes) await this.renew();
    else this.#choose();
  }

  #isOwn(key: WrappedKey): boolean {
    const opened = this.open.get(key.id);
    return opened !== undefined && (opened === this.#made || isOwnKey(this.#ring, key, opened));
  }

  /** The newest that is open and that the county made for the newest sealing key, if that is here. */
  #choose(): void {
    const newest = this.#ring?.keys[0]?.keyId ?? '';
    const open = this.wrapped.filter(({ id }) => this.open.has(id));
    const fit = open.filter(
      (key) => !this.#of.makes || (key.madeFor === newest && this.#isOwn(key)),
    );
    this.current = this.open.get(fit.at(-1)?.id ?? '') ?? null;
  }

  /** Wraps what lacks one, and makes a key where none fits. */
  async renew(): Promise<void> {
    const { db, county, now } = this.#of;
    const to = await this.#recipients();
    const all: WrappedKey[] = [];
    for (const key of this.wrapped) {
      const opened = this.open.get(key.id);
      all.push(opened ? await wrapMore(db, { county, key, to }, opened) : key);
    }
    this.wrapped = all;
    this.#choose();
    const forNew = once([...to, ...this.#known()]);
    if (this.current !== null || forNew.length === 0) return;
    const madeFor = this.#ring?.keys[0]?.keyId ?? '';
    const n = (this.wrapped.at(-1)?.n ?? 0) + 1;
    const ring = this.#ring;
    const made = await makeKey(db, { county, n, madeFor, to: forNew, ring, at: now() });
    this.wrapped = await readKeys(db, county);
    await this.#openAll();
    if (made !== null) this.open.set(made.id, (this.#made = made));
    this.#choose();
    this.current ??= made;
  }

  isShut(): boolean {
    return this.wrapped.some(({ id }) => !this.open.has(id));
  }

  /** Reads again what may have changed; only the public lists where `rows` is false. */
  async #again(rows: boolean): Promise<boolean> {
    const { db, county, file } = this.#of;
    if (rows) this.wrapped = await readKeys(db, county);
    if (this.#ring === null || (await printOf(file)) !== this.#print) await this.#readRing();
    const opened = await this.#openAll();
    // The file was rotated, or a recovery key came into force.
    if (rows && this.#of.makes) await this.renew();
    else if (opened > 0 && this.current === null) this.#choose();
    return opened > 0;
  }

  look(rows: boolean): Promise<boolean> {
    this.#looking ??= this.#again(rows).finally(() => (this.#looking = null));
    return this.#looking;
  }

  /** Before an answer stays shut: not at every row. */
  async lookFor(id: string): Promise<DataKey | null> {
    const now = performance.now();
    if (!this.open.has(id) && now - this.#lookedAt >= LOOK_EVERY_MS) {
      this.#lookedAt = now;
      // On SQLite the one connection may be in use by the very question that waits for this.
      await this.look(this.#of.shared).catch(said);
    }
    return this.open.get(id) ?? null;
  }
}

function said(error: unknown): null {
  console.error('sealed cases: the keys cannot be read', error);
  return null;
}

/** Opens what it can in place: rows of an answer are nobody else's. */
async function openRows(keys: Keys, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const caseId = row['case_id'];
    if (typeof caseId !== 'string') continue;
    for (const column of COLUMNS) {
      const box = row[column];
      if (typeof box !== 'string' || !isBox(box)) continue;
      const id = keyOfBox(box);
      const key = keys.open.get(id) ?? (await keys.lookFor(id));
      if (key !== null) row[column] = openText(key, { column, caseId }, box) ?? SPOILT[column];
    }
  }
}

/** Reads the keys of a county; with `makes` there is one to write with from here on. */
export async function openAtRest(of: AtRestOf): Promise<AtRest> {
  const keys = new Keys(of);
  await keys.begin();
  const rewritten = new Set<string>();
  return {
    plugin: {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        await openRows(keys, result.rows);
        return result;
      },
    },
    key: () => keys.current,
    keyNamed: (id) => keys.open.get(id) ?? null,
    isShut: () => keys.isShut(),
    look: () => keys.look(true),
    rewrote: (cases) => {
      for (const one of cases) rewritten.add(one);
    },
    takeRewritten: () => {
      const taken = [...rewritten];
      rewritten.clear();
      return taken;
    },
  };
}
