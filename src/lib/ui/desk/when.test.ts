import { expect, it } from 'vitest';
import { buildWords } from './when.ts';

it('[AU53] says a version by the day it was made, and leaves other names as they are', () => {
  expect(buildWords('1795321554719', 'zh-CN')).toBe('11月22日 12:25');
  expect(buildWords('1795321554719', 'en')).toBe('22 Nov 12:25');
  expect(buildWords('demo', 'zh-CN')).toBeNull();
  expect(buildWords('1.4.0', 'zh-CN')).toBeNull();
});
