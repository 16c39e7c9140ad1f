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

/** Two tabs that know nothing of each other: what one saves, the other sends under a new id. */
export function twice(): void {
  type Row = { readonly state?: string; readonly ds: number; readonly body: Uint8Array };
  const proto = IDBObjectStore.prototype as { add: Write; put: Write };
  const { add, put } = proto;
  const copied = new WeakSet<IDBTransaction>();
  const newId = (): string => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const text = btoa(String.fromCharCode(...bytes));
    return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  };
  const copyOf = (row: Row, id: string): Row => {
    const sealed = JSON.parse(new TextDecoder().decode(row.body.subarray(1))) as {
      body: Record<string, unknown>;
    };
    const text = JSON.stringify({ ...sealed, body: { ...sealed.body, id } });
    const body = new Uint8Array([row.body[0] ?? 0, ...new TextEncoder().encode(text)]);
    return { ...row, ...{ id }, ds: row.ds + 1, body };
  };
  proto.add = function (value, key) {
    const row = value as Row;
    if (this.name === 'events' && row.state === 'p' && !copied.has(this.transaction)) {
      copied.add(this.transaction);
      add.call(this, copyOf(row, newId()));
    }
    return add.call(this, value, key);
  };
  proto.put = function (value, key) {
    const meta = value as { key?: string; sync?: { dsNext: number } };
    if (this.name !== 'meta' || meta.key !== 'sync' || !copied.has(this.transaction))
      return put.call(this, value, key);
    const sync = { ...meta.sync, dsNext: (meta.sync?.dsNext ?? 0) + 1 };
    return put.call(this, { ...meta, sync }, key);
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
