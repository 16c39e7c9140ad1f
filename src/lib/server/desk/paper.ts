import { apart, apartAll } from '../../domain/apart.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import { groupQueryCode } from '../../domain/numbers.ts';
import { mainPetitioner } from '../../domain/petitioner.ts';
import { limitOf, liveLimit } from '../../domain/lights.ts';
import { can, type Subject } from '../../domain/permissions.ts';
import { IDENTITY_WITHHELD_ZH } from '../../domain/masking.ts';
import type { DeskDeps } from './deps.ts';
import { placeName, reviewBodyOf, unitName } from './names.ts';
import { APPEAL_TEMPLATES } from './paper-appeal.ts';
import { at, BLANK, day, type Facts, GAP, office, type Paper, type Template } from './paper-kit.ts';
import { papersOf } from './papers.ts';
import { titleOf } from './row.ts';
import type { SeenCase } from './see.ts';

const leadOf = (file: CaseFile) => file.handlings.findLast((one) => one.lead);

const DECISIONS: Readonly<Record<string, string>> = {
  SUPPORT: '支持',
  PARTIAL: '部分支持',
  EXPLAIN: '解释说明',
  ADOPT: '采纳',
  NOT: '不予支持',
};
const RESULTS: Readonly<Record<string, string>> = {
  DONE: '办了',
  PARTIAL: '办了一部分',
  PROMISED: '答应了',
  NOT: '没办成',
};
const GROUNDS: Readonly<Record<string, string>> = {
  ...{ DEADLINE: '临期提醒', WRONG_HANDLING: '违规受理办理', SHIRKING: '推诿' },
  ...{ PERFUNCTORY: '敷衍', DELAY: '拖延', FRAUD: '弄虚作假', REFUSAL: '拒不执行' },
};
const HOW: Readonly<Record<string, string>> = {
  FACE: '当面',
  POST: '邮寄',
  LEFT: '留置',
  AGENT: '委托代理员',
  PHONE: '电话',
  READ_OUT: '念读',
  IMPOSSIBLE: '无法送达',
};

