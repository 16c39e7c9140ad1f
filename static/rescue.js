/**
 * The page of last resort for what lies unsent in vaults: reads the sealed rows as they are and writes
 * the hand-in file (docs/PROTOCOL.md, Hand-in files). It stands alone, so that it works when nothing of
 * the app does; tests hold its files against the app's reader. No key, no word of a case is ever seen.
 */
const REGISTRY = 'daiban-vaults';
const PLAIN = 'daiban';
const VAULT = /^daiban-[\w-]{22}$/;
const ID = /^[\w-]{21}[AQgw]$/;
const COPY = 0x21;
const KIND = { head: 1, slip: 2, item: 3, frame: 4, signature: 5, fileSignature: 6, trailer: 9 };
const utf8 = new TextEncoder();

const join = (...parts) => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};
const u32 = (n) => new Uint8Array([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
const json = (value) => utf8.encode(JSON.stringify(value));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const idBytes = (id) =>
  Uint8Array.from(atob(id.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
const isCopy = (body) => body instanceof Uint8Array && body[0] === COPY;

/** A signer by the key of that device, which lies beside the rows; null without one. */
async function signerOf(db, dv) {
  try {
    const [row] = await rowsOf(db, 'meta', ({ key }) => key === 'deviceKey');
    const { privateKey } = row.deviceKey;
    if (row.deviceKey.dv !== dv) return null;
    const how = { name: 'ECDSA', hash: 'SHA-256' };
    return async (bytes) => new Uint8Array(await crypto.subtle.sign(how, privateKey, bytes));
  } catch {
    return null;
  }
}

/** The device's signature over bytes in their place as they leave; null: they go without. */
async function signed(sign, place, bytes) {
  try {
    return await sign(join(utf8.encode(place), await sha256(bytes)));
  } catch {
    return null;
  }
}

/** A database that is there; null where none is: nothing is ever made or upgraded. */
function openThere(name) {
  return new Promise((resolve) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.transaction.abort();
    request.onerror = () => resolve(null);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

/** Rows of a store that `take` wants, one after the other; an older store has none. */
function rowsOf(db, store, take) {
  return new Promise((resolve, reject) => {
    if (!db.objectStoreNames.contains(store)) return resolve([]);
    const rows = [];
    const request = db.transaction(store, 'readonly').objectStore(store).openCursor();
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve(rows);
      if (take(cursor.value)) rows.push(cursor.value);
      cursor.continue();
    };
  });
}

function chunkOf(db, id, n) {
  return new Promise((resolve, reject) => {
    const request = db.transaction('chunks', 'readonly').objectStore('chunks').get([id, n]);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result?.body ?? null);
  });
}

/** Names of the vaults' databases, by the registry and by what the browser lists. */
export async function vaultNames() {
  const names = new Set();
  const registry = await openThere(REGISTRY);
  if (registry) {
    for (const row of await rowsOf(registry, 'vaults', () => true)) names.add(row.database);
    registry.close();
  }
  const listed = indexedDB.databases ? await indexedDB.databases() : [];
  for (const { name } of listed) names.add(name);
  return [...names].filter((name) => VAULT.test(name));
}

/** How much of a database waits, sealed or not. */
export async function waitingIn(name) {
  const db = await openThere(name);
  if (!db) return { sealed: 0, plain: 0, files: 0 };
  const rows = await rowsOf(db, 'events', ({ state }) => state === 'p');
  const files = await rowsOf(db, 'media', ({ state, body }) => state === 'p' && isCopy(body));
  db.close();
  const sealed = rows.filter(({ body }) => isCopy(body)).length;
  return { sealed, plain: rows.length - sealed, files: files.length };
}

const byPlace = (a, b) => (a.dv < b.dv ? -1 : a.dv > b.dv ? 1 : a.ds - b.ds);

async function* records(db) {
  const rows = await rowsOf(
    db,
    'events',
    ({ state, body, dv, ds, id }) =>
      state === 'p' && isCopy(body) && ID.test(dv) && ID.test(id) && ds >= 1,
  );
  const files = await rowsOf(
    db,
    'media',
    ({ state, body, id, caseId, chunks }) =>
      state === 'p' && isCopy(body) && ID.test(id) && ID.test(caseId) && chunks > 0,
  );
  const [meta] = await rowsOf(db, 'meta', ({ key }) => key === 'sync');
  const dv = meta?.sync?.dv ?? rows[0]?.dv ?? '';
  rows.sort(byPlace);
  const frames = files.reduce((sum, { chunks }) => sum + chunks + 1, 0);
  const last = rows.at(-1)?.ds ?? 0;
  const made = { created: new Date().toISOString(), build: 'rescue' };
  const head = { v: 1, dv, dsFrom: 0, dsTo: last, items: rows.length, frames, ...made };
  yield [KIND.head, json(head)];
  // What only the vault itself could open stays here.
  for (const { v, id, wraps } of await rowsOf(db, 'slips', () => true))
    yield [KIND.slip, json({ v, id, wraps })];
  const sign = await signerOf(db, dv);
  for (const row of rows) {
    const place = join(idBytes(row.dv), u32(row.ds), idBytes(row.id));
    const told = `daiban-copy/1\n${dv}\n${row.ds}\n${row.id}\n`;
    const signature = sign && row.dv === dv ? await signed(sign, told, row.body) : null;
    if (signature) yield [KIND.signature, join(place, signature)];
    yield [KIND.item, join(place, row.body)];
  }
  for (const { id, caseId, chunks, body } of files) {
    const place = (n) => join(idBytes(id), u32(n), u32(chunks));
    const description = join(idBytes(caseId), body);
    const told = `daiban-file/1\n${dv}\n${id}\n`;
    const signature = sign ? await signed(sign, told, description) : null;
    if (signature) yield [KIND.fileSignature, join(idBytes(id), signature)];
    yield [KIND.frame, join(place(chunks), description)];
    for (let n = 0; n < chunks; n++) {
      const chunk = await chunkOf(db, id, n);
      if (isCopy(chunk)) yield [KIND.frame, join(place(n), chunk)];
    }
  }
}

async function written(kind, body) {
  const head = join(new Uint8Array([kind]), u32(body.length));
  const sum = await sha256(join(head, body));
  return { bytes: join(utf8.encode('REC1'), head, sum, body), sum };
}

/** The hand-in file of one database; null where nothing sealed waits. */
export async function rescueFile(name) {
  const { sealed, files } = await waitingIn(name);
  if (sealed + files === 0) return null;
  const db = await openThere(name);
  const type = 'application/vnd.daiban.psb';
  let blob = new Blob([new Uint8Array([0x89, 0x44, 0x42, 0x50, 0x53, 0x42, 0x0d, 0x0a])], { type });
  let sum = new Uint8Array(32);
  let count = 0;
  for await (const [kind, body] of records(db)) {
    const one = await written(kind, body);
    sum = await sha256(join(sum, one.sum));
    count += 1;
    blob = new Blob([blob, one.bytes], { type });
  }
  db.close();
  const end = await written(KIND.trailer, join(sum, u32(count)));
  return new Blob([blob, end.bytes], { type });
}

const WORDS = {
  looking: '正在看这台平板上还有没有没报出去的……',
  none: '这台平板的柜子里没有没报出去的东西。',
  vault: (n, items, files) => `第 ${n} 个柜子：没报出去的 ${items} 条，照片录音 ${files} 个`,
  go: '存成应急包',
  done: '存好了。把这个文件交给县局，或者拷到别的平板上报。平板上的原样还在，没动。',
  failed: '没存成。平板上的原样还在，没动。换个地方再存一次，或者连同平板一起送县局。',
  plain: (n) =>
    `还有 ${n} 条没有上过锁，不能这样拿出来。它们还在平板上：别清浏览器的数据，别卸载，打开“代办”联网自己会报；打不开就把平板送县局。`,
  broken: '看不了这台平板的存储。别清浏览器的数据，把平板送县局。',
};

const say = (parent, tag, text) => {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
};

function give(blob, n) {
  const link = document.createElement('a');
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  link.href = URL.createObjectURL(blob);
  link.download = `${day}-rescue-${n}.psb`;
  link.click();
}

async function offer(place, name, n) {
  const { sealed, files } = await waitingIn(name);
  if (sealed + files === 0) return 0;
  const card = say(place, 'section', '');
  say(card, 'p', WORDS.vault(n, sealed, files));
  const button = say(card, 'button', WORDS.go);
  const told = say(card, 'p', '');
  told.setAttribute('role', 'status');
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      give(await rescueFile(name), n);
      told.textContent = WORDS.done;
    } catch {
      told.textContent = WORDS.failed;
    }
    button.disabled = false;
  });
  return sealed + files;
}

/** Fills the page. */
export async function show(place) {
  const status = say(place, 'p', WORDS.looking);
  try {
    const names = await vaultNames();
    let found = 0;
    for (const [at, name] of names.entries()) found += await offer(place, name, at + 1);
    status.textContent = found === 0 ? WORDS.none : '';
    let plain = 0;
    for (const name of [PLAIN, ...names]) plain += (await waitingIn(name)).plain;
    if (plain > 0) say(place, 'p', WORDS.plain(plain));
  } catch {
    status.textContent = WORDS.broken;
  }
}

if (typeof document !== 'undefined') {
  const place = document.getElementById('vaults');
  if (place) void show(place);
}
