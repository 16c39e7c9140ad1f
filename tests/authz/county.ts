/** Builds the small county of `cast.ts` in a data folder, through the product's own drivers. */
import { seedWaitingKey } from './keys.ts';
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import { EXAMPLES } from '../../src/lib/domain/testing/story.ts';
import { intakeNow } from '../../src/lib/domain/forms/intake-forms.ts';
import { headFrom, type TakingContext } from '../../src/lib/domain/forms/taking.ts';
import type { AreaCode, CaseId, Instant, LocalDate, Sha256 } from '../../src/lib/domain/values.ts';
import { createAccount, type NewGrant } from '../../src/lib/server/auth/accounts.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import { readEnv } from '../../src/lib/server/env.ts';
import { openRoom, type Room } from '../../src/lib/server/room.ts';
import { papersOf } from '../../src/lib/server/desk/papers.ts';
import { recordAtCounty, type NewRecord } from '../../src/lib/server/sync/record.ts';
import { CASES, marksOf, PASSPHRASE, PEOPLE, type CaseFacts, type Person } from './cast.ts';

const ALL_ROLES = ['A', 'T', 'O1', 'O2', 'O3', 'O4', 'O5', 'D', 'D2', 'L', 'X', 'ADMIN'];
const TIMES = {
  active: ['2026-01-01T00:00:00Z', undefined],
  revoked: ['2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z'],
  expired: ['2026-01-01T00:00:00Z', new Date(Date.now() - 1_000).toISOString()],
  'not-yet': ['2099-01-01T00:00:00Z', undefined],
} as const;

function grantsOf({ role, state, area, unit, listed }: Person): NewGrant[] {
  const [from, to] = TIMES[state];
  const roles = role === 'all' ? ALL_ROLES : [role];
  return roles.map((one) => ({
    role: one,
    ...(area === null ? {} : { areaCode: area }),
    ...(unit === null ? {} : { unitId: unit }),
    sealedList: listed,
    from: from as Instant,
    ...(to === undefined ? {} : { to: to as Instant }),
  }));
}

/** Who is there, and the cases between them. */
export interface Cast {
  readonly people: readonly Person[];
  readonly cases: readonly CaseFacts[];
}
const WHOLE: Cast = { people: PEOPLE, cases: CASES };

const idOf = (user: string): string => `p-${user}`;
const personOf = ({ people }: Cast, user: string) => people.find((one) => one.user === user);
const refOf = (cast: Cast, user: string) => ({
  ...{ personId: idOf(user), name: personOf(cast, user)?.name ?? user },
});
const actorOf = (cast: Cast, user: string, code: string): Actor =>
  ({ code, ...refOf(cast, user) }) as Actor;

/** Whom it is about as the agent taps and types it; no unit of a list, nothing but her words. */
const SAID: Readonly<Record<CaseFacts['accused'], readonly [type: string, name: string]>> = {
  none: ['UNKNOWN', ''],
  UNKNOWN: ['UNKNOWN', ''],
  VILLAGE: ['VILLAGE', '村里某干部'],
  TOWNSHIP: ['TOWNSHIP', '乡里管事的'],
  COUNTY: ['UNIT', '县水利局的人'],
};

/** The head of the case as the form of the village makes it from answers. */
function headOf(cast: Cast, one: CaseFacts): object {
  const [type, name] = one.accusedName === '' ? SAID[one.accused] : ['PERSON', one.accusedName];
  const answers = {
    ...{ respondentType: type, respondentName: one.writtenAs || name, areaCode: one.area },
    ...(one.byNotice ? {} : { sensitive: one.identityToUnit ? ['unit'] : [] }),
    ...(one.guarded ? { kind: '检举控告' } : {}),
  };
  return headFrom(answers, {
    agent: { ...refOf(cast, one.agent), areaCode: one.area as AreaCode } as TakingContext['agent'],
    ...{ today: '2026-06-08' as LocalDate, noticeVersion: 'A4-1', queryCode: '' },
    ...{ startedAt: '2026-06-08T01:00:00Z' as Instant, attachments: [], urgentReported: false },
  });
}

/** What 登记 makes of the registrar's answer. */
const answered = (respondent: object | undefined): object => ({
  ...respondent,
  ...{ type: 'UNIT', level: 'COUNTY', unitId: 'SWJ', about: 'UNIT' },
});

const example = (type: keyof typeof EXAMPLES, rest: object = {}): NewRecord => ({
  type,
  payload: { ...EXAMPLES[type], ...rest },
});

