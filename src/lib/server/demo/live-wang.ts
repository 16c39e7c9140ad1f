import type { LiveCase } from './live-case.ts';

const OWN = { agent: 'A01', areaCode: '230278200201' } as const;

/** What 王春生 of 新河村 has in hand: one case for each thing a list has to show at once. */
export const WANG: readonly LiveCase[] = [
  {
    ...OWN,
    id: 'D41',
    like: 'S10',
    until: 'case.accepted',
    hoursAgo: 1_340,
    groupName: '新河村二屯',
    title: '老房子山墙裂了，怕冬天塌了',
    category: 'CX01',
    name: '滕万山',
    birth: '1953-06-19',
    verbatim:
      '我那房子八几年盖的，西山墙裂了一拃宽，拿棍子支着呢。上冻一拱，说塌就塌，我跟老伴儿都不敢在西屋住。',
    summary: '反映自住旧房西山墙开裂约20厘米、已用木棍支撑，担心冬季冻胀坍塌，要求鉴定并修缮。',
    claims: ['来人看看能不能住', '能修就给修上'],
  },
  {
    ...OWN,
    id: 'D42',
    like: 'S04',
    until: 'opinion.issued',
    without: ['relief.referred'],
    told: {
      'progress.recorded': { plain: '工作人员到家核过人了，系统里记错的状态已经改过来' },
      'opinion.issued': {
        docNo: '北民信意〔2026〕19号（示例）',
        result: 'SUPPORT',
        plain:
          '查清了：是系统里把您的状态记错了，停了高龄补贴。停的三个月一并补到折子上，往后按月发。',
      },
    },
    hoursAgo: 30,
    groupName: '新河村四屯',
    title: '高龄补贴停了三个月，没人说为啥',
    category: 'MZ02',
    name: '佟桂珍',
    birth: '1939-12-05',
    verbatim:
      '我今年八十七了，那高龄钱往年按月给，打八月起就没了。我不识字也没电话，问谁谁说等信儿，等到现在也没等着。',
    summary: '反映本人高龄补贴自八月起停发三个月，未告知原因，要求补发并说明停发缘由。',
    claims: ['把停了的三个月补上', '说清楚为啥停'],
  },
  {
    ...OWN,
    id: 'D43',
    like: 'S06',
    until: 'case.returned',
    told: { 'case.returned': { missing: ['折子头一页的照片', '村里公示榜的照片'] } },
    hoursAgo: 26,
    groupName: '新河村五屯',
    title: '地力补贴别人都到了，就我家没到',
    category: 'NY03',
    name: '关德福',
    birth: '1964-04-27',
    verbatim:
      '地力补贴屯里头都到折子上了，就我家没见着。我去信用社打了折子，是空的。是不是把我家地亩给落下了？',
    summary: '反映本年度耕地地力保护补贴同屯农户均已到账、本户未到账，要求核实地亩与发放情况。',
    claims: ['查查落没落下', '该给的补上'],
  },
  {
    ...OWN,
    id: 'D44',
    like: 'S08',
    until: 'rating.sealed',
    told: {
      'resolution.recorded': {
        measures: '当场给乡电管所打电话，电工下午来换了表箱，量过电压，合上闸灯都亮',
        claims: [
          { i: 0, result: 'DONE' },
          { i: 1, result: 'DONE' },
        ],
      },
    },
    hoursAgo: 5,
    groupName: '新河村三屯',
    title: '表箱冒火星子，三家停电两天',
    category: 'JT01',
    name: '崔秀兰',
    birth: '1955-01-30',
    verbatim:
      '前天晚上表箱子直冒火星子，我家和左右院都没电了。冰柜里的肉都化了，打电话说排号，排到啥时候是个头。',
    summary: '反映表箱打火致三户停电两天，报修排号未到，要求尽快更换表箱并恢复供电。',
    claims: ['把电接上', '表箱换个新的'],
  },
  {
    ...OWN,
    id: 'D45',
    like: 'S01',
    until: 'rating.accepted',
    told: {
      'visit.recorded': { saw: '前院房檐水顺沟冲进后院园子，垄沟冲平两条；拍照3张' },
      'resolution.recorded': {
        measures: '两家当面说好沟改走道边，先挖通一半，剩下一半前院包挖',
        claims: [
          { i: 0, result: 'DONE' },
          { i: 1, result: 'PROMISED' },
        ],
      },
    },
    promisedInDays: 2,
    hoursAgo: 190,
    groupName: '新河村一屯',
    title: '前院雨水冲了我家园子',
    category: 'NY06',
    name: '尹玉芬',
    birth: '1960-10-14',
    verbatim:
      '前院把沟改了，一下雨水全冲我园子里来，茄子秧都泡烂了。我说他，他说等腾出手就挖，等了一夏天了。',
    summary: '反映前院改沟致雨水冲毁本户菜园，多次交涉未改，要求改回水沟并落实开挖。',
    claims: ['水别往我园子里走', '那条沟挖通'],
  },
  {
    ...OWN,
    id: 'D46',
    like: 'S04',
    until: 'case.received',
    hoursAgo: 0.6,
    groupName: '新河村三屯',
    title: '慢病本办不下来，药钱报不了',
    category: 'MZ01',
    name: '葛长顺',
    birth: '1961-03-08',
    // One digit of it is wrong, so that the checks have something to say.
    idNo: '230278196103080217',
    verbatim:
      '我这糖尿病十来年了，慢病本跑了三趟没办下来，一趟说缺片子，一趟说得住院。药钱一个月三百多，一分报不了。',
    summary:
      '反映办理慢性病门诊待遇三次未果，每次要求材料不一，药费无法报销，要求一次讲清所需材料。',
    claims: ['一回把缺啥说全', '能办就给办上'],
  },
];
