/** One full payload per field event, also the source of tests/fixtures/events. */
import type { EventType, Payload } from '../events.ts';
import { readbackHash } from '../text-hash.ts';
import { at, caseId, day, eventId, otherVillage, person, sha, village } from './ids.ts';

type FieldExample = Extract<
  EventType,
  | 'case.drafted'
  | 'dictation.recorded'
  | 'dictation.readback_confirmed'
  | 'consent.recorded'
  | 'mandate.granted'
  | 'mandate.revoked'
  | 'agent.recused'
  | 'case.taken'
  | 'case.submitted'
  | 'case.received'
  | 'case.supplemented'
  | 'attachment.added'
  | 'attachment.received'
  | 'visit.recorded'
  | 'mediation.recorded'
  | 'resolution.recorded'
  | 'resolution.approved'
  | 'resolution.rejected'
  | 'resolution.adopted'
  | 'commitment.due'
  | 'commitment.fulfilled'
  | 'commitment.breached'
  | 'urgent.reported'
  | 'urgent.acknowledged'
  | 'urgent.stood_down'
  | 'hazard.reported'
  | 'notice.told'
  | 'contact.attempted'
  | 'followup.recorded'
  | 'relief.referred'
>;

export const WORDS = '我家东院老于家那牛粪啊，从打春就堆在俺两家当间儿，眼瞅着比墙都高了。';
export const TIDY = '反映东邻养牛户自春季起将牛粪堆放于两家之间，已高过院墙。';
const agent = { personId: person('A01'), name: '王春生', areaCode: village };

