/**
 * A client of PS/1 in plain JavaScript, written from docs/PROTOCOL.md and docs/EVENTS.md alone:
 * signs in, enrols, keeps rows, exchanges in version 1, and does what the page says of each answer.
 * It shares nothing with the product.
 *
 * @typedef {{ ds: number, id: string, caseId: string, type: string, v: number, at: string,
 *   payload: unknown, acked: { seq: number, epoch: string } | null, refused: string | null }} Row
 * @typedef {readonly [seq: number, tag: string]} Place
 */
import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const MEDIA_TYPE = 'application/vnd.daiban.ps1';
const ROUNDS_MAX = 40;
/** 128 random bits. */
export const newId = () => randomBytes(16).toString('base64url');
/** The four letters in front of an id that is bound. */
const OWN = 'own1';
const letters = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('base64url');
/** @param {string} salt */
export const caseOf = (salt) => OWN + letters(sha256(`daiban-case-id/1\n${salt}`).subarray(0, 13));
/** @param {string} caseId */
export function eventIn(caseId) {
  const chance = OWN + letters(randomBytes(3));
  const number = randomBytes(2);
  number[0] = (number[0] ?? 0) & 0x7f;
  const tail = sha256(`daiban-event-id/1\n${caseId}\n${chance}`).subarray(0, 8);
  return chance + letters(Buffer.concat([tail, number]));
}
/** @param {string | Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

/** RFC 8785 of what JSON has. @param {unknown} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join()}}`;
}

/** @param {string} id @param {unknown} json */
function frame(id, json) {
  const text = JSON.stringify(json);
  return `PS1 ${id} ${sha256(text).toString('hex').slice(0, 32)}\n${text}`;
}

/** The JSON of an answer to `id`; anything else throws. @param {string} id @param {string} text */
function unframe(id, text) {
  const end = text.indexOf('\n');
  const [magic, echo, sum] = text.slice(0, end).split(' ');
  const json = text.slice(end + 1);
  if (magic !== 'PS1' || echo !== id) throw new Error('not the county');
  if (sha256(json).toString('hex').slice(0, 32) !== sum) throw new Error('cut');
  return JSON.parse(json);
}

export class PlainClient {
  #origin;
  #cookie = '';
  dv = newId();
  /** @type {Row[]} */
  rows = [];
  /** @type {Map<string, string>} */
  salts = new Map();
  /** Events of others and of the county, by case. @type {Map<string, any[]>} */
  cases = new Map();
  #dsNext = 1;
  /** @type {{ epoch: string, seq: number, tag: string } | null} */
  #cursor = null;
  /** @type {Place | null} */
  #wit = null;
  #hist = /** @type {Place[]} */ ([]);
  epoch = '';
  /** What the answers were, one after the other. @type {string[]} */
  heard = [];

  /** @param {string} origin */
  constructor(origin) {
    this.#origin = origin;
  }

  /** @param {string} path @param {RequestInit} init */
  #ask(path, init) {
    const headers = { ...init.headers, origin: this.#origin, cookie: this.#cookie };
    return fetch(`${this.#origin}${path}`, {
      method: 'POST',
      redirect: 'manual',
      ...init,
      headers,
    });
  }

  /** @param {string} path @param {unknown} json */
  async #post(path, json) {
    const headers = { 'content-type': 'application/json', 'x-daiban': '0.1.0' };
    const answer = await this.#ask(path, { headers, body: JSON.stringify(json) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** @param {string} username @param {string} password */
  async signIn(username, password) {
    const answer = await this.#post('/api/auth/sign-in/username', { username, password });
    this.#cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
  }

  async enrol() {
    const answer = await this.#post('/api/sync/enrol', { dv: this.dv, build: '0.1.0' });
    return await answer.json();
  }

  /** A case of its own, of which nothing is kept yet. */
  newCase() {
    const salt = newId();
    this.salts.set(caseOf(salt), salt);
    return caseOf(salt);
  }

  /** Keeps an event; a case that is not there begins. @param {string} caseId @param {string} type @param {unknown} payload */
  keep(caseId, type, payload) {
    if (!this.salts.has(caseId)) this.salts.set(caseId, newId());
    const row = {
      ds: this.#dsNext++,
      id: eventIn(caseId),
      caseId,
      type,
      v: 1,
      at: new Date().toISOString(),
    };
    this.rows.push({ ...row, payload, acked: null, refused: null });
  }

