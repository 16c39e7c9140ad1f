import { describe, expect, it } from 'vitest';
import type { CaseFile } from './case-file.ts';
import { maskIdNo, maskName, maskPhone } from './masking.ts';
import {
  actorUnder,
  can,
  grantFor,
  grantsPrint,
  isOutsideGrant,
  ROLES,
  sightOf,
  whyNot,
  type Action,
  type Grant,
  type Role,
  type Subject,
} from './permissions.ts';
import { at, eventId, otherVillage, person, village } from './testing/ids.ts';
import {
  ACCEPTED,
  CLOSED,
  fileOf,
  REGISTERED,
  TAKEN,
  TRANSFERRED,
  type Line,
} from './testing/story.ts';

const now = at('2026-07-01T00:00:00Z');
const township = '230278200000';
const county = '230278000000';

/** One person per role over the sample village; ids differ unless said. */
function who(role: Role, rest: Partial<Grant> & { id?: string; name?: string } = {}): Subject {
  const { id, name, ...grant } = rest;
  const area: Partial<Record<Role, string>> = { A: village, T: township };
  const unitId = role === 'D' || role === 'D2' ? 'SWJ' : null;
  return {
    personId: person(id ?? (role === 'A' ? 'A01' : `p-${role}`)),
    name: name ?? `${role}某`,
    grants: [
      {
        role,
        areaCode: (area[role] ?? county) as never,
        unitId: unitId as never,
        from: at('2026-01-01T00:00:00Z'),
        to: null,
        sealedList: role === 'O3',
        ...grant,
      },
    ],
  };
}
const may = (subject: Subject, action: Action, file: CaseFile | null) =>
  can(subject, action, { object: file && sightOf(file), now });
const why = (subject: Subject, action: Action, file: CaseFile) =>
  whyNot(subject, action, { object: sightOf(file), now });

const open = fileOf(...TRANSFERRED);
const sealed = fileOf(...REGISTERED, ['case.sealed', {}, { by: 'O' }]);

/** Written by hand: who sees an open case that the unit SWJ handles, a sealed one, and does what. */
const TABLE: Readonly<Record<Role, readonly [open: boolean, sealed: boolean, acts: string]>> = {
  A: [true, false, 'visit.recorded'],
  T: [true, false, 'case.handed_over'],
  O1: [true, false, 'case.registered'],
  O2: [true, false, 'case.closed'],
  O3: [false, true, 'case.diverted'],
  O4: [true, false, 'supervision.issued'],
  O5: [true, false, 'urgent.stood_down'],
  D: [true, false, 'case.accepted'],
  D2: [true, false, 'extension.approved'],
  L: [false, false, 'leader.instructed'],
  X: [true, false, ''],
  ADMIN: [false, false, ''],
};