const TEMPLATES: Readonly<Record<string, Template>> = {
  ...APPEAL_TEMPLATES,
  registered: ({ file, title, number }) => ({
    title: '登记告知单',
    docNo: number,
    paragraphs: [
      `您于 ${day(file.head.xfDate)} 反映的“${title}”，本局于 ${day(file.moments.receivedAt)} 收到，已登记，编号 ${number}。`,
      '本局将自收到之日起 15 日内转送、交办有权处理的机关、单位，或者按规定告知处理途径。',
    ],
    // Whoever asks about a sealed case hears one sentence: the paper promises no other.
    plain:
      file.sealed === null
        ? '县里登记上了，有号了。最多 15 天告诉您归谁管。'
        : '县里收到了，登记上了，按规定办理。有要跟您说的，县里专人当面跟您说。',
    unit: office,
    on: day(file.moments.registeredAt),
  }),
  transferred: ({ file, number }) => {
    const lead = leadOf(file);
    if (!lead) return null;
    const unit = unitName(lead.unitId);
    const asked = lead.feedbackOn === null ? '' : `并要求于 ${day(lead.feedbackOn)} 前反馈结果。`;
    return {
      title: lead.feedbackOn === null ? '转送告知单' : '交办告知单',
      docNo: number,
      paragraphs: [
        `您于 ${day(file.head.xfDate)} 反映的事项（编号 ${number}），已于 ${day(lead.sentAt)} ${lead.feedbackOn === null ? '转送' : '交办'} ${unit} 处理，${asked}`,
        '该单位应自收到之日起 15 日内书面告知您受理情况（《信访工作条例》第二十三条）。',
      ],
      plain: `转给${unit}了。最多 15 天，他们告诉您接不接。`,
      unit: office,
      on: day(lead.sentAt),
    };
  },
  accepted: ({ file, title, due }) => {
    const accepted = leadOf(file)?.accepted;
    if (!accepted) return null;
    const { payload, mark } = accepted;
    const unit = unitName(payload.unitId);
    const way = payload.procedure === 'SIMPLE' ? '简易' : '普通';
    return {
      title: '受理告知书',
      docNo: payload.docNo ?? '',
      paragraphs: [
        `您通过信访代理提出的“${title}”，${unit} 于 ${day(leadOf(file)?.sentAt)} 收到，经审查属于本单位职责范围，现予受理，按${way}程序办理，将于 ${due} 前答复。`,
        payload.officerPhone
          ? `承办人 ${payload.officer ?? BLANK}${GAP}电话 ${payload.officerPhone}。`
          : `承办人 ${payload.officer ?? BLANK}。`,
      ],
      plain: `这事归我们管，最晚${due}给您答复。`,
      unit,
      on: at(mark),
    };
  },
  extended: ({ file, due }) => {
    const approved = leadOf(file)?.extension.approved;
    if (!approved) return null;
    const { payload, mark } = approved;
    return {
      title: '延长办理期限告知书',
      docNo: payload.docNo ?? '',
      paragraphs: [
        `因${payload.reason}，经 ${payload.by ?? '负责人'} 批准，延长办理期限 ${payload.days} 日，至 ${due}（《信访工作条例》第三十四条）。`,
      ],
      plain: `要多办 ${payload.days} 天，最晚 ${due} 给您答复。因为：${payload.reason}。`,
      unit: unitName(payload.unitId),
      on: at(mark),
    };
  },
  opinion: ({ file }) => {
    const opinion = leadOf(file)?.opinion;
    if (!opinion) return null;
    const { payload, mark } = opinion;
    const claims = file.head.claims ?? [];
    const answers = payload.claims.map((one) => {
      const asked = claims[one.i]?.text ?? '';
      const parts = [
        `${one.i + 1}. 请求：${asked}`,
        one.facts ? `查明的事实和理由：${one.facts}` : '',
        `处理意见：${DECISIONS[one.decision] ?? one.decision}`,
        one.basis ? `依据：${one.basis}` : '',
        one.action ? `落实措施：${one.action}${one.due ? `（${day(one.due)}前）` : ''}` : '',
      ];
      return parts.filter(Boolean).join('；');
    });
    const body = payload.reviewBody || reviewBodyOf(payload.unitId);
    return {
      title: '信访事项处理意见书',
      docNo: payload.docNo,
      paragraphs: [
        ...answers,
        `如不服本处理意见，可自收到之日起 30 日内向 ${body} 申请复查；逾期不申请的，不再受理复查申请（《信访工作条例》第三十五条）。`,
      ],
      plain: payload.plain,
      unit: unitName(payload.unitId),
      on: payload.issuedOn ? day(payload.issuedOn) : at(mark),
    };
  },
  replied: ({ file }) => {
    const reply = file.replies.at(-1);
    if (!reply) return null;
    return {
      title: '答复',
      docNo: reply.payload.docNo ?? '',
      paragraphs: [reply.payload.plain],
      plain: reply.payload.plain,
      unit: office,
      on: at(reply.mark),
    };
  },
  notAccepted: ({ file, title }) => ending(file, 'case.not_accepted', title),
  noMore: ({ file, title }) => ending(file, 'case.no_more_accepted', title),
  diverted: ({ file, title }) => ending(file, 'case.diverted', title),
  delivery: ({ file, named }) => {
    const delivery = file.deliveries.at(-1);
    if (!delivery) return null;
    const { payload, mark } = delivery;
    return {
      title: '送达回证',
      docNo: payload.docNo ?? '',
      paragraphs: [
        `文书名称：${payload.docKind}${GAP}文号：${payload.docNo ?? BLANK}`,
        `送达人：${mark.actor.name}${GAP}方式：${HOW[payload.how] ?? payload.how}${GAP}时间：${day(mark.occurredAt)}${GAP}地点：${named(payload.place)}`,
        payload.refused
          ? `拒收。见证人：${named(payload.witness?.name)}`
          : `收件人：${named(payload.to)}${GAP}与本人关系：${named(payload.relation ?? '本人')}${GAP}签名/手印：${BLANK}${BLANK}`,
      ],
      plain: '收到了就按个手印或签个名，没收到别按。',
      unit: file.head.unit === null ? office : unitName(file.head.unit),
      on: day(mark.occurredAt),
    };
  },
  resolved: ({ file, title, number }) => {
    const found = file.resolutions.at(-1);
    if (!found) return null;
    const claims = file.head.claims ?? [];
    return {
      title: '就地化解登记表',
      docNo: number,
      paragraphs: [
        `事项：${title}`,
        `做法：${found.payload.measures}`,
        ...found.payload.claims.map(
          (one) =>
            `${one.i + 1}. ${claims[one.i]?.text ?? ''}：${RESULTS[one.result] ?? one.result}${one.due ? `，${day(one.due)}前` : ''}`,
        ),
        `代理员：${found.mark.actor.name}`,
      ],
      plain: '现场办的这些，答应了还没到日子的，到日子再来看。',
      unit: office,
      on: day(found.mark.occurredAt),
    };
  },
  supervision: ({ file, title }) => {
    const one = file.supervisions.at(-1)?.issued;
    if (!one) return null;
    const { payload, mark } = one;
    return {
      title: '督办单',
      docNo: '',
      paragraphs: [
        `${unitName(payload.unitId ?? file.head.unit ?? '')}：`,
        `“${title}”，现予 ${payload.level} 级督办。事由：${GROUNDS[payload.ground] ?? payload.ground}。${payload.question ?? ''}`,
        `请于 ${day(payload.answerBy)} 前反馈（《信访工作条例》第四十条）。`,
      ],
      plain: '',
      unit: office,
      on: at(mark),
    };
  },
};

