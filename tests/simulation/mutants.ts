/**
 * The bugs that can be planted, as data. A patch changes the text of one file of the product while
 * it is loaded (plant.ts); what has no patch is played by the harness (flawed-tablet, sim-county).
 * Nothing of this is in what ships.
 */
import { patch, type Mutant } from './mutant.ts';
import { OF_SEALED, TAUGHT_SEALED } from './mutants-sealed.ts';

const PUSH = 'server/sync/push.ts';
const WIRE = 'server/sync/wire-event.ts';
const HISTORY = 'server/sync/history.ts';
const CLIENT = 'tablet/exchange-client.ts';
const FEED = 'tablet/exchange-feed.ts';

const BLIND = patch(HISTORY, 'const { cursor, wit, wits, hist } = request;', 'return null;');
const ANY_EPOCH = patch(
  CLIENT,
  'if (movedOn(reply, sync)) return unknowing(flight, sync) ? rewind(view, inputs) : null;',
  '',
);
const PARTED = { domain: 0, restore: 1 };
const SILENT = { ...PARTED, silentRestore: 1 };

/** The 28 of the reference model. */
const REFERENCE: readonly Mutant[] = [
  { name: 'naiveSeq', what: 'positions are given out before their commit can be seen' },
  { name: 'ackEarly', what: 'the answer leaves before the commit', profile: { crash: 0.1 } },
  {
    name: 'noDedup',
    what: 'an id that is here is taken again',
    patches: [
      patch(PUSH, 'const before = bench.known.get(id);', 'const before = undefined as never;'),
      patch(
        'ports/county-store-memory.ts',
        'putNew(s.byId, [row.id, row], undo);',
        'put(s.byId, [row.id, row], undo);',
      ),
    ],
  },
  {
    name: 'noGap',
    what: 'a hole in the places of a device is not seen',
    patches: [patch(PUSH, 'if (wire.ds > bench.lastDs + 1) {', 'if (wire.ds < 0) {')],
    profile: SILENT,
  },
  {
    name: 'noAlias',
    what: 'a known id under a new place leaves the place empty',
    patches: [
      patch(
        PUSH,
        'if (wire.ds === bench.lastDs + 1 && !bench.taken.has(wire.ds))',
        'if (wire.ds < 0)',
      ),
    ],
    profile: { domain: 0, clone: 1, dropReply: 0.4 },
  },
  {
    name: 'dedupDS',
    what: 'the place of the device counts as the name of the event',
    patches: [
      patch(
        PUSH,
        "results.push({ s: 'forked', id });\n      break;",
        'const last = bench.ledger.head();\n' +
          "results.push({ s: 'dup', id, seq: last.seq, tag: last.tag, at: '' });\n" +
          'links.push({ id, h });\n      continue;',
      ),
    ],
    profile: { domain: 0, clone: 1 },
  },
  {
    name: 'noHash',
    what: 'the same id with other words is called the same',
    patches: [patch(PUSH, 'if (before.h !== event.h) return differing(bench, tx, event);', '')],
  },
  {
    name: 'poisonBlocks',
    what: 'one bad event blocks its request',
    profile: { bad: 0.2, domain: 0 },
  },
  {
    name: 'noEpoch',
    what: 'nobody looks at histories',
    patches: [BLIND, ANY_EPOCH],
    profile: PARTED,
  },
  {
    name: 'noTag',
    what: 'only the name of the history is compared',
    patches: [patch(HISTORY, 'if (must.every(holds)) return null;', 'return null;')],
    profile: SILENT,
  },
  {
    name: 'noWitness',
    what: 'only the cursor is a witness',
    patches: [
      patch(HISTORY, 'const must: Witness[] = [...wits];', 'const must: Witness[] = [];'),
      patch(HISTORY, 'if (wit !== null) must.push(wit);', ''),
    ],
    profile: SILENT,
  },
  {
    name: 'oneWitness',
    what: 'only the highest acknowledged position is a witness',
    patches: [patch(HISTORY, 'const must: Witness[] = [...wits];', 'const must: Witness[] = [];')],
    profile: SILENT,
    tolerated: true,
  },
  {
    name: 'ignoreScope',
    what: 'a change of rights moves no case',
    patches: [
      patch(
        'server/sync/visibility.ts',
        'const sameGrants = viewer?.grantsPrint === grantsPrint;',
        'const sameGrants = viewer !== null;',
      ),
    ],
    profile: { domain: 0, areas: 1, grants: 1 },
  },
  { name: 'tsCursor', what: 'the cursor is a time' },
  { name: 'relaxed', what: 'a save returns before it is on the disk', profile: { power: 0.1 } },
  { name: 'twoTx', what: 'place and event are written in two steps', profile: { power: 0.1 } },
  { name: 'mutableEvent', what: 'a saved event is changed in place', profile: { domain: 0 } },
  { name: 'retryNewId', what: 'what is sent again gets a new id' },
  { name: 'deleteOnSend', what: 'what was sent is deleted' },
  { name: 'dropOnTimeout', what: 'what got no answer is deleted' },
  {
    name: 'ackBatch',
    what: 'any answer acknowledges the whole batch',
    profile: { bad: 0.2, domain: 0 },
  },
  { name: 'dropRejected', what: 'a refused event is deleted', profile: { bad: 0.2, domain: 0 } },
  { name: 'trust200', what: 'anything with status 200 is an answer', profile: { html: 0.3 } },
  {
    name: 'purgeOnAck',
    what: 'a row counts as safe with its ack',
    patches: [
      patch(
        CLIENT,
        "if (r.state !== 'a' || r.epoch !== epoch || r.seq > safe) continue;",
        "if (r.state !== 'a' || r.seq < 0 * safe || epoch === '-') continue;",
      ),
    ],
  },
  { name: 'cursorFirst', what: 'the cursor is written before its rows', profile: { power: 0.1 } },
  {
    name: 'noGuard',
    what: 'a page is taken whatever the cursor is by now',
    patches: [
      patch(
        CLIENT,
        'if (sameCursor(sync.cursor, flight.request.cursor) && sameCursor(sync.cursor, reply.feed.from))',
        'if (sameCursor(null, null))',
      ),
    ],
    profile: { domain: 0, tabs: 3, slow: 0.4, moves: 1, seals: 1, dropReply: 0, html: 0 },
  },
  { name: 'noLock', what: 'two exchanges of a tablet at once', tolerated: true },
  {
    name: 'reuseDev',
    what: 'a lost tablet comes back under its old device id',
    tolerated: true,
    profile: { evict: 1 },
  },
];

