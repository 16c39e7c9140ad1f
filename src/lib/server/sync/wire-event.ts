/** Reads one event of a push: its body and hash, or why it cannot join the log as it is. */
import type { EventBody } from '../../domain/case-event.ts';
import type { CaseId, EventId, Instant, Sha256 } from '../../domain/values.ts';
import { fitsCase, fitsSalt } from '../../protocol/bound-ids.ts';
import { depthAtMost, isCleanText, isFiniteJson } from '../../protocol/canonical.ts';
import { eventHashSync, toHex, type DigestSync } from '../../protocol/hash.ts';
import type { ExchangeRequest, RejectionCode, WireEvent } from '../../protocol/sync.ts';
import { EVENT_BYTES_MAX } from '../../protocol/version.ts';

export interface ReadEvent {
  readonly wire: WireEvent;
  readonly id: EventId;
  readonly caseId: CaseId;
  readonly salt: string;
  readonly h: Sha256;
  /** False where `h` is only of the raw bytes: the tablet has another. */
  readonly hashed: boolean;
  readonly body: EventBody<string>;
  /** JSON text as it came, for the dead letter. */
  readonly raw: string;
  /** Set when nothing about the case needs to be asked: it is kept aside for this. */
  readonly fault: RejectionCode | null;
  /** An id that another case, or another salt, has for its own: it must not lie here under it. */
  readonly foreign: boolean;
}

const RANDOM_128 = /^[\w-]{22}$/;
const TYPE = /^[a-z_]{1,40}\.[a-z_]{1,40}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const utf8 = new TextEncoder();

/** JSON text without recursion: depth of somebody else's making must not end our stack. */
export function flatJson(value: unknown): string {
  if (depthAtMost(value)) return JSON.stringify(value) ?? 'null';
  const out: string[] = [];
  const open: (string | { readonly value: unknown })[] = [{ value }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') {
      out.push(next);
      continue;
    }
    const { value: one } = next;
    if (typeof one !== 'object' || one === null) {
      out.push(JSON.stringify(one) ?? 'null');
      continue;
    }
    const list = Array.isArray(one);
    open.push(list ? ']' : '}');
    const members = Object.entries(one);
    for (let index = members.length - 1; index >= 0; index--) {
      const [key, member] = members[index] ?? ['', null];
      open.push({ value: member });
      open.push(`${index > 0 ? ',' : ''}${list ? '' : `${JSON.stringify(key)}:`}`);
    }
    out.push(list ? '[' : '{');
  }
  return out.join('');
}

/** No database keeps a NUL or half a letter in text; what has one is no id of ours anyway. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** Reads event `index` of the request. A faulty one still has an id and a hash of its bytes. */
export function readEvent(
  digest: DigestSync,
  request: Pick<ExchangeRequest, 'cases'>,
  wire: WireEvent,
): ReadEvent {
  const named = request.cases[wire.c];
  const id = storable(wire.id) as EventId;
  const caseId = storable(named?.id ?? '') as CaseId;
  const salt = storable(named?.salt ?? '');
  const occurredAt = wire.at as Instant;
  const body: EventBody<string> = {
    id,
    caseId,
    type: wire.t,
    v: wire.v,
    occurredAt,
    payload: wire.p,
  };
  const { ds, t, v, at, p } = wire;
  const flat = depthAtMost(wire.p);
  const unhashable = !flat || !isFiniteJson(wire.p);
  const whole = { ds, id: wire.id, t, v, at, p };
  const raw = flat ? JSON.stringify(whole) : flatJson(whole);
  const malformed =
    unhashable ||
    !RANDOM_128.test(id) ||
    !RANDOM_128.test(caseId) ||
    !RANDOM_128.test(salt) ||
    !TYPE.test(wire.t) ||
    !INSTANT.test(wire.at) ||
    Number.isNaN(Date.parse(wire.at)) ||
    !isCleanText(wire.p);
  // No code unit takes more than three bytes.
  const tooLarge = raw.length * 3 > EVENT_BYTES_MAX && utf8.encode(raw).length > EVENT_BYTES_MAX;
  const h = unhashable
    ? (toHex(digest(utf8.encode(raw))) as Sha256)
    : eventHashSync(digest, salt, body);
  const foreign = !fitsSalt(caseId, salt) || !fitsCase(id, caseId);
  const fault = malformed || foreign ? 'MALFORMED' : tooLarge ? 'TOO_LARGE' : null;
  return { wire, id, caseId, salt, h, hashed: !unhashable, body, raw, fault, foreign };
}
