import type { CaseEvent } from '../../domain/events.ts';
import { adaptCase, projectSamples } from '../../domain/samples/adapter.ts';
import type { SampleCase } from '../../domain/samples/sample-shape.ts';
import type { CaseId, Instant } from '../../domain/values.ts';
import type { LiveCase } from './live-case.ts';
import { WANG } from './live-wang.ts';

const LIVE: readonly LiveCase[] = [
  {
    id: 'D31',
    like: 'S18',
    until: 'case.received',
    without: ['urgent.acknowledged', 'urgent.stood_down'],
    hoursAgo: 0.3,
    faster: 200,
    agent: 'A04',
    areaCode: '230278103203',
    groupName: '宝泉村二屯',
    title: '彩礼钱要不回来，说不想活了',
    category: 'QT02',
    name: '吕守田',
    birth: '1962-09-03',
    verbatim:
      '钱都让人家拿走了，婚也没结成，我问了八百遍没人搭理我。我这一天天睡不着，活着没啥意思了，你就给我记上。',
    summary: '反映婚约解除后彩礼未返还，多次索要无果，情绪低落，言语中有轻生表述。',
    claims: ['把彩礼钱要回来', '有人管管这事'],
  },
  {
    id: 'D32',
    like: 'S11',
    until: 'case.received',
    hoursAgo: 52,
    agent: 'A05',
    areaCode: '230278202201',
    groupName: '沃土村一屯',
    title: '屯头小桥栏杆掉了，天黑怕掉下去',
    category: 'JT01',
    name: '',
    birth: '',
    verbatim: '屯头那小桥栏杆掉了半拉，孩子上学都打那儿过，天一黑啥也瞅不着，早晚得出事儿。',
    summary: '反映屯头小桥栏杆损坏半侧，学生上下学必经，夜间无照明，存在坠落风险，要求修复。',
    claims: ['把栏杆修上', '夜里安个灯'],
  },
  {
    id: 'D33',
    like: 'S06',
    until: 'case.received',
    hoursAgo: 20,
    agent: 'A06',
    areaCode: '230278203204',
    groupName: '腰屯村三屯',
    title: '养老院伙食费涨了，没人说为啥',
    category: 'MZ02',
    name: '丁淑清',
    birth: '1944-05-18',
    verbatim: '老头子在敬老院住着，这月伙食费涨了六十，也没人说为啥。我问院长，院长说上头定的。',
    summary: '反映敬老院伙食费当月上涨60元未告知原因，询问院方答复不清，要求说明依据。',
    claims: ['说清楚为啥涨', '没道理就退回来'],
  },
  {
    id: 'D34',
    like: 'S01',
    until: 'rating.sealed',
    told: {
      'visit.recorded': { saw: '柴火垛占道约两米，农用车拐不过去；拍照2张' },
      'resolution.recorded': {
        measures: '当面说和，两家一起把柴火垛挪到后园子，道上划了白线',
        claims: [
          { i: 0, result: 'DONE' },
          { i: 1, result: 'DONE' },
        ],
      },
    },
    hoursAgo: 16,
    agent: 'A14',
    areaCode: '230278200201',
    groupName: '新河村一屯',
    title: '场院道让柴火垛占了，车过不去',
    category: 'NY06',
    name: '姜玉兰',
    birth: '1959-02-11',
    verbatim: '前院把柴火垛码到道上来了，我家四轮子都拐不过去，说他两回了，他说等等再挪。',
    summary: '反映邻居柴草垛占用场院通道，农用车无法通行，口头协商两次未果，要求挪开。',
    claims: ['把柴火垛挪走', '道留出来'],
  },
  {
    id: 'D35',
    like: 'S10',
    until: 'case.registered',
    hoursAgo: 21,
    agent: 'A10',
    areaCode: '230278104203',
    groupName: '岗北村四屯',
    title: '房后大杨树快倒了，怕砸房子',
    category: 'CX01',
    name: '郝凤山',
    birth: '1951-11-30',
    verbatim: '房后那棵大杨树歪得邪乎，一刮风嘎嘎响，树根子都空了，夜里都不敢在北炕睡。',
    summary: '反映屋后集体杨树倾斜、根部空洞，大风天有砸房危险，要求尽快处置。',
    claims: ['把树处理了'],
  },
  {
    id: 'D36',
    like: 'S03',
    until: 'case.accepted',
    hoursAgo: 1_300,
    agent: 'A03',
    areaCode: '230278102201',
    groupName: '林东村五屯',
    title: '田间道涵洞堵了，一下雨就淹地头',
    category: 'JT01',
    name: '孔令文',
    birth: '1966-07-22',
    verbatim:
      '田间道那个涵洞让泥堵死了，一下雨水就往我家地头上灌，今年淹了两垧多地，找谁谁说不归他管。',
    summary:
      '反映田间道涵洞淤堵，雨后积水淹没地头约30亩，多处反映无人负责，要求清淤并明确管护单位。',
    claims: ['把涵洞清开', '说清楚归谁管'],
  },
  {
    id: 'D37',
    like: 'S19',
    until: 'case.transferred',
    unit: 'MZJ',
    hoursAgo: 290,
    agent: 'A09',
    areaCode: '230278106201',
    groupName: '湾沟村二屯',
    title: '低保名单没贴出来，想问问咋评的',
    category: 'MZ01',
    name: '曾广田',
    birth: '1957-08-09',
    verbatim:
      '往年低保都贴榜，今年没贴，也没开会。我不是非得要，就想知道咋评的，贴出来大伙儿都看看。',
    summary: '反映本年度低保评议未公示、未召开评议会，要求公开评议程序与名单。',
    claims: ['把名单贴出来', '说清楚咋评的'],
  },
  {
    id: 'D38',
    like: 'S09',
    until: 'case.received',
    hoursAgo: 4,
    agent: 'A11',
    areaCode: '230278106201',
    groupName: '湾沟村',
    title: '（密封）检举控告类事项',
    category: 'JC01',
    name: '',
    birth: '',
    verbatim: '（密封：原文只存于县局密封库，样例不提供）',
    summary: '检举控告类，内容密封。',
    claims: ['（密封）'],
  },
  {
    id: 'D40',
    like: 'S19',
    until: 'case.transferred',
    unit: 'NYJ',
    hoursAgo: 50,
    agent: 'A12',
    areaCode: '230278206202',
    groupName: '红旗村一屯',
    title: '防疫员没来打针，怕猪闹病',
    category: 'NY05',
    name: '隋长海',
    birth: '1962-10-21',
    verbatim:
      '往年春秋两季防疫员都上门给猪打针，今年秋天没人来。前院的猪不吃食了，我怕闹病，问村里，村里说防疫员不干了。',
    summary: '反映本年秋季未上门免疫，邻户生猪已现异常，担心疫病，要求尽快派人免疫。',
    claims: ['派人来打针', '说清楚往后谁管'],
  },
];

