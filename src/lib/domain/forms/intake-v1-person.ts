/** The two questions of 接单 v1 about the person: who, and how to reach and read to her. */
import { LIMITS } from '../limits.ts';
import type { FormQuestion, FormText } from '../intake-form.ts';

const t = (zh: string, en: string): FormText => ({ zh, en });
const named = { field: 'anonymous', isNot: [true] } as const;

/** 您贵姓: name, or 不留名; everything else may stay empty. */
export const whoQuestion: FormQuestion = {
  id: 'who',
  name: t('是谁', 'Who'),
  say: [
    t(
      '您叫啥名，家在哪个屯？不想留名也行，只记事。',
      'What is your name, which hamlet? You may also leave no name.',
    ),
  ],
  folded: ['addressCode', 'idNo', 'age', 'petitionerCount'],
  fields: [
    {
      id: 'name',
      kind: 'text',
      label: t('名字', 'Name'),
      required: true,
      max: LIMITS.nameMax,
      check: 'name',
      when: named,
    },
    { id: 'anonymous', kind: 'yesno', label: t('不留名', 'No name'), default: false },
    {
      id: 'groupName',
      kind: 'text',
      label: t('哪个屯', 'Hamlet'),
      max: LIMITS.lineMax,
      when: named,
    },
    {
      id: 'addressCode',
      kind: 'area',
      label: t('家在哪个村', 'Home village'),
      default: 'agent.village',
      when: named,
    },
    {
      id: 'idNo',
      kind: 'text',
      label: t('身份证号，没带就空着', 'ID number; leave empty if not at hand'),
      max: 32,
      check: 'identity',
      when: named,
    },
    {
      id: 'age',
      kind: 'text',
      label: t('大概多大岁数', 'About how old'),
      max: 3,
      when: { all: [named, { field: 'idNo', is: [null, ''] }] },
    },
    {
      id: 'petitionerCount',
      kind: 'count',
      label: t('一共几个人来说这事', 'How many people say it'),
      default: 1,
      max: LIMITS.countMax,
    },
    {
      id: 'representatives',
      kind: 'lines',
      label: t('推出来的代表，最多五个', 'Chosen to speak, five at most'),
      max: LIMITS.representativesMax,
      check: 'representatives',
      when: { field: 'petitionerCount', isNot: [1, null] },
    },
  ],
};

/** 咋给您送信: reach, reading, language, and what has to be minded. */
export const reachQuestion: FormQuestion = {
  id: 'reach',
  name: t('咋送信', 'How to reach her'),
  say: [
    t(
      '有信儿了咋告诉您？没电话也不要紧，我上门来说。字认得不？',
      'How shall we tell you the news? No phone is fine, I come by. Can you read?',
    ),
  ],
  folded: ['language', 'needs'],
  fields: [
    {
      id: 'phoneType',
      kind: 'choice',
      label: t('电话', 'Phone'),
      required: true,
      when: named,
      options: [
        { value: 'NONE', word: t('没电话', 'No phone') },
        { value: 'OWN', word: t('自己的', 'Her own') },
        { value: 'FAMILY', word: t('家里人的', 'Family’s') },
        { value: 'NEIGHBOUR', word: t('邻居的', 'Neighbour’s') },
        { value: 'VILLAGE_OFFICE', word: t('村部的', 'Village office') },
      ],
    },
    {
      id: 'phone',
      kind: 'text',
      label: t('号码', 'Number'),
      max: 20,
      check: 'phone',
      when: { all: [named, { field: 'phoneType', isNot: ['NONE', null] }] },
    },
    {
      id: 'phoneOwner',
      kind: 'person',
      label: t('机主是谁', 'Whose phone'),
      when: { field: 'phoneType', is: ['FAMILY', 'NEIGHBOUR'] },
    },
    {
      id: 'phoneMayTell',
      kind: 'yesno',
      label: t('打过去能说是啥事', 'May say what it is about'),
      default: false,
      when: { field: 'phoneType', is: ['FAMILY', 'NEIGHBOUR', 'VILLAGE_OFFICE'] },
    },
    {
      id: 'literacy',
      kind: 'choice',
      label: t('认字不', 'Reading'),
      required: true,
      options: [
        { value: 'NONE', word: t('不认字', 'Cannot read') },
        { value: 'SOME', word: t('认得几个', 'A little') },
        { value: 'READ', word: t('认字', 'Reads') },
      ],
    },
    {
      id: 'language',
      kind: 'text',
      label: t('说啥话', 'Language'),
      default: '汉语',
      max: LIMITS.nameMax,
    },
    {
      id: 'interpreter',
      kind: 'person',
      label: t('谁给翻译（成年人，不是对方的人）', 'Interpreter (adult, not the other side’s)'),
      when: { field: 'language', isNot: ['汉语', '', null] },
    },
    {
      id: 'needs',
      kind: 'choices',
      label: t('要多照应的', 'To be minded'),
      options: [
        { value: 'hearing', word: t('耳背', 'Hard of hearing') },
        { value: 'sight', word: t('看不清', 'Poor sight') },
        { value: 'mobility', word: t('腿脚不便', 'Hard to walk') },
        { value: 'cognitive', word: t('记不住、想不清', 'Confused') },
        { value: 'pregnant', word: t('怀着孕', 'Pregnant') },
        { value: 'minor', word: t('没成年', 'Minor') },
        { value: 'elderly80', word: t('八十往上', 'Over 80') },
      ],
    },
    {
      id: 'guardian',
      kind: 'person',
      label: t('监护人是谁', 'Guardian'),
      when: { field: 'needs', is: ['minor', 'cognitive'] },
    },
  ],
};
