/**
 * Canonical JSON (RFC 8785): the one text of a value that both ends hash.
 *
 * Names are never normalised (no NFC): a villager's name keeps the code points it was typed with.
 */
import { assert } from '../domain/values.ts';
import { JSON_DEPTH_MAX } from './version.ts';

/** RFC 8785 text of a JSON value; `undefined` members are left out as JSON does. */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return JSON.stringify(value);
  if (typeof value === 'number') {
    assert(Number.isFinite(value), 'canonical JSON has no NaN and no infinity');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    let list = '';
    for (const one of value as unknown[])
      list += `${list === '' ? '' : ','}${canonical(one === undefined ? null : one)}`;
    return `[${list}]`;
  }
  assert(typeof value === 'object', `canonical JSON has no ${typeof value}`);
  const members = value as Record<string, unknown>;
  let text = '';
  // Plain sort() orders by UTF-16 code units, as the RFC demands.
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(member)}`;
  }
  return `{${text}}`;
}

/** One text as it may be saved: no lone surrogate (becomes U+FFFD) and no NUL. */
export const cleanString = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/**
 * A copy of a payload in which every string and key passed `cleanString`: run before the hash.
 * The value must have passed `depthAtMost` first.
 */
export function cleanText<T>(value: T): T {
  if (typeof value === 'string') return cleanString(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cleanText) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [cleanString(key), cleanText(member)]),
  ) as T;
}

/** True when no string or key of the value would be changed by `cleanText`. */
export function isCleanText(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isCleanText);
  return Object.entries(value).every(([key, member]) => isCleanText(key) && isCleanText(member));
}

/** True when every number can be written in JSON: `1e999` is read as infinity. Depth is checked first. */
export function isFiniteJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isFiniteJson);
}

/** Whether a value nests at most `max` deep; looks without recursion, so that depth cannot hurt. */
export function depthAtMost(value: unknown, max = JSON_DEPTH_MAX): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      if (depth >= max) return false;
      for (const member of Object.values(one)) below.push(member);
    }
    level = below;
  }
  return true;
}