const FIELD_MARGIN_MS = 60_000;

/** Day in Asia/Shanghai of an instant. */
const dayOf = (at: string): string =>
  new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10);

/** The sample's course up to one event, moved so that this event arrived so many hours ago. */
function retold(live: LiveCase, base: SampleCase, now: Instant): SampleCase {
  const last = base.events.findIndex((event) => event.type === live.until);
  const events = base.events
    .slice(0, last + 1)
    .filter((event) => !live.without?.includes(event.type));
  const received = Math.max(...events.map((event) => Date.parse(event.receivedAt)));
  const ended = Date.parse(now) - live.hoursAgo * 3_600_000 - FIELD_MARGIN_MS;
  const moved = (at: string) => {
    const before = Math.round((received - Date.parse(at)) / (live.faster ?? 1));
    return `${new Date(ended - before).toISOString().slice(0, 19)}Z`;
  };
  const [main] = base.petitioners;
  const sameAgent = (actor: string) => (actor === base.agent ? live.agent : actor);
  return {
    ...base,
    id: live.id,
    caseNo: null,
    title: live.title,
    xfrq: dayOf(moved(base.events[0]?.occurredAt ?? now)),
    areaCode: live.areaCode,
    groupName: live.groupName,
    category: live.category,
    agent: live.agent,
    petitioners:
      live.name === '' || main === undefined
        ? base.petitioners
        : [
            {
              ...main,
              name: live.name,
              birthDate: live.birth,
              idNo: live.idNo ?? null,
              phone: null,
            },
          ],
    dictation: { verbatim: live.verbatim, summary: live.summary, claims: [...live.claims] },
    respondent: { type: '不清楚', name: null },
    joint: undefined,
    mergedInto: undefined,
    events: events.map((event) => ({
      ...event,
      actor: sameAgent(event.actor),
      occurredAt: moved(event.occurredAt),
      receivedAt: moved(event.receivedAt),
      ...(event.data === undefined
        ? {}
        : { data: { ...event.data, ...newData({ live, now }, event.type) } }),
    })),
  };
}

/** What was promised is due so many days from now. */
function promised(live: LiveCase, told: Readonly<Record<string, unknown>>, now: Instant) {
  const { promisedInDays: days } = live;
  if (days === undefined || !Array.isArray(told['claims'])) return told;
  const due = dayOf(new Date(Date.parse(now) + days * 86_400_000).toISOString());
  const claims = (told['claims'] as { readonly result: string }[]).map((claim) =>
    claim.result === 'PROMISED' ? { ...claim, due } : claim,
  );
  return { ...told, claims };
}

/** What the demo's own case says differently in an event's data. */
function newData(
  { live, now }: { live: LiveCase; now: Instant },
  type: string,
): Readonly<Record<string, unknown>> {
  const told = live.told?.[type];
  if (told !== undefined) return promised(live, told, now);
  if (type === 'case.registered') return { caseNo: caseNoOf(live) };
  return type === 'case.transferred' && live.unit !== undefined ? { unit: live.unit } : {};
}

/** Numbers of the demo's own registered cases, well above the samples'. */
const caseNoOf = (live: LiveCase): string => `DL2302782026000${live.id.slice(1)}`;

/** Events of the demo's own cases, on their way as of now. */
export function liveEvents(now: Instant): {
  events: readonly CaseEvent[];
  salts: ReadonlyMap<CaseId, string>;
} {
  const file = projectSamples();
  const withSecond = {
    ...file,
    agents: [...file.agents, { id: 'A14', name: '于桂兰', areaCode: '230278200201' }],
  };
  const adapted = [...LIVE, ...WANG].flatMap((live) => {
    const base = file.cases.find((sample) => sample.id === live.like);
    return base === undefined ? [] : [adaptCase(withSecond, retold(live, base, now))];
  });
  return {
    events: adapted.flatMap((one) => one.events.flatMap(({ event }) => event ?? [])),
    salts: new Map(adapted.map((one) => [one.caseId, one.salt])),
  };
}
