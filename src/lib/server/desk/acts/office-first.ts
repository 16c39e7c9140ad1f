/** 县局: from the first look to sending the case to its unit. */
import { sightOf } from '../../../domain/case-sight.ts';
import { KINDS, PROCEDURES } from '../../../domain/events/case-fields.ts';
import { CATEGORIES, statutoryRoute, VILLAGES } from '../names.ts';
import { personsOf } from './facts.ts';
import {
  matterFields,
  meantFields,
  meantMisfits,
  meantRespondent,
  unitChoices,
  usualChoice,
  wantsMatter,
} from './meant.ts';
import {
  type ActContext,
  type ActSpec,
  date,
  type FieldSpec,
  line,
  maybe,
  select,
  shanghaiDay,
  text,
} from './spec.ts';

/** Sealing is an act of its own; registering takes the procedure along only when it is sealed. */
const proceduresFor = ({ file }: ActContext): string[] =>
  PROCEDURES.filter(
    (one) => one !== 'SEALED' || file.sealed !== null || file.head.procedure === 'SEALED',
  );

const register: ActSpec = {
  id: 'register',
  type: 'case.registered',
  letter: 'r',
  group: 'main',
  paper: 'registered',
  fields: (context) => {
    const { head, status, sealed } = context.file;
    return [
      select('areaCode', VILLAGES, head.areaCode ?? undefined),
      select('categoryL2', CATEGORIES, head.categoryL2),
      select('kind', [...KINDS], head.kind),
      select('first', ['first', 'repeat'], 'first'),
      select(
        'procedure',
        proceduresFor(context),
        sealed === null ? (status === 'FIELD_RESOLVED' ? 'ONSITE' : 'ORDINARY') : 'SEALED',
      ),
      { name: 'skipLevel', kind: 'check' },
      ...meantFields(context),
    ];
  },
  misfits: meantMisfits,
  build: ({ first, about, aboutUnit, aboutPerson, ...answers }, context) => ({
    ...answers,
    respondent: meantRespondent({ about, aboutUnit, aboutPerson }, context),
    first: first === 'first',
    repeat: first === 'repeat',
    joint: personsOf(context.file) >= 2,
    group: personsOf(context.file) >= 5,
  }),
};

const returnIt: ActSpec = {
  id: 'return',
  type: 'case.returned',
  letter: 'b',
  group: 'back',
  fields: () => [{ name: 'missing', kind: 'lines', required: true, max: 4000 }, text('plain')],
};

const transferFields = (context: ActContext): FieldSpec[] => {
  const units = unitChoices(context);
  return [
    select('unitId', units, usualChoice(context)),
    { name: 'coUnits', kind: 'many', options: units },
    text('reason', true),
    ...matterFields(context),
  ];
};

/** Nobody of a unit sees a sealed case: its limits would run, and nothing could be answered (3.2, 5 O3). */
const sealedStays = ({ file }: ActContext) => (sightOf(file).sealed ? 'SEALED_STAYS' : null);

/** To a unit. What the office writes for units travels as `note`. */
const toUnit: Pick<ActSpec, 'barred' | 'wants' | 'build'> = {
  barred: sealedStays,
  wants: wantsMatter,
  build: ({ matter, ...answers }) => ({ ...answers, note: matter }),
};

const transfer: ActSpec = {
  id: 'transfer',
  type: 'case.transferred',
  letter: 't',
  group: 'main',
  paper: 'transferred',
  fields: transferFields,
  ...toUnit,
};

const assign: ActSpec = {
  id: 'assign',
  type: 'case.assigned',
  letter: 'a',
  group: 'main',
  paper: 'transferred',
  fields: (context) => [
    ...transferFields(context),
    date('feedbackOn', true, shanghaiDay(context.now, 45)),
  ],
  ...toUnit,
};

const reply: ActSpec = {
  id: 'reply',
  type: 'case.replied_directly',
  letter: 'e',
  group: 'main',
  paper: 'replied',
  fields: () => [
    select('ground', ['CONSULT', 'SUGGESTION', 'EXISTING_CONCLUSION', 'THANKS'], 'CONSULT'),
    text('plain'),
    line('docNo', false),
  ],
};

const approve: ActSpec = {
  id: 'approve',
  type: 'resolution.approved',
  letter: 'g',
  group: 'main',
  paper: 'resolved',
  fields: () => [
    select('checkedBy', ['PHONE', 'VISIT', 'VIDEO', 'PAPERS'], 'PHONE'),
    text('check'),
  ],
};

const reject: ActSpec = {
  id: 'reject',
  type: 'resolution.rejected',
  letter: 'b',
  group: 'back',
  fields: () => [text('reason'), text('task', false)],
};

const merge: ActSpec = {
  id: 'merge',
  type: 'case.merged',
  letter: 'm',
  group: 'back',
  fits: ({ masters }) => masters.length > 0,
  fields: ({ masters }) => [select('masterCaseId', masters), text('ground')],
};

const notAccept: ActSpec = {
  id: 'notAccept',
  type: 'case.not_accepted',
  letter: 'n',
  group: 'end',
  paper: 'notAccepted',
  fields: () => [text('ground'), text('rightBody'), text('howTo'), line('docNo', false)],
};

const noMore: ActSpec = {
  id: 'noMore',
  type: 'case.no_more_accepted',
  letter: 'o',
  group: 'end',
  paper: 'noMore',
  fields: () => [text('ground'), line('previousDocNo'), line('docNo', false)],
};

const divert: ActSpec = {
  id: 'divert',
  type: 'case.diverted',
  letter: 'd',
  group: 'end',
  paper: 'diverted',
  fields: ({ file }) => [
    line('route', true, statutoryRoute(file.head.categoryL2 ?? null)),
    line('body'),
    text('howTo'),
    text('help'),
  ],
};

const seal: ActSpec = {
  id: 'seal',
  type: 'case.sealed',
  letter: 's',
  group: 'end',
  fits: ({ file }) => file.sealed === null,
  fields: () => [
    select('reason', ['ACCUSATION', 'VILLAGER_WISH', 'CATEGORY', 'OTHER'], 'ACCUSATION'),
    text('note', false),
  ],
};

const classify: ActSpec = {
  id: 'classify',
  type: 'case.classified',
  letter: 'l',
  group: 'back',
  fields: (context) => [
    maybe(select('kind', [...KINDS], context.file.head.kind)),
    maybe(select('procedure', proceduresFor(context), context.file.head.procedure ?? undefined)),
    maybe(select('categoryL2', CATEGORIES, context.file.head.categoryL2)),
    text('reason'),
  ],
};

export const OFFICE_FIRST: readonly ActSpec[] = [
  register,
  transfer,
  assign,
  reply,
  approve,
  returnIt,
  reject,
  merge,
  classify,
  notAccept,
  noMore,
  divert,
  seal,
];