/** The three notices that end a case with words. */
function ending(
  file: CaseFile,
  type: 'case.not_accepted' | 'case.no_more_accepted' | 'case.diverted',
  title: string,
): Omit<Paper, 'to'> | null {
  const line = file.timeline.findLast((one) => one.type === type);
  const found = file.endings.find((one) => one.mark.eventId === line?.eventId);
  if (!found) return null;
  const payload = found.payload as Readonly<Record<string, string | undefined>>;
  const say = (name: string) => payload[name] ?? '';
  const words = {
    'case.not_accepted': {
      title: '不予受理告知书',
      text: [`依据：${say('ground')}`, `应向 ${say('rightBody')} 提出。${say('howTo')}`],
      plain: `这事不归信访办。该找：${say('rightBody')}。${say('howTo')}`,
    },
    'case.no_more_accepted': {
      title: '不再受理告知书',
      text: [
        `${say('previousDocNo')}已作出复核意见，以同一事实和理由再次提出，依据《信访工作条例》第三十六条，不再受理。`,
        `${say('ground')}`,
        '有新情况、新证据的，可以另行提出；生活有困难的，可以申请救助。',
      ],
      plain: '这事三级程序都走完了，不再重新受理。有新情况可以另说；日子难，可以申请救助。',
    },
    'case.diverted': {
      title: '导入法定途径告知书',
      text: [
        `途径：${say('route')}`,
        `向 ${say('body')} 提出。${say('howTo')}`,
        `已为您做的：${say('help')}`,
      ],
      plain: `这事要走：${say('route')}。找：${say('body')}。${say('howTo')}`,
    },
  }[type];
  return {
    title: words.title,
    docNo: say('docNo'),
    paragraphs: [`事由：${title}`, ...words.text].filter((text) => text !== ''),
    plain: words.plain,
    unit: file.head.unit === null ? office : unitName(file.head.unit),
    on: at(found.mark),
  };
}

/** Papers that are not written to the villager. */
const WITHOUT_ADDRESSEE: ReadonlySet<string> = new Set([
  'supervision',
  'assigned',
  'urgent',
  'withdrawn',
  'reviewAsked',
  'recheckAsked',
]);

/** The paper of a kind for a case, or null when the case has no ground for it. */
export function paperOf(deps: DeskDeps, person: Subject, about: { seen: SeenCase; kind: string }) {
  const file = apartAll(about.seen.record.file);
  if (!papersOf(file).includes(about.kind)) return null;
  const limit = liveLimit(about.seen.clocks);
  const object = about.seen.sight;
  const identity = can(person, 'case.view_identity', { object, now: deps.now() });
  const facts: Facts = {
    file,
    title: apart(titleOf(about.seen.record.file)),
    number: file.numbers.caseNo ?? file.numbers.temporaryNo ?? '',
    due: day(limit === null ? null : limitOf(limit)),
    unit: file.head.unit === null ? '' : unitName(file.head.unit),
    named: (text) => (identity ? (text ?? BLANK) : IDENTITY_WITHHELD_ZH),
  };
  const made = TEMPLATES[about.kind]?.(facts) ?? null;
  if (made === null) return null;
  const main = mainPetitioner(file.petitioners);
  const to =
    file.head.anonymous === true ? '匿名' : identity ? (main?.name ?? '') : IDENTITY_WITHHELD_ZH;
  // With the code and a list of names 查信儿 would say who asks.
  const query = identity ? file.numbers.queryCode : null;
  return {
    paper: { ...made, to: WITHOUT_ADDRESSEE.has(about.kind) ? '' : to },
    number: facts.number,
    query: query === null ? '' : groupQueryCode(query),
    place: placeName(file.head.areaCode ?? ''),
  };
}
