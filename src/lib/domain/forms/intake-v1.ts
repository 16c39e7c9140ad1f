/**
 * 接单, version 1: eight questions in the order of REFERENCE 7.1, the answers of 3.8.
 *
 * Eight answers have no default: consent, name, reach, reading, words, said before, urgent,
 * read-back. Everything else has a default, may stay empty, or is left to the county.
 */
import { LIMITS } from '../limits.ts';
import type { FormDefinition, FormText } from '../intake-form.ts';
import { reachQuestion, whoQuestion } from './intake-v1-person.ts';

const t = (zh: string, en: string): FormText => ({ zh, en });

export const intakeV1: FormDefinition = {
  id: 'intake',
  version: 1,
  title: t('接单', 'Take a case'),
  noticeVersion: 'A4-1',
  questions: [
    {
      id: 'notice',
      name: t('告知', 'Notice'),
      say: [
        t(
          '您有啥烦心事跟我唠，我给您记下来，帮您往上报，不要钱。',
          'Tell me what troubles you. I write it down and pass it up. It costs nothing.',
        ),
        t(
          '我记您的姓名、住哪儿、啥事，给县信访局和管这事的单位看，别人看不着。咱有一说一。您啥时候想不办了都行，县里会打电话问您本人。',
          'I note your name, where you live and the matter. Only the county office and the unit in charge see it. Let us say it as it is. You may stop at any time; the county will ask you in person.',
        ),
        t(
          '这事要是跟我、跟村里干部有牵扯，您尽管说，我给您换个人。',
          'If it touches me or the village cadres, say so, and I fetch somebody else.',
        ),
      ],
      fields: [
        {
          id: 'consent',
          kind: 'choice',
          label: t('念完了，您看行不？', 'You have heard it. Is it all right?'),
          required: true,
          options: [
            { value: 'YES', word: t('行，记吧', 'Yes, write it down') },
            { value: 'NO', word: t('不行，别记', 'No, write nothing') },
          ],
        },
        {
          id: 'conflict',
          kind: 'choice',
          label: t('这事牵扯谁不？', 'Whom does it touch?'),
          default: 'NONE',
          options: [
            { value: 'NONE', word: t('没牵扯', 'Nobody here') },
            { value: 'INVOLVED', word: t('牵扯我', 'Me, the agent') },
            { value: 'RELATED', word: t('牵扯我家亲戚', 'My relatives') },
            { value: 'CADRE', word: t('牵扯村乡干部', 'Village or township cadres') },
            { value: 'VILLAGER_WISH', word: t('她想换个人记', 'She wants another agent') },
          ],
        },
        {
          id: 'secret',
          kind: 'yesno',
          label: t('怕人知道，要锁上', 'Afraid of being known: lock it'),
          default: false,
        },
        {
          id: 'sensitive',
          kind: 'choices',
          label: t('这几样单独问一句，不愿意也不耽误', 'Asked one by one; a no stops nothing'),
          options: [
            { value: 'audio', word: t('录音行', 'Recording is fine') },
            { value: 'photo', word: t('照相行', 'Photos are fine') },
            { value: 'thumb', word: t('按手印行', 'A thumbprint is fine') },
          ],
        },
      ],
    },
    whoQuestion,
    reachQuestion,
    {
      id: 'words',
      name: t('说事', 'The matter'),
      say: [
        t(
          '您从头说，啥时候的事，在哪块儿，谁，咋回事。不着急。',
          'Tell it from the start: when, where, who, what happened. Take your time.',
        ),
      ],
      fields: [
        {
          id: 'words',
          kind: 'dictation',
          label: t('原话，一字不改', 'Her words, not one changed'),
          required: true,
          max: LIMITS.verbatimMax,
        },
        {
          id: 'title',
          kind: 'text',
          label: t('一句话说是啥事（不写人名）', 'The matter in one line (no names)'),
          max: LIMITS.titleMax,
        },
      ],
    },
    {
      id: 'where',
      name: t('在哪块儿', 'Where'),
      say: [
        t(
          '这事出在哪块儿？挨着谁家、哪条道？啥时候开始的？跟谁有关？',
          'Where is it? Next to whose house, on which road? Since when? Who is concerned?',
        ),
      ],
      fields: [
        {
          id: 'areaCode',
          kind: 'area',
          label: t('出事的村', 'Village of the problem'),
          default: 'agent.village',
        },
        {
          id: 'placeText',
          kind: 'text',
          label: t('挨着谁家、哪条道', 'Next to whom, which road'),
          max: LIMITS.lineMax,
        },
        {
          id: 'happened',
          kind: 'text',
          label: t('啥时候的事，照她说的写', 'When, as she says it'),
          hint: t('腊月初八、打春、说不准，都行', 'A lunar day, a season, “not sure”: all fine'),
          max: LIMITS.lineMax,
        },
        {
          id: 'respondentType',
          kind: 'choice',
          label: t('说的是谁', 'Who it is about'),
          default: 'UNKNOWN',
          options: [
            { value: 'UNKNOWN', word: t('没说、说不清', 'Not said') },
            { value: 'PERSON', word: t('个人', 'A person') },
            { value: 'UNIT', word: t('单位', 'A body') },
            { value: 'VILLAGE', word: t('村干部', 'A village cadre') },
            { value: 'TOWNSHIP', word: t('乡镇干部', 'A township cadre') },
          ],
        },
        {
          id: 'respondentName',
          kind: 'text',
          label: t('叫啥，照她说的写', 'The name, as she says it'),
          max: LIMITS.lineMax,
          when: { field: 'respondentType', isNot: ['UNKNOWN'] },
        },
      ],
    },
    {
      id: 'prior',
      name: t('找过谁', 'Said before'),
      say: [
        t('这事您以前找过谁没有？人家咋答的？', 'Whom did you ask before? What did they answer?'),
      ],
      fields: [
        {
          id: 'prior',
          kind: 'choices',
          label: t('也可以直接点，点几个都行', 'Or tap, as many as fit'),
          required: true,
          options: [
            { value: '对方', word: t('找过对方', 'The other side') },
            { value: '村', word: t('村里', 'Village') },
            { value: '乡', word: t('乡里', 'Township') },
            { value: '县', word: t('县里', 'County') },
            { value: '市往上', word: t('市里往上', 'City and above') },
            { value: '12345', word: t('12345', '12345') },
            { value: '法院', word: t('法院', 'Court') },
            { value: 'NO', word: t('都没找过', 'Nobody'), alone: true },
            { value: 'UNKNOWN', word: t('说不清', 'Not sure'), alone: true },
          ],
        },
        {
          id: 'priorWords',
          kind: 'long',
          label: t('人家咋答的，照她说的写', 'What they answered, as she says it'),
          max: LIMITS.textMax,
          when: { field: 'prior', isNot: ['NO'] },
        },
      ],
    },
    {
      id: 'urgent',
      name: t('急不急', 'Urgent'),
      say: [
        t(
          '有没有人病了、伤了、没饭吃、没地方住？心里是不是特别堵得慌？',
          'Is anybody ill, hurt, without food or shelter? Is it very heavy on your heart?',
        ),
      ],
      fields: [
        {
          id: 'urgency',
          kind: 'choice',
          label: t('急不急', 'How urgent'),
          required: true,
          options: [
            { value: 'NORMAL', word: t('不急', 'Not urgent') },
            { value: 'URGENT_TIME', word: t('赶农时、断了钱粮', 'Season or money running out') },
            { value: 'SENSITIVE', word: t('要聚人、要往上走', 'A crowd is gathering') },
            { value: 'MAJOR', word: t('伤了人、房要倒', 'People hurt, house falling') },
            { value: 'LIFE', word: t('人命关天', 'Life at risk') },
          ],
        },
        {
          id: 'threatWords',
          kind: 'long',
          label: t('说了吓人的话？原样写下', 'Frightening words? Write them exactly'),
          hint: t('一个字不改，不往轻里写', 'Not one word changed or softened'),
          max: LIMITS.textMax,
          when: { field: 'urgency', isNot: ['NORMAL', null] },
        },
      ],
    },
    {
      id: 'wants',
      name: t('想咋解决', 'What she wants'),
      say: [t('您想让这事咋解决？', 'How should it be settled?')],
      fields: [
        {
          id: 'claims',
          kind: 'lines',
          label: t('她要的，一样一行', 'What she wants, one line each'),
          hint: t('县里一样一样回话', 'Each gets its own answer'),
          max: LIMITS.claimsMax,
        },
        {
          id: 'kind',
          kind: 'choice',
          label: t('算哪样', 'What sort'),
          default: '',
          options: [
            { value: '', word: t('请县里定', 'Let the county decide') },
            { value: '申诉求决', word: t('求解决', 'Wants a solution') },
            { value: '建议意见', word: t('提建议', 'Makes a suggestion') },
            { value: '咨询', word: t('问一问', 'Asks') },
            { value: '检举控告', word: t('告人', 'Accuses somebody') },
            { value: '感谢其他', word: t('道谢、别的', 'Thanks, other') },
          ],
        },
        {
          id: 'category',
          kind: 'category',
          label: t('归哪类，拿不准就请县里定', 'Category; if unsure let the county decide'),
          default: '',
        },
      ],
    },
    {
      id: 'readback',
      name: t('读回', 'Read back'),
      say: [t('我给您念一遍，不对您就喊停。', 'I read it to you. Say stop if it is wrong.')],
      fields: [
        {
          id: 'readback',
          kind: 'readback',
          label: t('念给她听，她说对', 'Read aloud, and she says it is right'),
          required: true,
        },
        {
          id: 'powers',
          kind: 'choices',
          label: t('她让我替她办哪几样', 'What she lets me do for her'),
          default: ['REPORT', 'SUPPLEMENT', 'SIGN_FOR_PAPERS', 'FILE_REVIEW', 'ATTEND'],
          when: {
            all: [
              { field: 'anonymous', isNot: [true] },
              { field: 'secret', isNot: [true] },
            ],
          },
          options: [
            { value: 'REPORT', word: t('往上报', 'Report it') },
            { value: 'SUPPLEMENT', word: t('补材料', 'Add material') },
            { value: 'SIGN_FOR_PAPERS', word: t('签收文书', 'Receive papers') },
            { value: 'FILE_REVIEW', word: t('交复查申请', 'File a review') },
            { value: 'ATTEND', word: t('陪着调解', 'Attend mediation') },
            { value: 'WITHDRAW', word: t('替她撤回（另问）', 'Withdraw (asked apart)') },
            { value: 'SETTLE', word: t('替她讲和（另问）', 'Settle (asked apart)') },
          ],
        },
      ],
    },
  ],
};
