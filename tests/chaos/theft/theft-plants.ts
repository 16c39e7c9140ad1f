/** Broken tablets for `--plant`, put into the page from outside; nothing of this is the product. */

/** Somebody meant well: what is typed into a line is kept beside, for the next time. */
export function nameInClear(): void {
  addEventListener(
    'input',
    ({ target }) => {
      if (target instanceof HTMLInputElement && target.type !== 'password')
        localStorage.setItem('typed', `${localStorage.getItem('typed') ?? ''} ${target.value}`);
    },
    { capture: true },
  );
}

/** The cipher of the page does nothing: rows look sealed and are not. */
export function noCipher(): void {
  const TAG_BYTES = 16;
  SubtleCrypto.prototype.encrypt = async (_how, _key, data) => {
    const view = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    const out = new Uint8Array(view.length + TAG_BYTES);
    out.set(view);
    return out.buffer;
  };
}

/** A wrong try is counted when there is time for it. */
export function lateCount(): void {
  type Put = (this: IDBObjectStore, value: unknown, key?: IDBValidKey) => IDBRequest;
  const proto = IDBObjectStore.prototype as { put: Put };
  const { put } = proto;
  proto.put = function (value, key) {
    const { tries } = value as { readonly tries?: { readonly wrong: number } };
    if (this.name !== 'vaults' || (tries?.wrong ?? 0) === 0) return put.call(this, value, key);
    const { db } = this.transaction;
    setTimeout(() => {
      put.call(db.transaction('vaults', 'readwrite').objectStore('vaults'), value, key);
    }, 5_000);
    return this.count();
  };
}