/** Ten of our own. */
const OWN: readonly Mutant[] = [
  {
    name: 'ignoreLeave',
    what: 'a case that left stays readable',
    patches: [
      patch(
        FEED,
        "for (const r of plan.rowsOf(caseId)) if (r.state === 'f') plan.remove(r);\n  plan.touch(caseId, { left: 1 });",
        'plan.touch(caseId, { left: 1 });',
      ),
    ],
  },
  {
    name: 'enterWithoutSalt',
    what: 'a case that came over has a wrong salt',
    patches: [
      patch(
        'server/sync/feed.ts',
        "return { k: 'enter', seq, caseId, salt: record.salt, events };",
        "return { k: 'enter', seq, caseId, salt: '', events };",
      ),
    ],
    profile: { domain: 0, moves: 1 },
  },
  {
    name: 'forkKeepsNumbers',
    what: 'a new device goes on with the old numbers',
    patches: [
      patch(
        CLIENT,
        'plan.put({ ...r, dv: spareDv, ds: i + 1 })',
        'plan.put({ ...r, dv: spareDv, ds: r.ds + i * 0 })',
      ),
    ],
    profile: { clone: 1 },
  },
  {
    name: 'rewindKeepsCopies',
    what: 'copies of a lost history stay',
    patches: [
      patch(
        CLIENT,
        "if (r.state !== 'f' || r.dv !== '') continue;\n    plan.remove(r);",
        "if (r.state !== 'f' || r.dv !== '') continue;",
      ),
    ],
    profile: { domain: 0, restore: 1, moves: 1, office: 1 },
  },
  {
    name: 'safeWithoutCheck',
    what: 'safe rises with no copy behind it',
    profile: { domain: 0 },
  },
  {
    name: 'mediaAckEarly',
    what: 'the first chunk counts as the whole photo',
    profile: { domain: 0, media: 1, chunkLost: 0.4 },
  },
  {
    name: 'headNotWitnessed',
    what: 'what the feed rested on is not looked at again',
    patches: [
      patch(
        CLIENT,
        'if (headTag === undefined || head <= (plan.sync.wit?.[0] ?? 0)) return;',
        'return;',
      ),
    ],
    profile: { ...SILENT, moves: 3, seals: 1, office: 1, dropReply: 0.3 },
  },
  {
    name: 'checksumIgnored',
    what: 'a damaged message is read as it came',
    patches: [
      patch(
        'protocol/frame.ts',
        "if ((await sumOf(digest, json)) !== sum) return fail('CHECKSUM');",
        '',
      ),
    ],
    profile: { domain: 0, flip: 0.1, frames: 1, parse: 1 },
  },
  {
    name: 'foldOutOfOrder',
    what: 'a case is folded by the time of its events, not by the county’s positions',
    patches: [
      patch(
        'domain/evolve.ts',
        'const place = (e: E) => e.stamp.seq ?? Number.POSITIVE_INFINITY;',
        'const place = (e: E) => Date.parse((e as unknown as { occurredAt: string }).occurredAt);',
      ),
    ],
    profile: { domain: 1 },
  },
  {
    name: 'forgedActor',
    what: 'the author is whom the body names',
    profile: { domain: 0, forge: 0.3 },
  },
];