export const fieldExamples: { readonly [T in FieldExample]: Payload<T> } = {
  'case.drafted': {
    areaCode: village,
    channel: 'DL',
    xfDate: day('2026-06-08'),
    temporaryNo: '临-230278200201-A01-B-0007',
    form: { id: 'intake', version: 1 },
    declaredBy: 'A',
  },
  'dictation.recorded': {
    verbatim: WORDS,
    tidy: TIDY,
    speaker: '周桂芹',
    language: '东北官话',
    present: ['周桂芹', '王春生'],
    unitsSaid: [{ said: '七八步', means: '约 6 米' }],
    datesSaid: [{ said: '打春', on: day('2026-02-04') }],
  },
  'dictation.readback_confirmed': {
    textHash: readbackHash([{ verbatim: WORDS, tidy: TIDY }], []),
    covers: [eventId('words')],
    method: 'THUMB',
    by: '王春生',
    at: at('2026-06-08T01:27:00Z'),
    witness: { name: '赵桂兰', relation: '邻居' },
    ownWish: true,
    understood: true,
    evidence: [sha('a')],
  },
  'consent.recorded': {
    noticeVersion: '告知书v1',
    given: true,
    sensitive: { thumb: true, audio: false, photo: true },
    identityToUnit: true,
  },
  'mandate.granted': {
    principal: '周桂芹',
    agents: [agent],
    matter: '院边粪堆挨着水井',
    powers: ['REPORT', 'SUPPLEMENT', 'SIGN_FOR_PAPERS', 'FILE_REVIEW'],
    specialPowers: ['WITHDRAW'],
    from: day('2026-06-08'),
    term: '至本事项办结后30日',
    proof: 'THUMB',
    evidence: [sha('a')],
  },
  'mandate.revoked': { reason: 'VILLAGER', words: '不用他办了，我自个儿去' },
  'agent.recused': { reason: 'VILLAGER_WISH', wants: 'TOWNSHIP', areaCode: village },
  'case.taken': {
    head: {
      areaCode: village,
      placeText: '东院墙外水井边',
      urgency: 'NORMAL',
      prior: { before: 'NO' },
      anonymous: false,
      secret: false,
      publicOk: false,
      petitionerCount: 1,
      involvedCount: 1,
    },
    petitioners: [
      {
        name: '周桂芹',
        sex: '0',
        birthDate: '1957-03-12',
        idType: '111',
        idNo: '230278195703120225',
        phoneType: 'NONE',
        addressCode: village,
        literacy: 'NONE',
        language: '东北官话',
        role: 'MAIN',
      },
    ],
    receipt: { how: 'PAPER', queryCode: '482160375511' },
  },
  'case.submitted': {
    head: {
      title: '院边粪堆挨着水井',
      summary: '反映东邻养牛户自春季起将牛粪堆放于两家之间，距水井约七八步，雨后粪水外流。',
      claims: [{ text: '把粪堆清走' }, { text: '以后别再堆在井边' }],
      categoryL2: 'NY06',
      kind: '申诉求决',
      purpose: '求决',
    },
  },
  'case.received': { eventId: eventId('submit') },
  'case.supplemented': { text: '补两张照片', attachments: [sha('b')] },
  'attachment.added': {
    sha256: sha('b'),
    bytes: 180_000,
    mime: 'image/jpeg',
    kind: 'photo',
    capturedAt: at('2026-06-08T02:20:00Z'),
    caption: '粪堆与水井',
    class: 'P2',
    view: 'BEFORE',
  },
  'attachment.received': { sha256: sha('b'), bytes: 180_000 },
  'visit.recorded': {
    at: at('2026-06-08T02:20:00Z'),
    place: '周桂芹家东院',
    who: ['王春生'],
    met: ['周桂芹', '老于'],
    seen: '粪堆高约1.6米、距井约6米，雨后有渗流痕迹',
    said: '老于说：没地儿搁',
    photos: [sha('b')],
    unitRemark: '乡保洁一直没来',
  },
  'mediation.recorded': {
    parties: ['周桂芹', '老于'],
    result: 'AGREED',
    agreement: '十日内清走，以后堆到村东堆肥点',
  },
  'resolution.recorded': {
    measures: '联系清运车拉走两车，撒石灰消杀；划出村东堆肥点',
    costYuan: 200,
    paidBy: '村委会',
    claims: [
      { i: 0, result: 'DONE' },
      { i: 1, result: 'PROMISED', due: day('2026-06-24'), by: '老于' },
    ],
    villagerConfirms: { how: 'THUMB', evidence: [sha('a')] },
    before: [sha('b')],
    after: [sha('c')],
  },
  'resolution.approved': {
    check: '电话核实，邻居手机转接本人',
    checkedBy: 'PHONE',
    caseNo: 'DL230278202600009',
  },
  'resolution.rejected': { reason: '第二项没有说清楚谁来看着', task: '补一份书面约定' },
  'resolution.adopted': { unitId: 'SWJ', facts: '现场核实属实' },
  'commitment.due': {
    commitmentId: `${eventId('resolve')}/1`,
    due: day('2026-06-24'),
    daysLeft: 7,
  },
  'commitment.fulfilled': { evidence: '复查照片2张', photos: [sha('c')] },
  'commitment.breached': { words: '又堆上了，比先前还多' },
  'urgent.reported': {
    level: 'LIFE',
    kind: '扬言轻生',
    done: '代理员和家属陪着',
    calls: [{ to: '120', at: at('2026-06-08T12:10:00Z'), answer: '已出车' }],
    people: 1,
    words: '这日子没法过了，我不想活了',
  },
  'urgent.acknowledged': { by: '县局值班员', how: '电话' },
  'urgent.stood_down': { reason: '家人陪护，已就诊' },
  'hazard.reported': {
    areaCode: otherVillage,
    place: '打井出水口',
    parties: ['孙家', '郑家'],
    categoryL2: 'NY01',
    level: 'YELLOW',
    people: 4,
    text: '两家为打井出水口位置吵过三回，都放话要堵道',
    measure: '村调委会先谈，约定开犁前定下来',
    followers: ['李凤霞'],
    status: 'OPEN',
    foundOn: day('2026-03-05'),
    toCase: caseId('from-hazard'),
  },
  'notice.told': { what: '受理告知书', how: 'FACE', to: '周桂芹', understood: true },
  'contact.attempted': { how: 'PHONE', why: '送受理告知书', note: '家里没人' },
  'followup.recorded': { how: 'PHONE', scriptVersion: '回访v1', result: '本人说井水清了' },
  'relief.referred': { what: '临时救助', to: '乡民政' },
};