  get unsent() {
    return this.rows.filter(({ acked, refused }) => acked === null && refused === null);
  }

  /** @param {Row} row */
  #hash({ id, caseId, type, v, at: occurredAt, payload }) {
    const salt = this.salts.get(caseId);
    return sha256(canonical({ salt, id, caseId, type, v, occurredAt, payload })).toString('hex');
  }

  /** Exchanges until nothing is left to send or to fetch. */
  async sync() {
    for (let round = 0; round < ROUNDS_MAX; round++) if (!(await this.#exchange())) return;
    throw new Error('it never came to rest');
  }

  async #exchange() {
    const rows = this.unsent.sort((a, b) => a.ds - b.ds);
    const ids = [...new Set(rows.map(({ caseId }) => caseId))];
    const request = {
      ...{ proto: 1, build: '0.1.0', schema: 1, dv: this.dv, dsHi: this.#dsNext - 1 },
      ...{ now: new Date().toISOString(), cursor: this.#cursor, wit: this.#wit, wits: [] },
      ...{ hist: this.#hist, media: [], feedBytesMax: 1_000_000 },
      cases: ids.map((id) => ({ id, salt: this.salts.get(id) })),
      events: rows.map(({ ds, id, caseId, type: t, v, at, payload: p }) => ({
        ...{ c: ids.indexOf(caseId), ds, id, t, v, at, p },
      })),
    };
    const id = newId();
    const headers = { 'content-type': MEDIA_TYPE, 'content-encoding': 'gzip', 'x-daiban': '0.1.0' };
    const body = gzipSync(frame(id, request));
    const answer = await this.#ask('/api/sync/exchange', { headers, body });
    if (answer.status !== 200 || answer.headers.get('content-type') !== MEDIA_TYPE)
      throw new Error(`no answer: ${answer.status} ${await answer.text()}`);
    const reply = unframe(id, await answer.text());
    this.heard.push(reply.kind);
    return reply.kind === 'epoch' ? this.#rewind(reply) : this.#take(reply);
  }

  /** Histories parted: all own rows above `base` are offered again. @param {any} reply */
  #rewind({ epoch, base }) {
    this.epoch = epoch;
    this.#cursor = this.#wit = null;
    this.#hist = [];
    this.cases.clear();
    for (const row of this.rows) if ((row.acked?.seq ?? Infinity) > base) row.acked = null;
    return true;
  }

  /** @param {any} reply */
  #take(reply) {
    const { results, feed, epoch } = reply;
    const byId = new Map(this.rows.map((row) => [row.id, row]));
    /** @param {{ s: string, id: string }} r */
    const isAck = ({ s }) => s === 'stored' || s === 'dup';
    const acks = results.filter(isAck).map((/** @type {any} */ r) => byId.get(r.id));
    const lines = acks.map((/** @type {Row} */ row) => `${row.id} ${this.#hash(row)}\n`).join('');
    const receipt = sha256(lines).subarray(0, 16).toString('base64url');
    if (receipt !== reply.receipt) throw new Error('the receipt is not over our hashes');
    this.epoch = epoch;
    for (const r of results) {
      this.heard.push(r.s);
      const row = byId.get(r.id);
      if (r.s === 'gap')
        for (const one of this.rows.filter(({ ds }) => ds >= r.need)) one.acked = null;
      else if (r.s === 'forked') throw new Error('another tablet has this device');
      else if (!isAck(r) && row) row.refused = r.code ?? r.s;
      else if (row) row.acked = { seq: r.seq, epoch };
    }
    for (const row of feed.rows) this.#feed(row);
    this.#cursor = feed.cursor;
    if (this.#wit) this.#hist = [...this.#hist, this.#wit].slice(-12);
    this.#wit = [reply.head, reply.headTag];
    return feed.more || results.some((/** @type {any} */ r) => r.s === 'gap');
  }

  /** @param {any} row */
  #feed({ k, event, salt, caseId, events }) {
    if (k === 'leave') this.cases.delete(caseId);
    if (k === 'enter') this.cases.set(caseId, events);
    if (k === 'event')
      this.cases.set(event.caseId, [...(this.cases.get(event.caseId) ?? []), event]);
    if (salt !== undefined) this.salts.set(caseId ?? event.caseId, salt);
  }
}
