/** Numbers that the shorthand leaves out: temporary numbers and query codes. */
import { queryCodeOf, temporaryNoOf } from '../numbers.ts';
import { sha256OfText } from '../text-hash.ts';
import type { SampleAgent } from './sample-people.ts';

/** 临时编号: the agent's tablet A, counting by the number in the sample's id. */
export function sampleTemporaryNo(sample: string, agent: SampleAgent): string {
  const counter = Number(/\d+$/.exec(sample)?.[0] ?? 0);
  return temporaryNoOf({ village: agent.areaCode, agent: agent.personId, letter: 'A', counter });
}

/** 查询码 of a sample: eleven digits made from its id, and the check digit. */
export function sampleQueryCode(sample: string): string {
  const digits = [...sha256OfText(`query code ${sample}`)].slice(0, 11);
  return queryCodeOf(digits.map((digit) => String(parseInt(digit, 16) % 10)).join(''));
}
