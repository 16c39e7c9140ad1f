// docs/EVENTS.md out of the code: every event type with its table row and the schema of its payload.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import stateMachine from '../../src/lib/domain/data/state-machine.json' with { type: 'json' };
import { EVENT_SCHEMAS, EVENT_TYPES, type EventType } from '../../src/lib/domain/events.ts';
import { LIFECYCLE } from '../../src/lib/domain/lifecycle.ts';
import { currentVersion } from '../../src/lib/domain/shapes.ts';
import { refinements } from './event-refinements.ts';

const SHAPES = path.resolve(import.meta.dirname, '../../src/lib/domain/events');
const FILES = ['intake', 'field', 'office', 'unit', 'villager', 'record', 'case-fields', 'common'];
const SOURCE = FILES.map((name) => readFileSync(path.join(SHAPES, `${name}.ts`), 'utf8')).join('');

/** Names of what a pattern says; a pattern that is not here stands as it is. */
const KINDS: Readonly<Record<string, string>> = {
  '^[A-Za-z0-9_-]{22}$': 'id',
  '^\\d{12}$': '12 digits',
  '^[0-9a-f]{64}$': 'SHA-256',
  '^[^\\s]{1,64}$': 'person id',
  '^[A-Za-z0-9_-]{1,32}$': 'unit id',
  '^[A-Z]{2}\\d{15}$': 'case number',
  '^K(0[1-9]|1\\d|2[0-7])$': '`K01` to `K27`',
  '^\\d{4}(-\\d\\d-\\d\\d)?$': 'day or year',
  '^\\d{4}-(0\\d|1[0-2])-([0-2]\\d|3[01])$': 'day',
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,3})?Z$':
    'moment',
};

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly [limit: string]: unknown;
}

const range = (least: unknown, most: unknown, unit: string): string => {
  if (least === undefined && most === undefined) return '';
  return most === undefined
    ? ` ${String(least)}${unit} and more`
    : ` ${String(least ?? 0)}–${String(most)}${unit}`;
};
const isSafe = (n: unknown): boolean => Math.abs(Number(n)) < Number.MAX_SAFE_INTEGER;
const limit = (n: unknown): unknown => (n !== undefined && isSafe(n) ? n : undefined);

/** What one value may be, without the members of an object. */
function kindOf(shape: Shape): string {
  const code = (value: unknown): string => `\`${String(value)}\``;
  if (shape.const !== undefined) return code(shape.const);
  if (shape.enum) return shape.enum.map(code).join(' ');
  if (shape.anyOf) return [...new Set(shape.anyOf.map(kindOf))].join(', or ');
  if (shape.pattern !== undefined) return KINDS[shape.pattern] ?? code(shape.pattern);
  const { type, items } = shape;
  if (type === 'array')
    return `list${range(shape['minItems'], shape['maxItems'], '')} of ${items ? kindOf(items) : 'anything'}`;
  if (type === 'string') return `text${range(shape['minLength'], shape['maxLength'], '')}`;
  if (type === 'number' || type === 'integer')
    return `${type}${range(limit(shape['minimum']), limit(shape['maximum']), '')}`;
  if (type === 'object') return 'object';
  return type ?? 'anything';
}

/** Words of the source above a member that its own schema names once. */
function remark(own: string, member: string): string {
  if ([...own.matchAll(new RegExp(`\\b${member}:`, 'g'))].length !== 1) return '';
  const [, text] = new RegExp(`/\\*\\* ((?:(?!\\*/)[^])*) \\*/\\s*${member}:`).exec(own) ?? [];
  return text === undefined ? '' : `: ${text.replace(/\s*\n\s*\* ?/g, ' ')}`;
}

function members(shape: Shape, at: string, own: string): string[] {
  if (shape.items) return members(shape.items, `${at}[]`, own);
  if (shape.anyOf) return [...new Set(shape.anyOf.flatMap((one) => members(one, at, own)))];
  const { properties = {}, required = [] } = shape;
  return Object.entries(properties).flatMap(([name, one]) => {
    const must = required.includes(name) ? '' : ', may lack';
    const where = at === '' ? name : `${at}.${name}`;
    return [
      `- \`${where}\` ${kindOf(one)}${must}${remark(own, name)}`,
      ...members(one, where, own),
    ];
  });
}

/** The doc and the text of the constant that holds a type's schema. */
function sourceOf(type: EventType): { readonly doc: string; readonly text: string } {
  const name = type.replace(/[._](\w)/g, (_, c: string) => c.toUpperCase());
  const [, doc = '', text = ''] =
    new RegExp(
      `/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*export const ${name} = ([^]*?)(?=\\n/\\*\\*|\\nexport|\\nconst|$)`,
    ).exec(SOURCE) ?? [];
  return { doc: doc.replace(/\s*\n\s*\* ?/g, ' ').trim(), text };
}

function eventOf(type: EventType): string {
  const row = LIFECYCLE[type];
  const told = stateMachine.events.find(({ id }) => id === type);
  const { doc, text } = sourceOf(type);
  const to = typeof row.to === 'string' ? row.to : (told?.to ?? '');
  const shape = z.toJSONSchema(EVENT_SCHEMAS[type], { unrepresentable: 'any' }) as Shape;
  const lines = members(shape, '', text);
  const say = (name: string, words: string | undefined): string[] =>
    words ? [`${name}: ${words.replace(/([*_<|])/g, '\\$1')}`] : [];
  return [
    `### \`${type}\` ${told?.zh ?? ''}`,
    doc,
    [
      `v${String(currentVersion(type))}`,
      `by ${row.actors.join(' ')}`,
      row.offline ? 'also without the county' : 'at the county alone',
      `class ${row.privacy}`,
      to === '=' ? 'the status stays' : `to ${to}`,
    ].join(' · '),
    ...say('Asks', told?.requires),
    ...say('Does', told?.effect),
    ...refinements(EVENT_SCHEMAS[type]).map((words) => `Must hold: ${words}.`),
    lines.length === 0 ? 'No members of its own.' : lines.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const HEAD = `# Events

Made by \`npm run -s docs:events\` from the schemas that the county and the tablets read with; a test
compares it. What the members of an exchange's \`events\` are: \`t\` the type, \`v\` its version, \`p\` the
payload below. A payload is a loose object: members that are not named here are kept, are part of the
hash and go on to every reader. Where a status does not allow an act of the field, what it says is kept
all the same (\`Asks\` is looked at where it is made, and by the county for its own acts).

- **id** 128 bits, 22 characters of base64url · **SHA-256** 64 hex digits in lower case
- **person id** 1–64 characters without blanks · **unit id** 1–32 of \`A-Za-z0-9_-\` · **case number** two
  capitals and 15 digits
- **day** \`YYYY-MM-DD\` in Shanghai · **moment** \`YYYY-MM-DDThh:mm:ss[.mmm]Z\`
- **text 1–200** so many UTF-16 units; without figures no limit of its own
- **may lack**: the member may be absent; it is never \`null\` unless that is said
- \`a.b\` a member of a member, \`a[].b\` a member of each item of a list
- who: ${Object.entries(stateMachine.actors)
  .map(([code, name]) => `${code} ${name}`)
  .join(' · ')}

Any payload may be replaced by \`{sealedBox: {keyId, box}}\`: then nothing of it is read.
`;

/** The whole page, as prettier leaves it. */
export const eventPage = (): string => `${HEAD}\n${EVENT_TYPES.map(eventOf).join('\n\n')}\n`;
