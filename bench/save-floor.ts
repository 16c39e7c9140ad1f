/** The floor of a save: an intake and its list entry in one strict transaction, nothing else. */
import { browserClock } from '../src/lib/tablet/browser.ts';

const WORDS = '院边那个粪堆挨着水井，一下雨就往井里淌，味儿大，招苍蝇，孩子喝了闹肚子。';

/** An intake of usual size, about 1.5 KB of words. */
export const intake = (n: number) => ({
  head: { title: `邻居粪堆挨着水井 ${n}`, placeText: '三屯', summary: WORDS.repeat(4) },
  petitioners: [{ name: '周桂芹', phoneType: 'NONE', literacy: 'NONE', language: '汉语' }],
  receipt: { how: 'PAPER', queryCode: '482160375519' },
});
export const listEntry = (n: number) => ({
  matter: `邻居粪堆挨着水井 ${n}`,
  ...{ petitioner: '周桂芹', place: '三屯', status: 'TAKEN', words: WORDS },
});

export function rawPut(db: IDBDatabase, n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(['events', 'list'], 'readwrite', { durability: 'strict' });
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error('aborted'));
    tx.objectStore('events').put({ id: browserClock.eventId(), n, payload: intake(n) });
    tx.objectStore('list').put({ id: browserClock.caseId(), ...listEntry(n) });
  });
}

export const openRaw = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('raw', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('events', { keyPath: 'id' });
      request.result.createObjectStore('list', { keyPath: 'id' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('open'));
  });