/** The events of one case in the order and by the hands that make its facts true. */
function storyOf(
  cast: Cast,
  one: CaseFacts,
  { sha, bytes }: { readonly sha: Sha256; readonly bytes: number },
): [Actor, NewRecord[]][] {
  const marks = marksOf(one);
  const taker = one.former ?? one.agent;
  const agent = actorOf(cast, taker, personOf(cast, taker)?.role === 'T' ? 'T' : 'A');
  const office = actorOf(cast, 'registrar', 'O');
  const said = headOf(cast, one) as { identityToUnit?: boolean; respondent?: object };
  const kind = one.guarded ? '检举控告' : '申诉求决';
  const head = { ...EXAMPLES['case.submitted'].head, title: marks.words, kind };
  const taken = EXAMPLES['case.taken'];
  const person = { ...taken.petitioners?.[0], name: marks.petitioner, idNo: marks.idNo };
  const code = String(480_000_000_000 + cast.cases.indexOf(one));
  const field: NewRecord[] = [
    example('case.drafted', {
      ...{ areaCode: one.area, temporaryNo: undefined },
      form: { id: intakeNow.id, version: intakeNow.version },
    }),
    example('dictation.recorded', { verbatim: marks.words, speaker: undefined }),
    example('consent.recorded', { identityToUnit: said.identityToUnit }),
    example('case.taken', {
      head: { ...taken.head, ...said },
      petitioners: [person],
      receipt: { how: 'PAPER', queryCode: code },
    }),
    example('attachment.added', { sha256: sha, bytes, class: 'P3' }),
    example('case.submitted', { head }),
  ];
  const county: NewRecord[] = [
    { type: 'attachment.received', payload: { sha256: sha, bytes } },
    example('case.registered', {
      ...{ areaCode: one.area, caseNo: `DL2302782026${code.slice(-5)}`, kind },
      ...(one.answered ? { respondent: answered(said.respondent) } : {}),
    }),
    example('followup.recorded', { result: marks.followup }),
    // Its paper asks for who took it, and where.
    example('delivery.recorded', { to: marks.petitioner, place: `${marks.petitioner}家里` }),
  ];
  if (one.unit !== null)
    county.push(example('case.transferred', { unitId: one.unit, coUnits: one.coUnits }));
  if (one.leader !== null)
    county.push(example('leader.assigned', { leader: refOf(cast, one.leader) }));
  if (one.concern === true) county.push(example('urgent.reported', { level: 'MAJOR' }));
  if (one.former !== null) {
    const to = { ...refOf(cast, one.agent), areaCode: one.area };
    county.push(example('case.handed_over', { from: refOf(cast, one.former), to }));
  }
  if (one.recused) {
    for (const { user } of cast.people)
      county.push(example('agent.recused', { agent: refOf(cast, user), note: undefined }));
  }
  if (one.sealed) county.push(example('case.sealed'));
  const parts: [Actor, NewRecord[]][] = [
    [agent, field],
    [office, county],
  ];
  if (one.closed) {
    const unit = { ...actorOf(cast, 'clerk', 'D'), unitId: 'SWJ' } as Actor;
    parts.push([unit, [example('case.accepted'), example('opinion.issued')]]);
    parts.push([office, [example('delivery.recorded'), example('case.closed')]]);
  }
  return parts;
}

/** A picture of its own per case, so that every address of media belongs to one case. */
const pictureOf = (n: number): Promise<Buffer> =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: { r: n, g: 9, b: 99 } } })
    .jpeg()
    .toBuffer();

async function seedCases(
  container: Container,
  cast: Cast,
): Promise<Pick<Seeded, 'pictures' | 'papers' | 'first'>> {
  const pictures = new Map<string, Sha256>();
  const papers = new Map<string, readonly string[]>();
  const first: string[] = [];
  for (const [n, one] of cast.cases.entries()) {
    const picture = await pictureOf(n + 1);
    const sha = createHash('sha256').update(picture).digest('hex') as Sha256;
    await container.media.put({ sha, bytes: picture.length }, 0, picture);
    pictures.set(one.name, sha);
    const caseId = marksOf(one).caseId as CaseId;
    const salt = `salt-${one.name}`.padEnd(22, '_').slice(0, 22);
    for (const [actor, events] of storyOf(cast, one, { sha, bytes: picture.length })) {
      const done = await recordAtCounty(container.sync, {
        ...{ actor, caseId, salt, events, follow: false },
      });
      if (!done.ok) throw new Error(`${one.name}: ${String(done.error)}`);
      papers.set(one.name, papersOf(done.value.file));
      first.push(done.value.rows[0]?.id ?? '');
    }
  }
  return { pictures, papers, first };
}

export interface Seeded {
  /** The picture of each case, by the case's name. */
  readonly pictures: ReadonlyMap<string, Sha256>;
  /** Ids of events that are in the log. */
  readonly first: readonly string[];
  /** Kinds of papers that each case has grounds for. */
  readonly papers: ReadonlyMap<string, readonly string[]>;
  /** Facts of the folded cases that a forged event must not move. */
  readonly events: number;
}

async function seedPeople(room: Room, cast: Cast, asIf: Person | null): Promise<void> {
  for (const person of cast.people) {
    await createAccount(
      room.accounts,
      {
        personId: idOf(person.user),
        userName: person.user,
        name: person.name,
        passphrase: PASSPHRASE,
        grants: grantsOf(asIf ?? person),
      },
      'authz',
    );
  }
}

/**
 * Fills an empty folder; nothing of it is open afterwards. With `asIf` everybody has the rights of
 * that person: a county whose check of rights is broken.
 */
export async function seedCounty(
  dataDir: string,
  { asIf = null, cast = WHOLE }: { readonly asIf?: Person | null; readonly cast?: Cast } = {},
): Promise<Seeded> {
  const env = readEnv({ DATA_DIR: dataDir, DAIBAN_DEMO: '1', ENROLMENT_CODES: '0' });
  if (!env.ok) throw new Error(env.error.join());
  const container = await openContainer(env.value);
  try {
    await seedPeople(await openRoom(container), cast, asIf);
    await seedWaitingKey(container);
    const seeded = await seedCases(container, cast);
    const head = await container.store.transact(container.county, (tx) => tx.head());
    return { ...seeded, events: head.seq };
  } finally {
    await container.close();
  }
}
