/** What the fields of an intake are called at the desk, and what their codes mean. */
import { intakeNow } from '../../domain/forms/intake-forms.ts';
import { categoryName, placeName } from './names.ts';

const FIELDS = new Map(
  intakeNow.questions.flatMap(({ fields }) => fields.map((field) => [field.id, field] as const)),
);
/** Fields that the form asks for under another name. */
const ASKED_AS: Readonly<Record<string, string>> = {
  ...{ happenedText: 'happened', legalNote: 'priorWords', categoryL2: 'category' },
  ...{ threat: 'threatWords', respondent: 'respondentName' },
};
/** Fields that the form asks for in other words, or not at all. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ areaCode: '出事的村', channel: '怎么来的', xfDate: '哪天来的', summary: '概括' },
  ...{ purpose: '目的', sex: '男女', birthDate: '出生年月', involvedCount: '牵扯几个人' },
  ...{
    joint: '几个人一块儿来的',
    identityToUnit: '能不能告诉单位是谁说的',
    publicOk: '能不能公开',
  },
  ...{ legalStatus: '打没打官司', evidenceText: '有什么凭据', trips: '跑了几趟', idType: '证件' },
  ...{ idUnverified: '证件号没核上', role: '是什么人', addressText: '住址', title: '标题' },
  ...{ hukou: '户口', ethnicity: '民族', occupation: '做什么的', petitioners: '信访人' },
  ...{ happenedFrom: '从哪天', happenedTo: '到哪天', lane: '走哪条路', hazardId: '哪个隐患' },
  temporaryNo: '临时编号',
};
const OWN_CODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sex: { '0': '女', '1': '男', '9': '没说' },
  role: { MAIN: '本人', REPRESENTATIVE: '代表', MEMBER: '一块儿来的' },
  legalStatus: { NONE: '没打', RUNNING: '正在打', ENDED: '打完了', UNKNOWN: '没问到' },
  threat: { NONE: '', SELF: '伤自己', OTHERS: '伤别人', GATHER: '聚人' },
  channel: { DL: '代理员接的', WX: '网上', LX: '来信', LD: '来电', CZ: '村里', LF: '来访' },
  prior: { YES: '找过', NO: '没找过', UNKNOWN: '没问到' },
  idType: {
    ...{ NONE: '没有', '111': '身份证', '112': '临时身份证', '113': '户口本', '414': '护照' },
    ...{ '511': '台湾居民通行证', '516': '港澳居民通行证', '990': '别的' },
  },
};

const bare = (field: string): string => field.split('.').at(-1) ?? field;

/** What a field is called; one that nobody asked for has its own name. */
export function fieldName(field: string): string {
  const name = bare(field);
  return NAMES[name] ?? FIELDS.get(ASKED_AS[name] ?? name)?.label.zh ?? '别的一样';
}

function wordOf(name: string, code: string): string {
  const own = OWN_CODES[name]?.[code];
  if (own !== undefined) return own;
  if (name === 'areaCode' || name === 'addressCode') return placeName(code);
  if (name === 'categoryL2') return categoryName(code);
  const asked = name === 'respondent' ? 'respondentType' : (ASKED_AS[name] ?? name);
  return FIELDS.get(asked)?.options?.find(({ value }) => value === code)?.word.zh ?? code;
}

/** A value as one text, its codes in words; what is no text is shown as it was recorded. */
export function valueWords(field: string, value: unknown): string {
  const name = bare(field);
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? '是' : '不是';
  if (typeof value === 'string') return wordOf(name, value);
  if (Array.isArray(value)) return value.map((one) => valueWords(name, one)).join('；');
  if (typeof value !== 'object') return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, one]) =>
    valueWords(FIELDS.has(key) || OWN_CODES[key] !== undefined ? key : name, one),
  );
  return parts.filter((part) => part !== '').join(' ');
}
