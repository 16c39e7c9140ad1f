import { isLocalDate } from '../../../domain/calendar.ts';
import { saidWords } from '../../../domain/said-words.ts';
import type { FieldSpec } from './spec.ts';

/** Longest list a field of lines may carry. */
const LINES_MAX = 20;

type Form = Pick<FormData, 'get' | 'getAll'>;

const textOf = (form: Form, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? saidWords(value) : '';
};

/** One claim's answer: decision, facts, basis, action, due. */
function readClaim(form: Form, name: string, i: number): Record<string, unknown> {
  const part = (key: string) => textOf(form, `${name}.${i}.${key}`);
  const answer: Record<string, unknown> = { i, decision: part('decision') };
  for (const key of ['facts', 'basis', 'action', 'due'] as const) {
    const value = part(key);
    if (value !== '') answer[key] = value;
  }
  return answer;
}

function readOne(form: Form, field: FieldSpec): unknown {
  const value = textOf(form, field.name);
  switch (field.kind) {
    case 'check':
      return value === 'on';
    case 'number':
      return value === '' ? undefined : Number(value);
    case 'many':
      return form.getAll(field.name).filter((v): v is string => typeof v === 'string' && v !== '');
    case 'lines':
      return value
        .split('\n')
        .map((one) => one.trim())
        .filter((one) => one !== '')
        .slice(0, LINES_MAX);
    case 'claims':
      return (field.claims ?? []).map((_claim, i) => readClaim(form, field.name, i));
    case 'line':
    case 'text':
    case 'date':
    case 'select':
      return value === '' ? undefined : value;
  }
}

/** Whether a given answer is one that the field offers: the page is no wall, this is. */
function isOffered(field: FieldSpec, value: unknown): boolean {
  const offered = (one: unknown) => field.options?.some((option) => option.value === one) ?? false;
  switch (field.kind) {
    case 'select':
      return offered(value);
    case 'many':
      return Array.isArray(value) && value.every(offered);
    case 'claims':
      return (
        Array.isArray(value) &&
        value.every((answer: { decision: string; due?: string }) => {
          return offered(answer.decision) && (answer.due === undefined || isLocalDate(answer.due));
        })
      );
    case 'date':
      return typeof value === 'string' && isLocalDate(value);
    case 'number':
      return Number.isFinite(value);
    case 'line':
    case 'text':
    case 'lines':
    case 'check':
      return true;
  }
}

/**
 * Reads a form by its fields; names that nobody asked for are ignored. `notOffered` names fields
 * whose answer is none of the choices, no day of the calendar or no number.
 */
export function readAnswers(
  form: Form,
  fields: readonly FieldSpec[],
): { answers: Record<string, unknown>; missing: string[]; notOffered: string[] } {
  const answers: Record<string, unknown> = {};
  const missing: string[] = [];
  const notOffered: string[] = [];
  for (const field of fields) {
    const value = readOne(form, field);
    const empty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (empty && field.required) missing.push(field.name);
    if (!empty && !isOffered(field, value)) notOffered.push(field.name);
    if (!empty) answers[field.name] = value;
  }
  return { answers, missing, notOffered };
}