describe('who sees what', () => {
  it.each(ROLES)('[PM1] %s against the table written by hand', (role) => {
    const [seesOpen, seesSealed] = TABLE[role];
    expect(may(who(role), 'case.view', open), 'open').toBe(seesOpen);
    expect(may(who(role), 'case.view', sealed), 'sealed').toBe(seesSealed);
  });

  it('[PM1] an agent sees his own case, no other agent of the same village does', () => {
    expect(may(who('A', { id: 'A02' }), 'case.view', open)).toBe(false);
    const moved = fileOf(...TRANSFERRED, ['case.handed_over', {}, { by: 'T' }]);
    expect(may(who('A', { id: 'A02' }), 'case.view', moved)).toBe(true);
    expect(may(who('A'), 'case.view', moved)).toBe(false);
  });

  it('[PM1] scope: another township, another unit, another county see nothing', () => {
    expect(may(who('T', { areaCode: '230278201000' as never }), 'case.view', open)).toBe(false);
    expect(may(who('D', { unitId: 'JTJ' as never }), 'case.view', open)).toBe(false);
    expect(may(who('O2', { areaCode: '230229000000' as never }), 'case.view', open)).toBe(false);
    const retracted = fileOf(...TRANSFERRED, ['objection.raised'], ['objection.upheld']);
    expect(may(who('D'), 'case.view', retracted)).toBe(false);
    const asUnit: Line = [
      'case.transferred',
      { unitId: '230278101000' as never, coUnits: undefined },
    ];
    const handled = fileOf(...REGISTERED, asUnit);
    expect(may(who('T', { areaCode: '230278101000' as never }), 'case.view', handled)).toBe(true);
  });

  it('[PM2] a grant counts from its first instant until before its last', () => {
    const ended = who('O2', { to: now });
    expect(may(ended, 'case.view', open)).toBe(false);
    expect(why(ended, 'case.view', open)).toBe('NO_GRANT');
    expect(may(who('O2', { to: at('2026-07-01T00:00:01Z') }), 'case.view', open)).toBe(true);
    expect(may(who('O2', { from: at('2026-07-01T00:00:01Z') }), 'case.view', open)).toBe(false);
    expect(grantsPrint(ended, now)).not.toBe(grantsPrint(who('O2'), now));
  });

  it('[PM3] sealed: only the sealed list of the office', () => {
    expect(why(who('A'), 'case.view', sealed)).toBe('SEALED');
    expect(may(who('O5', { sealedList: true }), 'case.view', sealed)).toBe(true);
    expect(may(who('T', { sealedList: true }), 'case.view', sealed)).toBe(false);
    expect(may(who('O3', { sealedList: false }), 'case.view', sealed)).toBe(false);
  });

  it('[PM4] the recused agent and a person named in the case are shut out', () => {
    const other = fileOf(...TAKEN, [
      'agent.recused',
      { agent: { personId: person('A01'), name: '王春生' } },
    ]);
    expect(may(who('A'), 'case.view', other)).toBe(false);
    const named = fileOf(...TRANSFERRED, [
      'case.corrected',
      { field: 'respondent', new: { type: 'PERSON', name: 'D某' } },
    ]);
    expect(why(who('D'), 'case.view', named)).toBe('NAMED_IN_CASE');
    expect(may(who('D', { name: '别人' }), 'case.view', named)).toBe(true);
  });

  it('[PM5] an accusation hides from the accused unit, the village agent and the township', () => {
    const against = (respondent: object): CaseFile =>
      fileOf(...TAKEN, [
        'case.submitted',
        { head: { secret: true, respondent: respondent as never } },
      ]);
    const cadre = against({ type: 'PERSON', name: '村主任', level: 'VILLAGE', areaCode: village });
    expect(why(who('A'), 'case.view', cadre)).toBe('ACCUSED_UNIT');
    expect(why(who('T'), 'case.view', cadre)).toBe('ACCUSED_UNIT');
    expect(may(who('O1'), 'case.view', cadre)).toBe(true);
    const town = against({ type: 'UNIT', name: '乡政府', level: 'TOWNSHIP', areaCode: township });
    expect(may(who('A'), 'case.view', town)).toBe(false);
    expect(may(who('T'), 'case.view', town)).toBe(false);
    // A cadre of the township is nobody's secret in its other villages either.
    const led = against({ type: 'PERSON', name: '副乡长', level: 'TOWNSHIP' });
    const sister = '230278200202' as never;
    expect(may(who('A', { areaCode: sister }), 'case.view', led)).toBe(false);
    const nobody = against({ type: 'UNKNOWN' });
    expect(may(who('T'), 'case.view', nobody)).toBe(false);
    const bureau = fileOf(
      ...TRANSFERRED,
      ['case.classified', { kind: '检举控告', procedure: undefined }],
      [
        'case.corrected',
        { field: 'respondent', new: { type: 'UNIT', unitId: 'SWJ', level: 'COUNTY' } },
      ],
    );
    expect(why(who('D'), 'case.view', bureau)).toBe('ACCUSED_UNIT');
    expect(may(who('T'), 'case.view', bureau)).toBe(true);
  });

  it('[PM6] a unit learns who asks only when the petitioner agreed', () => {
    expect(may(who('D'), 'case.view_identity', open)).toBe(true);
    const filled = { identityToUnit: false, identityAsked: false };
    const careful = sightOf(fileOf(...TRANSFERRED, ['consent.recorded', filled]));
    expect([careful.identityToUnit, careful.identitySaid]).toEqual([false, false]);
    const shy = fileOf(...TRANSFERRED, ['consent.recorded', { identityToUnit: false }]);
    expect(why(who('D'), 'case.view_identity', shy)).toBe('IDENTITY_WITHHELD');
    expect(may(who('D'), 'case.view', shy)).toBe(true);
    expect(may(who('O1'), 'case.view_identity', shy)).toBe(true);
    expect(may(who('X'), 'case.view_identity', open)).toBe(false);
  });

  it('[AU354] what nobody asked counts by the notice, and never for a unit or a cadre', () => {
    const asks = (version: number, head: object, consent = true): CaseFile =>
      fileOf(
        ['case.drafted', { form: { id: 'intake', version } }],
        ...(consent ? ([['consent.recorded', { identityToUnit: undefined }]] as Line[]) : []),
        ['case.taken', { head: head as never }],
        ['case.submitted'],
        ['case.registered'],
        ['case.transferred'],
      );
    const told = (file: CaseFile) => may(who('D'), 'case.view_identity', file);
    const unit = { respondent: { type: 'UNIT', name: '水利局' } };
    // Version 1 wrote yes without asking: that is the notice, and no word about whom it is about.
    expect(told(asks(1, { identityToUnit: true }))).toBe(true);
    expect(told(asks(1, { identityToUnit: true, ...unit }))).toBe(false);
    const cadre = { respondent: { type: 'PERSON', name: '村主任', level: 'VILLAGE' } };
    expect(told(asks(1, { identityToUnit: true, ...cadre }))).toBe(false);
    expect(told(asks(1, { identityToUnit: true }, false))).toBe(false);
    expect(told(asks(1, {}))).toBe(false);
    expect(told(asks(2, {}))).toBe(true);
    expect(told(asks(2, {}, false))).toBe(false);
    expect(told(asks(2, unit))).toBe(false);
    expect(told(asks(2, { respondent: { type: 'PERSON', name: '水务上的老刘' } }))).toBe(false);
    expect(told(asks(2, { identityToUnit: true, ...unit }))).toBe(true);
    expect(told(asks(2, { identityToUnit: false }))).toBe(false);
  });

  it('[AU354] an answer that the office got afterwards counts like one of the form', () => {
    const file = fileOf(...TRANSFERRED, [
      'case.corrected',
      { field: 'identityToUnit', new: false },
    ]);
    expect(may(who('D'), 'case.view_identity', file)).toBe(false);
    const unit = { type: 'UNIT', name: '水利局' };
    const about = fileOf(...TRANSFERRED, ['case.corrected', { field: 'respondent', new: unit }]);
    expect(may(who('D'), 'case.view_identity', about)).toBe(false);
    const again = fileOf(
      ...TRANSFERRED,
      ['case.corrected', { field: 'respondent', new: unit }],
      ['case.corrected', { field: 'identityToUnit', new: true }],
    );
    expect(may(who('D'), 'case.view_identity', again)).toBe(true);
  });

  it('[AU360] of a sealed case two have to say it before a namesake is let in', () => {
    const name = { type: 'PERSON', name: '宋主任' } as const;
    const said = (by: string, about: object): Line => [
      'case.corrected',
      { field: 'respondent', new: { ...name, ...about } },
      { by: 'O', who: by },
    ];
    const nobody = { about: 'NOBODY' };
    const isIn = (...lines: Line[]) => {
      const file = fileOf(
        ...REGISTERED,
        ['case.sealed', {}, { by: 'O' }],
        ['case.corrected', { field: 'respondent', new: name }],
        ...lines,
      );
      return may(who('O3', { name: '宋严' }), 'case.view', file);
    };
    expect(isIn()).toBe(false);
    expect(isIn(said('o-1', nobody))).toBe(false);
    expect(isIn(said('o-1', nobody), said('o-1', nobody))).toBe(false);
    expect(isIn(said('o-1', nobody), said('o-2', nobody))).toBe(true);
    const other = { about: 'PERSON', personId: 'somebody' };
    expect(isIn(said('o-1', nobody), said('o-2', other))).toBe(false);
    // Words that were changed afterwards are not answered.
    const anew = said('o-1', { name: '宋科长' });
    expect(isIn(said('o-1', nobody), said('o-2', nobody), anew)).toBe(false);
  });

  it('[AU364] the whole name in the summary shuts out where the case is sealed, and only there', () => {
    const told: Line = ['case.corrected', { field: 'summary', new: '反映宋 嚴收钱' }, { by: 'O' }];
    const isIn = (...lines: Line[]) =>
      may(who('O3', { name: '宋严' }), 'case.view', fileOf(...REGISTERED, ...lines));
    const seal: Line = ['case.sealed', {}, { by: 'O' }];
    expect([isIn(seal), isIn(seal, told)]).toEqual([true, false]);
    const head = sightOf(fileOf(...REGISTERED, told));
    expect(can(who('O2', { name: '宋严' }), 'case.view', { object: head, now })).toBe(true);
  });

  it('[AU425] a name that a new piece tells after the answer shuts him out until the next answer', () => {
    const answer = (by: string): Line => [
      'case.corrected',
      { field: 'respondent', new: { type: 'PERSON', name: '宋主任', about: 'NOBODY' } },
      { by: 'O', who: by },
    ];
    const isIn = (...lines: Line[]) => {
      const first: Line[] = [['case.sealed', {}, { by: 'O' }], answer('o-1'), answer('o-2')];
      const file = fileOf(...REGISTERED, ...first, ...lines);
      return may(who('O3', { name: '宋严' }), 'case.view', file);
    };
    const piece = (payload: object): Line => ['dictation.recorded', payload];
    expect(isIn()).toBe(true);
    expect(isIn(piece({ verbatim: '还是那口机井' }))).toBe(true);
    const named = piece({ verbatim: '我说的就是宋嚴本人' });
    expect(isIn(named)).toBe(false);
    // In a sealed case two have to know of it.
    expect(isIn(named, answer('o-1'))).toBe(false);
    expect(isIn(answer('o-1'), named, answer('o-2'))).toBe(false);
    expect(isIn(named, answer('o-1'), answer('o-2'))).toBe(true);
    expect(isIn(piece({ verbatim: '', tidy: '宋严收的钱' }))).toBe(false);
    expect(isIn(['case.supplemented', { text: '宋严又来了' }])).toBe(false);
    const title = { field: 'title', new: '反映宋严收钱' };
    expect(isIn(['case.corrected', title, { by: 'O' }])).toBe(false);
    // A tidy wording is as late as it was written, also the first of a piece that came before.
    const before: Line[] = [
      ['dictation.recorded', { tidy: '还是机井' }, { id: 'old' }],
      [
        'dictation.recorded',
        { verbatim: null, tidy: null, audio: ['a'] } as never,
        { id: 'sound' },
      ],
    ];
    const isInAfter = (...lines: Line[]) => {
      const file = fileOf(...REGISTERED, ['case.sealed', {}, { by: 'O' }], ...before, ...lines);
      return may(who('O3', { name: '宋严' }), 'case.view', file);
    };
    const tidied = (tidyOf: string): Line => {
      const none = { verbatim: undefined, audio: undefined, tidyOf: eventId(tidyOf) };
      return ['dictation.recorded', { ...none, tidy: '宋严收钱' } as never];
    };
    const both = [answer('o-1'), answer('o-2')];
    expect(isInAfter(...both)).toBe(true);
    for (const piece of ['old', 'sound']) {
      expect(isInAfter(...both, tidied(piece)), piece).toBe(false);
      expect(isInAfter(tidied(piece), ...both), piece).toBe(true);
    }
    // Outside sealing and guarding the words of a matter shut nobody out.
    const plain = fileOf(...REGISTERED, answer('o-1'), named);
    expect(may(who('O2', { name: '宋严' }), 'case.view', plain)).toBe(true);
  });

  it('[AU360] what was said before the sealing holds on, an agent answers nothing', () => {
    const me = { type: 'PERSON', name: '那个主任', about: 'PERSON', personId: 'p-O3' };
    const lines: Line[] = [
      ['case.corrected', { field: 'respondent', new: me }, { by: 'O', who: 'o-1' }],
      ['case.sealed', {}, { by: 'O' }],
    ];
    expect(may(who('O3'), 'case.view', fileOf(...REGISTERED, ...lines))).toBe(false);
    const aside: Line[] = [
      ['agent.recused', { agent: { personId: person('p-O3'), name: 'O3某' } }, { by: 'O' }],
      ['case.sealed', {}, { by: 'O' }],
    ];
    expect(may(who('O3'), 'case.view', fileOf(...REGISTERED, ...aside))).toBe(false);
    expect(may(who('O3'), 'case.view', fileOf(...REGISTERED, ...aside.toReversed()))).toBe(true);
    const claim = { field: 'respondent', to: { type: 'PERSON', name: '高敏', about: 'NOBODY' } };
    const agent = fileOf(...TAKEN, ['case.submitted'], ['case.supplemented', { changes: [claim] }]);
    expect(agent.head.respondent?.name).toBe('高敏');
    expect(may(who('O2', { name: '高敏' }), 'case.view', agent)).toBe(false);
    const adopted = fileOf(
      ...REGISTERED,
      ['case.supplemented', { changes: [claim] }, { id: 'claim' }],
      ['case.corrected', { field: 'respondent', new: claim.to, adopts: eventId('claim') as never }],
    );
    expect(adopted.head.respondent?.name).toBe('高敏');
    expect(may(who('O2', { name: '高敏' }), 'case.view', adopted)).toBe(false);
  });

  it('[PM7] nobody but the rating desk reads a rating before the end, an agent never', () => {
    const closed = fileOf(...CLOSED);
    const reads = (file: CaseFile) => ROLES.filter((r) => may(who(r), 'rating.view', file));
    expect(reads(open)).toEqual(['O4', 'O5']);
    expect(reads(closed)).toEqual(['T', 'O4', 'O5', 'D', 'D2']);
  });
});