export const MUTANTS: readonly Mutant[] = [...REFERENCE, ...OWN, ...OF_SEALED];

/** What the simulation once found in the product: each mends turned back must be seen again. */
export const TAUGHT: readonly Mutant[] = [
  ...TAUGHT_SEALED,
  {
    name: 'firstHasTheIds',
    what: 'an id that was read in clear is his who is first with it',
    patches: [
      patch(WIRE, 'const fault = malformed || foreign ?', 'const fault = malformed ?'),
      patch(PUSH, 'return event.foreign || salt !== event.salt;', 'return false;'),
    ],
    profile: { domain: 0, squat: 0.3 },
  },
  {
    name: 'refusedHasTheId',
    what: 'what is refused lies aside under the id that it came under',
    patches: [patch(PUSH, 'if (isForeign(bench.ledger, event)) return foreign(bench, event);', '')],
    profile: { domain: 0, squat: 0.3 },
  },
  {
    name: 'forkSeesPart',
    what: 'a fork told by the county’s count renumbers only what was in sight, for good',
    patches: [
      patch(CLIENT, '    outrun(reply, sync) ||\n', ''),
      patch(CLIENT, 'if (late.length > 0) {', 'if (late.length > 1e9) {'),
    ],
    profile: { domain: 0, clone: 1, tabs: 1 },
  },
  {
    name: 'earlierDeviceBlocks',
    what: 'a refused event of an earlier device, offered again, keeps its old place',
    patches: [patch(CLIENT, 'if (late.length > 0) {', 'if (late.length > 1e9) {')],
    profile: { domain: 0, clone: 1, tabs: 1, bad: 0.3, again: 0.3 },
  },
  {
    name: 'goesBeforeItsLastRow',
    what: 'a case goes although an adopted row of it was out of sight',
    patches: [patch(CLIENT, 'purge || adopts ||', 'purge ||')],
    profile: { domain: 1, adopt: 3, moves: 3, grants: 1, lateBackup: 0, restore: 0 },
  },
  {
    name: 'leftForEver',
    what: 'a case that left in the lost history never comes back',
    patches: [
      patch(CLIENT, 'for (const caseId of view.left) plan.touch(caseId, { left: 0 });', ''),
    ],
    profile: { domain: 0, restore: 1, moves: 1 },
  },
  {
    name: 'copiesBelowBaseStay',
    what: 'old copies that an enter of the lost history brought stay',
    patches: [
      patch(
        CLIENT,
        "if (r.state !== 'f' || r.dv !== '') continue;",
        "if (r.state !== 'f' || r.dv !== '' || r.seq <= base) continue;",
      ),
    ],
    profile: { domain: 0, restore: 1, moves: 1 },
  },
  {
    name: 'neverHisStays',
    what: 'late work in a case that was never his makes nothing leave',
    patches: [
      patch(
        'server/sync/visibility.ts',
        'if (reason !== null && (open !== undefined || unasked)) {',
        'if (reason !== null && open !== undefined && !(unasked && false)) {',
      ),
    ],
    profile: { domain: 0, moves: 1, restore: 1 },
  },
  {
    name: 'adoptedStays',
    what: 'an adopted event of a case that was never his stays on his tablet',
    patches: [
      patch(
        'server/sync/record.ts',
        'const shut = had.length > 0 ? null :',
        'const shut = had.length >= 0 ? null :',
      ),
    ],
    profile: { domain: 1, restore: 1, evict: 2, adopt: 3, moves: 1, grants: 1 },
  },
  {
    name: 'refusedOnlyOnce',
    what: 'a county put back forgot what it had refused, and nobody tells it again',
    patches: [
      patch(CLIENT, 'if (newDay(reply, sync)) offerRefused(plan, view, inputs.blind);', ''),
    ],
    profile: {
      ...{ domain: 0, restore: 1, silentRestore: 1, image: 1, bad: 0.5, lateBackup: 0, squat: 0 },
    },
  },
];
