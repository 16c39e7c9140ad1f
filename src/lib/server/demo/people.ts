import { projectSamples } from '../../domain/samples/adapter.ts';
import { sampleAgents } from '../../domain/samples/sample-people.ts';
import type { Role } from '../../domain/permissions.ts';
import { COUNTY } from '../county.ts';
import { unitName } from '../desk/names.ts';

/** One demo account with everything a sign-in needs; written to `demo-accounts.json`. */
export interface DemoAccount {
  readonly user: string;
  readonly name: string;
  /** Role in words of the README: agent, township, registrar … */
  readonly role: string;
  readonly code: Role;
  readonly passphrase: string;
  /** 开锁数 that the demo suggests for the tablet; desks have none. */
  readonly pin: string | null;
  /** 开锁话 that the demo suggests; it opens the tablet without a card and without a camera. */
  readonly sentence: string | null;
  /** Letters of a card for the lanyard, to be typed or shown as a QR code; made by the seed. */
  readonly card: string | null;
  /** Secret of the second factor; null: none is asked in the demo, 设置 at the desk makes one. */
  readonly totp: null;
  readonly area: string | null;
  readonly unit: string | null;
  readonly personId: string;
  readonly sealedList: boolean;
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  A: 'agent',
  T: 'township',
  O1: 'registrar',
  O2: 'reviewer',
  O3: 'sealed',
  O4: 'supervisor',
  O5: 'director',
  D: 'unit-clerk',
  D2: 'unit-head',
  L: 'leader',
  X: 'auditor',
  ADMIN: 'admin',
};

/** User names of the agents by id; the second agent of 新河村 is A14. */
const AGENT_USERS: Readonly<Record<string, string>> = {
  A01: 'wangchunsheng',
  A02: 'lixiufen',
  A03: 'zhaoguoliang',
  A04: 'sunlihua',
  A05: 'zhoukai',
  A06: 'wuguixiang',
  A07: 'zhenghaitao',
  A08: 'fengyaqin',
  A09: 'chenlixin',
  A10: 'liuchangjiang',
  A11: 'heshuyun',
  A12: 'xingguodong',
  A13: 'duxiaomei',
  A14: 'yuguilan',
};

const account = (
  about: Pick<DemoAccount, 'user' | 'name' | 'code' | 'personId'> & Partial<DemoAccount>,
): DemoAccount => ({
  role: ROLE_WORDS[about.code],
  passphrase: `beihe-${about.user}`,
  pin: about.code === 'A' ? '258025' : null,
  sentence: about.code === 'A' ? '北禾河边老榆树下有口井' : null,
  card: null,
  totp: null,
  area: null,
  unit: null,
  sealedList: false,
  ...about,
});

const office = (code: Role, user: string, [personId, name]: readonly [string, string]) =>
  account({ user, name, code, personId, area: COUNTY.code, sealedList: code === 'O3' });

const OFFICE: readonly DemoAccount[] = [
  office('O1', 'dengji', ['xfj-registrar', '杨帆']),
  office('O2', 'shenhe', ['xfj-reviewer', '高敏']),
  office('O3', 'mifeng1', ['xfj-sealed-1', '宋严']),
  office('O3', 'mifeng2', ['xfj-sealed-2', '唐谨']),
  office('O4', 'ducha', ['xfj-supervisor', '韩正']),
  office('O4', 'huifang', ['xfj-followup', '罗娟']),
  office('O5', 'juzhang', ['xfj-director', '秦岭']),
  office('O1', 'zhiban', ['xfj-duty', '田野']),
];

/** Townships that the samples act through, and the one of 新河村. */
const TOWNSHIPS: readonly (readonly [string, string, string])[] = [
  ['230278200000', 'heyan', '马立'],
  ['230278101000', 'shuangqiao', '程远'],
];

/** Units whose clerks and heads have demo accounts; the samples' units among them. */
const UNITS: readonly (readonly [string, string])[] = [
  ['NYJ', 'nyj'],
  ['JTJ', 'jtj'],
  ['MZJ', 'mzj'],
  ['CZJ', 'czj'],
  ['SWJ', 'swj'],
  ['ZJJ', 'zjj'],
  ['STJ', 'stj'],
  ['GAJ', 'gaj'],
  ['RSJ', 'rsj'],
  ['ZRZY', 'zrzy'],
  ['JRB', 'jrb'],
];

function agents(): DemoAccount[] {
  const listed = [...sampleAgents(projectSamples()).values()];
  const second = {
    personId: 'A14',
    name: '于桂兰',
    areaCode: listed.find((one) => one.personId === 'A01')?.areaCode ?? COUNTY.code,
  };
  const all = [...listed, second].map((one) =>
    account({
      user: AGENT_USERS[one.personId] ?? one.personId.toLowerCase(),
      name: one.name,
      code: 'A',
      personId: one.personId,
      area: one.areaCode,
    }),
  );
  const first = ['A01', 'A14', 'A02'];
  const order = (one: DemoAccount) => {
    const at = first.indexOf(one.personId);
    return at < 0 ? first.length : at;
  };
  return all.sort((a, b) => order(a) - order(b));
}

/** Every demo account, the ones most wanted first within their role. */
export function demoPeople(): DemoAccount[] {
  const townships = TOWNSHIPS.map(([area, user, name]) =>
    account({ user, name, code: 'T', personId: `town-${area.slice(0, 9)}`, area, unit: area }),
  );
  const units = UNITS.flatMap(([unit, user]) => [
    account({
      user: `${user}-jingban`,
      name: `${unitName(unit)}经办`,
      code: 'D',
      personId: `unit-${unit}-clerk`,
      unit,
    }),
    account({
      user: `${user}-fuze`,
      name: `${unitName(unit)}负责人`,
      code: 'D2',
      personId: `unit-${unit}-head`,
      unit,
    }),
  ]);
  const rest = [
    account({
      user: 'xianzhang',
      name: '副县长',
      code: 'L',
      personId: 'leader-county',
      area: COUNTY.code,
    }),
    account({
      user: 'shenji',
      name: '审计员',
      code: 'X',
      personId: 'auditor-1',
      area: COUNTY.code,
    }),
    account({ user: 'guanli', name: '管理员', code: 'ADMIN', personId: 'admin-1' }),
  ];
  return [...agents(), ...townships, ...OFFICE, ...units, ...rest];
}
