import { describe, expect, it } from 'vitest';
import machine from '../domain/data/state-machine.json' with { type: 'json' };
import { messagesEn } from './messages.en.ts';
import { messagesZhCN } from './messages.zh-CN.ts';
import { caseZh } from './messages/case.zh-CN.ts';
import { statusZh } from './messages/status.zh-CN.ts';

type Leaf = readonly [path: string, text: string];

/** Every text of a dictionary; functions are spoken with sample values. */
function leaves(value: unknown, path = ''): Leaf[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const spoken: unknown = (value as (...args: unknown[]) => unknown)(2, 3, 4);
    return typeof spoken === 'string' ? [[path, spoken]] : leaves(spoken, path);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

const tabletAreas = [
  'shell',
  'home',
  'status',
  'intake',
  'dictation',
  'readback',
  'receipt',
  'case',
  'acts',
  'ask',
  'rating',
  'sending',
  'field',
  'findings',
  'settings',
  'vault',
  'reopen',
] as const;
const chinese = tabletAreas.flatMap((area) => leaves(messagesZhCN[area], area));
const english = tabletAreas.flatMap((area) => leaves(messagesEn[area], area));

describe('dictionaries', () => {
  it('[UI8] both languages say the same things', () => {
    const paths = (all: readonly Leaf[]) => all.map(([path]) => path).sort();
    expect(paths(english)).toEqual(paths(chinese));
    expect(chinese.length).toBeGreaterThan(400);
  });

  it('[UI8] no English on a Chinese screen by accident', () => {
    // Endings of files stand as the name of the file shows them.
    const known = /\bEnglish\b|KB|MB|DL|A5|ID|\.ps[ab]\b|[A-D]\b|\b[A-Z]?\d+\b/g;
    const strange = chinese.filter(([, text]) => /[A-Za-z]{2,}/.test(text.replace(known, '')));
    expect(strange).toEqual([]);
  });

  it('[UI8] no word of the office on a screen a farmer hears', () => {
    const office =
      /流转|节点|事项办理|提交失败|网络异常|请稍后重试|同步中|已同步|尊敬的|系统错误|好评/;
    expect(chinese.filter(([, text]) => office.test(text))).toEqual([]);
  });

  it('[AU190] who has to sign in again is told what is safe, and no reason that the tablet cannot know', () => {
    const { sending, shell } = messagesZhCN;
    const told = [sending.reasons.SIGN_IN_AGAIN, shell.truth.signIn];
    for (const text of told) expect(text).toContain('要再登录一次。东西都在');
    // A cookie that a power cut took is no sign-in that ran out.
    expect([...told, sending.signInTitle].join()).not.toMatch(/过期/);
    expect(sending.signInNote).toMatch(/断了电.*东西都在机器里，没丢.*照样接单/);
  });

  it('[AU191] the name one signs in with has one word on every page', () => {
    const all = leaves(messagesZhCN);
    expect(all.filter(([, text]) => /用户名|帐号|帐户|账户/.test(text))).toEqual([]);
    const { settings, desk, deskSettings } = messagesZhCN;
    const labels = [settings.signIn.user, desk.signIn.user, desk.setup.user, deskSettings.user];
    expect(new Set(labels)).toEqual(new Set(['账号']));
  });

  it('[UI8] every status says the sentence of the state machine, every event has a line', () => {
    for (const { code, villagerText } of machine.statuses) {
      expect(statusZh[code as keyof typeof statusZh]).toBe(villagerText);
    }
    for (const { id } of machine.events) expect(caseZh.events[id]).toBeTruthy();
    expect(Object.keys(caseZh.events).length).toBe(84);
  });
});