describe('who does what', () => {
  it.each(ROLES)("[PM8] %s records its own acts and not the others'", (role) => {
    const file =
      role === 'O3' ? sealed : role === 'L' ? fileOf(...ACCEPTED, ['urgent.reported']) : open;
    for (const other of ROLES) {
      const type = TABLE[other][2];
      if (type === '' || other !== role) continue;
      expect(may(who(role), `record:${type}` as Action, file), type).toBe(true);
    }
    expect(may(who(role), 'record:opinion.issued', file)).toBe(['T', 'D', 'D2'].includes(role));
    expect(may(who(role), 'record:case.registered', file)).toBe(['O1', 'O3'].includes(role));
    expect(may(who(role), 'record:case.closed', file)).toBe(
      ['O2', 'O3', 'O5', 'D', 'D2'].includes(role),
    );
    expect(may(who(role), 'record:extension.approved', file)).toBe(['D2', 'L'].includes(role));
    expect(may(who(role), 'record:case.received', file)).toBe(false);
    expect(may(who(role), 'users.manage', null)).toBe(role === 'ADMIN');
  });

  it('[PM8] any agent may begin a case for any village of the county', () => {
    expect(may(who('A'), 'record:case.drafted', null)).toBe(true);
    expect(may(who('A', { id: 'A09' }), 'record:hazard.reported', null)).toBe(true);
    expect(may(who('D'), 'record:case.drafted', null)).toBe(false);
    expect(isOutsideGrant(who('A'), otherVillage, now)).toBe(true);
    expect(isOutsideGrant(who('A'), village, now)).toBe(false);
    const hazard = fileOf(['hazard.reported']);
    expect(may(who('A'), 'case.view', hazard)).toBe(true);
    expect(may(who('A', { id: 'A02' }), 'case.view', hazard)).toBe(false);
    expect(may(who('T', { areaCode: '230278201000' as never }), 'case.view', hazard)).toBe(true);
  });

  it("[PM9] the stamp comes from the grant; the villager acts through the agent's device", () => {
    const agent = who('A');
    const grant = grantFor(agent, 'record:visit.recorded', { object: sightOf(open), now });
    expect(grant && actorUnder(agent, grant)).toMatchObject({ code: 'A', areaCode: village });
    expect(grant && actorUnder(agent, grant, 'rating.sealed').code).toBe('V');
    expect(grantFor(who('X'), 'record:visit.recorded', { object: sightOf(open), now })).toBeNull();
  });

  it('[PM10] masks keep what may be seen', () => {
    expect(maskName('周桂芹')).toBe('周**');
    expect(maskIdNo('230278195703120029')).toBe('230278********0029');
    expect(maskIdNo('1234')).toBe('****');
    expect(maskPhone('13912345678')).toBe('139****');
    expect(maskPhone('0452-1234567')).toBe('0452-****');
  });
});
