/** Bugs of what keyed vaults do, in the histories from `SEALED_FROM` on. */
import { patch, type Mutant } from './mutant.ts';

const CLIENT = 'tablet/exchange-client.ts';
const PARTED = { domain: 0, restore: 1 };
const SILENT = { ...PARTED, silentRestore: 1 };
const SETTLE = 'tablet/settle-sealed.ts';
const DRAIN = 'tablet/exchange-sealed.ts';
const INTAKE = 'server/sync/sealed-intake.ts';
const PROOF = 'server/sync/sealed-proof.ts';
const AGAIN = 'server/sync/sealed-again.ts';
const RESEAL = 'tablet/vault/reseal.ts';

/** Bugs of sealed work. */
export const OF_SEALED: readonly Mutant[] = [
  {
    name: 'heldCountsAsSent',
    what: 'what the county holds unopened counts as sent',
    sealed: true,
    patches: [
      patch(
        DRAIN,
        "    result.s === 'stored' || result.s === 'dup'\n      ? [{ dv, ds, id, seq: result.seq, tag: result.tag }]",
        "    result.s !== 'conflict'\n      ? [{ dv, ds, id, seq: 1, tag: '', ...result } as never]",
      ),
    ],
    profile: { lacks: 1, drains: 0.8 },
  },
  {
    name: 'sealedCountsAsSafe',
    what: 'what came sealed counts as backed up',
    sealed: true,
    patches: [patch(SETTLE, "state: 'a', seq, tag, epoch }", "state: 'f', seq, tag, epoch }")],
    profile: { drains: 0.8 },
  },
  {
    name: 'settledUnseen',
    what: 'what came sealed is no witness of its history',
    sealed: true,
    patches: [patch(SETTLE, 'safe, wits: [...sync.wits, top] }', 'safe }')],
    profile: { ...SILENT, drains: 0.8, lateBackup: 1 },
  },
  {
    name: 'ackOfAnotherHistory',
    what: 'an ack file of a lost history settles rows',
    sealed: true,
    patches: [
      patch(
        SETTLE,
        "if (epoch === '' || (sync.epoch !== '' && sync.epoch !== epoch)) return null;",
        "if (epoch === '') return null;",
      ),
      patch(SETTLE, '...sync, epoch, safe', '...sync, safe'),
    ],
    tolerated: true,
    profile: { restore: 1, silentRestore: 0, acks: 1, files: 1 },
  },
  {
    name: 'carrierIsAuthor',
    what: 'carried work counts as the carrier’s',
    sealed: true,
    patches: [
      patch(INTAKE, '...{ asker: owner, request,', '...{ asker: scene.carrier as S, request,'),
    ],
  },
  {
    name: 'heldForEver',
    what: 'what is held is never tried again',
    sealed: true,
    patches: [
      patch(
        AGAIN,
        'const held = rows.flatMap(readHeld);',
        'const held: Held[] = rows.slice(rows.length) as never;',
      ),
      patch(DRAIN, 'held?.note(answer, deps.now());', "held?.note(answer, '');"),
      patch(DRAIN, 'const day = now.slice(0, 10);', "const day = now.slice(0, 0) + 'x';"),
    ],
    profile: { lacks: 1, forgets: 1, drains: 0.8 },
  },
  {
    name: 'unsignedCounts',
    what: 'sealed work counts without the signature of its tablet',
    sealed: true,
    patches: [patch(PROOF, "return isOlder ? 'unsigned' : 'wanted';", "return 'unsigned';")],
  },
  {
    name: 'lowPlaceCounts',
    what: 'a number of long ago stands in for the signature',
    sealed: true,
    patches: [
      patch(
        PROOF,
        '(of.holder === undefined || of.holder === row.id)',
        "(of.holder ?? '') !== row.dv",
      ),
    ],
  },
  {
    name: 'rewindLeavesVaultRows',
    what: 'what a rewind makes unsent stays under the vault’s own key',
    sealed: true,
    patches: [patch(RESEAL, "dv !== '' &&", "dv === '-' &&")],
    profile: { ...PARTED, reseals: 0.6 },
  },
  {
    name: 'slipDroppedInUse',
    what: 'a slip goes with its age, whatever lies under it',
    sealed: true,
    patches: [
      patch(RESEAL, '.filter((id) => !used.has(id));', '.filter((id) => used.size >= 0 || id);'),
    ],
    profile: { reseals: 0.6, lateBackup: 1 },
  },
];

/** What these histories found in the product. */
export const TAUGHT_SEALED: readonly Mutant[] = [
  {
    name: 'settledHidesTheOld',
    what: 'an answer to sealed work takes the place of the only witness of a lost history',
    sealed: true,
    patches: [
      patch(
        SETTLE,
        'safe, wits: [...sync.wits, top] }',
        'safe, wit: !sync.wit || top[0] > sync.wit[0] ? top : sync.wit, wits: [...sync.wits, top] }',
      ),
    ],
    profile: { ...SILENT, drains: 0.8, locks: 0.2, files: 1 },
  },
  {
    name: 'leftBehind',
    what: 'a tablet without a cursor never hears that the county has another history',
    sealed: true,
    patches: [
      patch(
        CLIENT,
        'return unknowing(flight, sync) ? rewind(view, inputs) : null;',
        'return null;',
      ),
    ],
    profile: { ...PARTED, silentRestore: 0, drains: 0.8, acks: 1 },
  },
];
