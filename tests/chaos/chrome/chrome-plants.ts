/** Broken browsers for `--plant`, put into the page from outside; nothing of this is the product. */

/** What the app asks for as strict is written without waiting for the disk. */
export function relaxed(): void {
  type Open = IDBDatabase['transaction'];
  const proto = IDBDatabase.prototype as { transaction: Open };
  const { transaction } = proto;
  proto.transaction = function (this: IDBDatabase, stores, mode) {
    return transaction.call(this, stores, mode, { durability: 'relaxed' });
  };
}

type Write = (this: IDBObjectStore, value: unknown, key?: IDBValidKey) => IDBRequest;

/** A cache in front of the disk: the save is answered, its events are written a second later. */
export function writeBehind(): void {
  const proto = IDBObjectStore.prototype as { add: Write };
  const { add } = proto;
  proto.add = function (value, key) {
    if (this.name !== 'events') return add.call(this, value, key);
    const { db } = this.transaction;
    setTimeout(() => {
      add.call(db.transaction('events', 'readwrite').objectStore('events'), value, key);
    }, 1_000);
    return this.count();
  };
}

/**
 * Two tabs that know nothing of each other: what one saved, the other saves once more under a new id,
 * with everything that makes it an event of its own (place in the sequence, hash).
 */
export function twice(): void {
  type Row = {
    readonly state?: string;
    readonly caseId: string;
    readonly body: Uint8Array<ArrayBuffer>;
  };
  type Meta = { readonly sync: { readonly dsNext: number } };
  const proto = IDBObjectStore.prototype as { add: Write; put: Write };
  const { add, put } = proto;
  const copied = new WeakSet<IDBTransaction>();
  const text = new TextEncoder();
  const opened = <T>({ body }: Pick<Row, 'body'>): T =>
    JSON.parse(new TextDecoder().decode(body.subarray(1))) as T;
  const inOrder = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inOrder);
    if (typeof value !== 'object' || value === null) return value;
    const pairs = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(pairs.map(([key, of]) => [key, inOrder(of)]));
  };
  const asked = <T>(request: IDBRequest): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result as T);
      request.onerror = () => reject(request.error ?? new Error('request'));
    });
  const newId = (): string => {
    const random = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
    return random.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  };
  const onceMore = async (db: IDBDatabase, row: Row): Promise<void> => {
    const record = await asked<Row>(db.transaction('cases').objectStore('cases').get(row.caseId));
    const { salt } = opened<{ salt: string }>(record);
    const sealed = opened<{ body: Record<string, unknown> }>(row);
    const body = { ...sealed.body, id: newId() } as Record<string, unknown>;
    const { id, caseId, type, v, occurredAt, payload } = body;
    const covered = inOrder({ salt, id, caseId, type, v, occurredAt, payload });
    const sum = await crypto.subtle.digest('SHA-256', text.encode(JSON.stringify(covered)));
    const h = [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const words = text.encode(JSON.stringify({ ...sealed, body, h }));
    const tx = db.transaction(['events', 'meta'], 'readwrite');
    const meta = await asked<Meta>(tx.objectStore('meta').get('sync'));
    const ds = meta.sync.dsNext;
    const copy = { ...row, id, ds, body: new Uint8Array([row.body[0] ?? 0, ...words]) };
    add.call(tx.objectStore('events'), copy);
    put.call(tx.objectStore('meta'), { ...meta, sync: { ...meta.sync, dsNext: ds + 1 } });
  };
  proto.add = function (value, key) {
    const row = value as Row;
    const { transaction } = this;
    if (this.name === 'events' && row.state === 'p' && !copied.has(transaction)) {
      copied.add(transaction);
      const { db } = transaction;
      transaction.addEventListener('complete', () => void onceMore(db, row));
    }
    return add.call(this, value, key);
  };
}

/**
 * No plant: the minute for which a window waits for a silent one passes in a second. Somebody keeps
 * touching the screen meanwhile, so that the lock's own minutes do not pass with it.
 */
export function fastClock(): void {
  const TIMES = 60;
  const BEAT_MS = 10_000;
  const TOUCH_MS = 500;
  const now = performance.now.bind(performance);
  performance.now = () => now() * TIMES;
  const real = globalThis.setInterval;
  const fast = (call: () => void, ms: number): number =>
    real(call, ms === BEAT_MS ? ms / TIMES : ms) as unknown as number;
  globalThis.setInterval = fast as unknown as typeof setInterval;
  real(() => document.dispatchEvent(new Event('pointerdown', { bubbles: true })), TOUCH_MS);
}
